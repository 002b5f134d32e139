// One connection between two nodes without its socket: TLS or plain, handshake, frames, lanes.
//
// Erlang counterpart: dist_util's handshake, and the part of the emulator that frames signals.
// Threads: not synchronised; the connection that owns a session guards it with its mutex. Handlers
// are called from inside the functions that are not const. They may call the session, but not
// destroy it.
//
// Bytes and time come in as arguments, bytes go out through `pull`; PROTOCOL.md describes them.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/dist/pieces.hpp"
#include "troupe/errc.hpp"
#include "troupe/limits.hpp"
#include "troupe/node_name.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace troupe::dist {

class key_ring;  // auth.hpp: the keys derived from a cookie, and the TLS contexts made of them
class key_chain; // key_chain.hpp: those of several cookies

enum class transport_mode : uint8_t { tls, plain };

/// What one node says of itself in the handshake.
struct identity {
  std::string name; ///< `name@host`
  uint32_t creation = 0;
  bool hidden = false;
  /// Bytes of the program's build-id; lambdas are only accepted between equal ones.
  std::string build_id;
};

/// What the other side said, believed only once it has proven the cookie.
struct peer_identity : identity {
  uint64_t features = 0;
};

/// First byte of a frame's body. Session frames are below 16, those of processes above (frame.hpp).
enum class session_frame : uint8_t {
  hello = 1,
  auth = 2,
  ready = 3,
  reject = 4,
  tick = 5,
  fragment = 6,
  goodbye = 7,
};
inline constexpr uint8_t first_process_frame = 16;

class session_handler {
public:
  virtual ~session_handler() = default;
  /// The peer has proven the cookie. Returns `errc::none` to accept it, or why not; the peer is
  /// told. Called once, on the accepting side before it says `ready`, on the dialling side when
  /// `ready` came.
  virtual errc on_authenticated(const peer_identity& peer) = 0;
  /// Frames may be sent and will come from here on.
  virtual void on_up() = 0;
  /// A whole process frame: its kind byte and body. Valid during the call.
  virtual void on_frame(std::string_view frame) = 0;
  /// The same of one that was put together of fragments, whose memory may be kept.
  virtual void on_long_frame(std::string frame) { on_frame(frame); }
  /// The session ended; called once, also for `close`. `detail` is for the log.
  virtual void on_closed(errc why, std::string_view detail) = 0;
};

class session {
public:
  enum class role : uint8_t { dialling, accepting };
  enum class put_result : uint8_t { ok, busy, overflow, too_long, closed };

  struct options {
    identity self;
    std::shared_ptr<const key_ring> keys;
    /// Whose keys are which, when not all nodes have `keys`; null: they do. A dialler without an
    /// expected name begins with `keys`.
    std::shared_ptr<const key_chain> chain;
    transport_mode mode = transport_mode::tls;
    clock::duration ticktime = std::chrono::seconds{60};
    clock::duration handshake_timeout = limits::handshake_timeout;
    size_t outbound_bytes_soft = limits::outbound_bytes_soft;
    size_t outbound_bytes_hard = limits::outbound_bytes_hard;
  };

  /// `expected` is the node name that was dialled; empty when accepting.
  session(role r, const options& opts, session_handler& handler, clock::time_point now,
          std::string expected = {});
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Says the first word, when dialling. Does nothing when accepting.
  void start();

  /// Takes bytes from the peer.
  void receive(std::span<const char> bytes, clock::time_point now);

  /// Queues a process frame: its kind, not below `first_process_frame`, and what follows; its
  /// length is added here. All frames of one `key` (the sending process's number) stay in order;
  /// long ones of different keys share the connection. `busy`: queued, but above the soft limit.
  /// `overflow`: above the hard limit, the session is closed with `errc::overload`. `too_long`:
  /// above `limits::message_bytes_max`, not queued, nothing else happens. `closed`: it is not up.
  put_result put(uint64_t key, pieces&& frame);

  /// Appends to `out` what is to be sent next, about `bytes_max` of it at the most; returns whether
  /// it appended anything. Goes on yielding after the end of the session until its last word is
  /// out.
  bool pull(pieces& out, size_t bytes_max, clock::time_point now);

  /// Ticks, and ends a session that is silent for too long: call it at `next_check` and not
  /// earlier.
  void check(clock::time_point now);
  [[nodiscard]] clock::time_point next_check() const;

  /// Another ticktime from now on: the peer is down after `receiving`, this node ticks for
  /// `sending`.
  void retime(clock::duration receiving, clock::duration sending, clock::time_point now);

  /// Ends the session and tells the peer why (a `reject` before, a `goodbye` after it was up). What
  /// is queued goes out before that when `why` is `disconnected` or `shutting_down`, else it is
  /// dropped.
  void close(errc why, std::string_view detail = {});
  /// The stream ended.
  void lost();

  [[nodiscard]] bool is_up() const noexcept;
  [[nodiscard]] bool is_closed() const noexcept;
  /// Bytes that wait to be pulled.
  [[nodiscard]] size_t queued_bytes() const noexcept;
  /// Bytes of the peer that wait for their rest; what a long message announces counts from its
  /// beginning.
  [[nodiscard]] size_t held_bytes() const noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::dist
