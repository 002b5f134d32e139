// The way between a stream's bytes and clear ones: finds out what the peer speaks, then TLS or
// nothing.
//
// Erlang counterpart: the choice between inet_tcp_dist and inet_tls_dist, made by the peer's first
// bytes. Threads: confined to its session.

#pragma once

#include "troupe/dist/gate.hpp"
#include "troupe/dist/pieces.hpp"
#include "troupe/dist/session.hpp"
#include "troupe/dist/tls_session.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace troupe::dist {

class channel {
public:
  struct options {
    session::role role = session::role::dialling;
    transport_mode mode = transport_mode::tls;
    std::shared_ptr<const key_ring> keys;
    std::shared_ptr<const key_chain> chain; ///< Other keys that a dialler may use, or null.
  };

  /// Bytes of the buffer that `read` wants.
  static constexpr size_t buffer_bytes = tls_session::record_bytes_max;

  explicit channel(options opts) : options_(std::move(opts)) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// Says the first word, when dialling.
  void start();

  /// Takes bytes off the front of `from` and returns clear ones; they lie in `from` or in `buffer`.
  /// None: all of `from` is taken and more is needed, or it `has_failed`.
  [[nodiscard]] std::string_view read(std::string_view& from, std::span<char> buffer);

  /// Appends `clear` to `to` as it goes over the stream, behind what waits in `out`.
  bool write(std::string_view clear, std::string& to);
  bool write(const pieces& clear, pieces& to);

  /// Bytes for the peer that wait to be taken.
  [[nodiscard]] std::string& out() noexcept { return out_; }

  /// Whether the peer could read what is written now. With TLS, it has proven the cookie then.
  [[nodiscard]] bool can_write() const noexcept;

  [[nodiscard]] bool has_failed() const noexcept { return why_ != errc::none; }
  [[nodiscard]] errc why() const noexcept { return why_; }
  /// For the log, what happened.
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  [[nodiscard]] size_t held_bytes() const noexcept {
    return first_bytes_.size() + (tls_ ? tls_->held_bytes() : 0);
  }

private:
  [[nodiscard]] bool is_tls() const noexcept { return options_.mode == transport_mode::tls; }
  [[nodiscard]] bool is_dialling() const noexcept {
    return options_.role == session::role::dialling;
  }
  void say_magic();
  void pass_gate(std::string_view& from);
  void open_gate(first_words words);
  void meet_plain();
  void meet_tls();
  void start_tls();
  std::string_view read_tls(std::string_view& from, std::span<char> buffer);
  void fail(errc why, std::string detail);

  options options_;
  bool open_ = false; // the peer speaks as this node does
  bool said_magic_ = false;
  errc why_ = errc::none;
  std::string detail_;
  std::string out_;
  std::string first_bytes_; // until they tell what the peer speaks; with TLS, until it has them
  std::unique_ptr<tls_session> tls_;
};

} // namespace troupe::dist
