// One authenticated byte stream to one peer: joins a stream, a session and a codec.
//
// Erlang counterpart: a distribution port with its controller.
// Threads: `send` and `close` from any thread; the owner is called on the transport thread, and
// with `on_authenticated` from inside the connection's mutex.

#pragma once

#include "troupe/dist/congestion.hpp"
#include "troupe/dist/session.hpp"
#include "troupe/dist/signal_codec.hpp"
#include "troupe/dist/transport.hpp"
#include "troupe/internal/write_batch.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::dist {

class connection;

class connection_owner {
public:
  virtual ~connection_owner() = default;
  /// Accepts the peer or says why not. Must not call the connection.
  virtual errc on_authenticated(connection& from, const peer_identity& peer) = 0;
  virtual void on_up(const std::shared_ptr<connection>& from) = 0;
  virtual void on_signal(const std::shared_ptr<connection>& from, signal&& x) = 0;
  /// Called once, after the last signal.
  virtual void on_down(const std::shared_ptr<connection>& from, errc why, const std::string& detail)
    = 0;
  /// A signal could not be sent; `why` names what is wrong with it.
  virtual void on_unsendable(const signal& x, const error& why) = 0;
  /// The connection is not busy any more, or has ended: these go on, each once.
  virtual void on_room(const std::vector<held_sender>& who) = 0;
};

class connection final : public stream_handler,
                         private session_handler,
                         public internal::deferred_writer,
                         public std::enable_shared_from_this<connection> {
public:
  struct options {
    session::role role = session::role::accepting;
    session::options setup;
    std::string expected; ///< The node name that was dialled.
    uint64_t id = 0;
  };

  connection(std::unique_ptr<stream> wire, const options& opts, connection_owner& owner,
             actor_bridge& bridge, clock& time);
  ~connection() override;

  /// Begins the handshake. Transport thread.
  void start();
  /// Sends a signal after those sent before by the same process; when the session is not up it is
  /// lost, as signals are when a connection breaks.
  void send(const signal& x);
  void close(errc why);
  /// Another ticktime from now on, see `session::retime`. Transport thread.
  void retime(clock::duration receiving, clock::duration sending);
  /// Makes the peer's system answer for a connection that it may not know any more.
  void probe();

  // -- constant after on_authenticated ----------------------------------------------------------
  [[nodiscard]] uint64_t id() const noexcept { return opts_.id; }
  [[nodiscard]] bool dialled() const noexcept { return opts_.role == session::role::dialling; }
  [[nodiscard]] const std::string& expected() const noexcept { return opts_.expected; }
  [[nodiscard]] atom peer_name() const noexcept { return peer_name_; }
  [[nodiscard]] const peer_identity& peer() const noexcept { return peer_; }
  /// A property of the connection: seen as hidden by both sides when either wants it (HID-02).
  [[nodiscard]] bool hidden() const noexcept { return peer_.hidden || opts_.setup.self.hidden; }
  [[nodiscard]] const endpoint& remote() const { return wire_->remote(); }
  [[nodiscard]] bool is_authenticated() const;
  /// Whether more waited to be sent than the soft limit, and not yet less than half of it.
  [[nodiscard]] bool is_busy() const;
  /// Lets a process wait until it is not; false when it is not, or the connection has ended.
  [[nodiscard]] bool hold(const held_sender& x);
  void let_go(const reference& ref);
  [[nodiscard]] size_t held_senders() const;

  // -- stream_handler ---------------------------------------------------------------------------
  void on_bytes(std::span<const char> bytes) override;
  void on_writable() override;
  void on_closed() override;

private:
  struct event {
    enum class type : uint8_t { up, arrived, down } what;
    std::optional<signal> content;
    errc why = errc::none;
    std::string detail;
  };

  // -- session_handler; called with mutex_ held -------------------------------------------------
  errc on_authenticated(const peer_identity& peer) override;
  void on_up() override;
  void on_frame(std::string_view frame) override;
  void on_long_frame(std::string frame) override;
  void on_closed(errc why, std::string_view detail) override;

  // -- deferred_writer --------------------------------------------------------------------------
  void write_now() override;

  void arrived(result<std::optional<signal>> decoded);
  void keep(pieces&& frame);
  bool may_defer();
  void flush(size_t times = 1);
  bool flush_some(pieces& out);
  void run_events();
  void end(const event& x);
  void settle();
  void arm();
  void disarm();

  const options opts_;
  connection_owner* owner_;
  actor_bridge* bridge_;
  clock* time_;
  std::unique_ptr<stream> wire_;
  peer_identity peer_;
  atom peer_name_;
  mutable std::mutex mutex_; // guards all below
  session session_;
  std::optional<signal_codec> codec_;
  pieces spare_; // Empty; memory for the next frame.
  std::vector<event> events_;
  congestion congestion_;
  bool writing_ = false;
  bool watched_ = false; // The transport thread will flush soon, whatever processes do.
  clock::time_point last_write_{};
  bool closed_wire_ = false;
  std::optional<clock::timer> timer_;
};

} // namespace troupe::dist
