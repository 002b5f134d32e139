// Byte streams between nodes: the contract that TCP and the network in memory keep.
//
// Erlang counterpart: a distribution module such as inet_tcp_dist.
// Threads: calls from any thread unless said otherwise; handlers run on the transport thread.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/dist/pieces.hpp"
#include "troupe/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace troupe::dist {

/// Where a node listens: a numeric address or a host name, and a port.
struct endpoint {
  std::string host;
  uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// Returns `host:port`, with brackets around an IPv6 address.
[[nodiscard]] std::string to_string(const endpoint& x);

/// What a stream tells its owner; called on the transport thread, never after `on_closed`.
class stream_handler {
public:
  virtual ~stream_handler() = default;
  /// Bytes arrived, in order.
  virtual void on_bytes(std::span<const char> bytes) = 0;
  /// The stream takes more, after a `write` that returned false.
  virtual void on_writable() = 0;
  /// The stream ended, by either side; called once.
  virtual void on_closed() = 0;
};

/// One open byte stream. The owner keeps it; dropping it closes it without a call.
class stream {
public:
  virtual ~stream() = default;
  /// Says who is told of what happens. Called once, on the transport thread, before anything
  /// arrives.
  virtual void attach(std::shared_ptr<stream_handler> handler) = 0;
  /// Sends `bytes` after those written before. Returns whether the next write may follow at once;
  /// false: it waits for `on_writable`. After the end it does nothing. May leave `bytes` as they
  /// are, so that their memory can be used again.
  virtual bool write(pieces&& bytes) = 0;
  /// Closes when what was written has left, but after a second at the latest; `on_closed` follows.
  virtual void close() = 0;
  /// The other side's address, for messages.
  [[nodiscard]] virtual const endpoint& remote() const = 0;
};

/// Makes streams.
class transport {
public:
  using connect_handler = std::function<void(result<std::unique_ptr<stream>>)>;
  using accept_handler = std::function<void(std::unique_ptr<stream>)>;

  virtual ~transport() = default;
  /// Listens at `at` (port 0: any free one) and returns where, or `errc::cannot_listen`.
  virtual result<endpoint> listen(const endpoint& at, accept_handler on_accept) = 0;
  /// Dials; `done` gets the stream or an error within `timeout`.
  virtual void connect(const endpoint& to, clock::duration timeout, connect_handler done) = 0;
  /// Stops listening. Open streams stay.
  virtual void stop_listening() = 0;
};

} // namespace troupe::dist
