// TLS 1.3 by a key that both sides derive from the cookie: bytes in, bytes out, no socket.
//
// Erlang counterpart: inet_tls_dist, which needs certificates. Here none is offered and none is
// accepted. Threads: contexts are immutable; a session is confined to the `session` that owns it.
//
// What OpenSSL gets to see of a stranger is whole, short records of the kinds that the handshake
// has: it would set memory aside for any length that a stranger announces.

#pragma once

#include "troupe/dist/auth.hpp"

#include <span>
#include <string>

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;

namespace troupe::dist {

/// OpenSSL's settings for both roles and the pre-shared key. Outlives the sessions made of it.
class tls_contexts {
public:
  /// `identity_key` makes the names by which diallers say which cookie's key they use.
  [[nodiscard]] static result<std::unique_ptr<const tls_contexts>> make(const key& psk,
                                                                        const key& identity_key);

  tls_contexts(const tls_contexts&) = delete;
  tls_contexts& operator=(const tls_contexts&) = delete;

  [[nodiscard]] ssl_ctx_st* dialling() const noexcept { return dialling_.get(); }
  [[nodiscard]] ssl_ctx_st* accepting() const noexcept { return accepting_.get(); }
  [[nodiscard]] const key& psk() const noexcept { return psk_; }
  /// A new name for the key, that only those who have the key can tell from noise. Empty without
  /// randomness.
  [[nodiscard]] std::string new_identity() const;
  [[nodiscard]] bool is_meant_by(std::string_view identity) const;

private:
  struct deleter {
    void operator()(ssl_ctx_st* x) const;
  };
  using context_ptr = std::unique_ptr<ssl_ctx_st, deleter>;

  tls_contexts(const key& psk, const key& identity_key) : psk_(psk), identity_key_(identity_key) {}
  context_ptr make_context(bool dialling);

  key psk_;
  key identity_key_;
  context_ptr dialling_;
  context_ptr accepting_;
};

class key_chain; // key_chain.hpp

class tls_session {
public:
  /// With which key a session talks; what OpenSSL's callbacks get.
  struct psk_source {
    const tls_contexts* own = nullptr;
    const key_chain* others = nullptr; ///< Of an acceptor that has several cookies.
    std::string identity{};            ///< Of a dialler.
  };

  enum class role : uint8_t { dialling, accepting };
  enum class status : uint8_t {
    handshaking,
    up,     ///< The peer has proven the cookie.
    ended,  ///< The peer said that it sends no more.
    failed, ///< `why` says what happened.
  };

  /// Plain bytes in one record.
  static constexpr size_t record_bytes_max = 16 * 1024;
  /// More than a record is ever longer than its plain bytes.
  static constexpr size_t record_overhead_bytes_max = 64;

  /// Whatever the peer must get besides what is written, such as its part of the handshake and
  /// alerts, is appended to `out`.
  /// An acceptor with `others` takes the key that the dialler names, else its own.
  tls_session(role r, const tls_contexts& contexts, std::string& out,
              const key_chain* others = nullptr);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Says the first word, when dialling.
  void start();

  /// Takes bytes off the front of `from` and puts decrypted ones into `to`; returns how many. Zero:
  /// all of `from` is taken and more is needed, or it is not `up`.
  size_t read(std::string_view& from, std::span<char> to);

  /// Encrypts `plain` in records as long as can be and appends them to `to`; false when it is not
  /// `up`.
  bool write(std::string_view plain, std::string& to);

  [[nodiscard]] status state() const noexcept { return status_; }
  /// After `failed`: `cookie_mismatch` when the peer has another key or none, `tls_required` when
  /// it is a node without TLS, else `protocol_violation`; and for the log, what happened.
  [[nodiscard]] errc why() const noexcept { return why_; }
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  /// Bytes of a record that is incomplete.
  [[nodiscard]] size_t held_bytes() const noexcept { return record_.size(); }

private:
  struct bio; // how OpenSSL reaches `window_` and `out_`
  struct deleter {
    void operator()(ssl_st* x) const;
  };

  void handshake(std::string_view& from);
  bool take_record(std::string_view& from);
  [[nodiscard]] const char* refuse_record() const;
  void advance();
  void fail(errc why, std::string detail);
  void fail_by_openssl();

  role role_;
  psk_source psk_;
  status status_ = status::handshaking;
  errc why_ = errc::none;
  std::string detail_;
  std::string record_; // of the handshake, until it is whole
  size_t bytes_before_up_ = 0;
  size_t clear_records_ = 0; // handshake records that were not encrypted
  std::string_view window_;  // what OpenSSL may read now
  std::string* out_;         // where it writes now
  std::unique_ptr<ssl_st, deleter> ssl_;
};

} // namespace troupe::dist
