// A port mapper inside the node: tells who listens where on one address of this machine.
//
// Erlang counterpart: the program epmd. Differences: it serves one address, so that 127.0.0.1 and
// 127.0.0.2 are two hosts; it never ends on request; it keeps no list of names that are gone.
// Threads: transport thread, or before it runs.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/epmd/epmd_codec.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe::epmd {

struct server_options {
  /// Connections that registered nothing; above it the oldest of them is closed.
  size_t idle_connections_max = 256;
  /// Life of a connection that registered nothing, answer included; then it is closed.
  std::chrono::milliseconds idle_timeout{5'000};
};

/// Names are registered by connections from this machine only, as epmd has it; anybody may ask.
/// What is not a request closes its connection without a word.
class port_mapper_server {
public:
  explicit port_mapper_server(boost::asio::io_context& io, server_options options = {});
  ~port_mapper_server();
  port_mapper_server(const port_mapper_server&) = delete;
  port_mapper_server& operator=(const port_mapper_server&) = delete;

  /// Listens at a numeric address; port 0 is any free one. The error is the system's, so that a
  /// caller can tell a port that is taken from an address that is not ours. Called once.
  [[nodiscard]] std::error_code listen(const dist::endpoint& at);

  /// The port that is listened at.
  [[nodiscard]] uint16_t port() const;

  /// Registers the node of this program, without a connection, and returns the creation. Errors:
  /// `errc::name_in_use`, `errc::overload`.
  result<uint32_t> add_local(node_info node);

  /// Returns all names, this program's included.
  [[nodiscard]] std::vector<node_info> snapshot() const;

  /// Closes everything: all who registered see their connection end. May be called twice.
  void stop();

private:
  class core;
  std::shared_ptr<core> core_; // Shared with what asio has under way.
};

} // namespace troupe::epmd
