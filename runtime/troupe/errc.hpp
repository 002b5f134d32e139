// Error codes of calls between nodes, and why a connection ended.
//
// Erlang counterpart: reasons such as `noconnection`, and what net_kernel logs of a failed
// handshake. Threads: immutable values.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// What can go wrong between nodes. Values travel on the wire: append only, never renumber, never
/// reuse. A code of a newer peer is kept as a number and printed as one.
enum class errc : uint8_t {
  /// Not an error.
  none = 0,
  /// The text is not of the form `name@host`. Fix the configuration.
  invalid_node_name = 1,
  /// The peer does not know our cookie. Do not retry.
  cookie_mismatch = 2,
  /// No connection to the node and connecting failed. Retry when the node is up.
  node_unreachable = 3,
  /// A frame or message exceeded a limit of `limits.hpp`. The connection is closed.
  frame_too_large = 4,
  /// The peer sent bytes that are not our protocol. Do not retry.
  protocol_violation = 5,
  /// The peer speaks another version of the protocol. Do not retry.
  version_mismatch = 6,
  /// The node at the address has another name than the one that was dialled. Fix the address.
  wrong_name = 7,
  /// We dialled ourselves. Fix the address.
  self_connection = 8,
  /// Both nodes dialled at once and the other connection is kept. Use that one.
  duplicate_connection = 9,
  /// The peer speaks without TLS and this node wants it. Give both the same `--transport`.
  tls_required = 10,
  /// The peer speaks TLS and this node does not. Give both the same `--transport`.
  tls_unexpected = 11,
  /// Nothing, or not enough, came before the deadline. Retry later.
  timeout = 12,
  /// The peer closed the connection. Retry at once.
  connection_closed = 13,
  /// This node was told to disconnect. Any reference connects again.
  disconnected = 14,
  /// The peer was silent for `ticktime`. Retry later.
  tick_timeout = 15,
  /// The connection's outbound queue exceeded its hard limit. Send less.
  overload = 16,
  /// The node at one end stops.
  shutting_down = 17,
  /// An Erlang node answered. Erlang's own handshake is not spoken here.
  foreign_protocol = 18,
  /// A newer life of the same node took the connection over.
  replaced = 19,
  /// The name is registered with the port mapper by another node. Choose another name.
  name_in_use = 20,
  /// An address cannot be bound: it is not ours, or its port is taken. Fix the configuration.
  cannot_listen = 21,
  /// The configuration contradicts itself or a file of it cannot be used. Fix it.
  invalid_config = 22,
  /// The host's name has no address. Fix the name, or retry later.
  unknown_host = 23,
  /// No port mapper answered on the host.
  no_port_mapper = 24,
  /// The port mapper of the host does not know the node.
  not_registered = 25,
  /// One of both nodes was told with whom to connect, and this is another one. Do not retry.
  not_allowed = 26,
};

/// Returns the enumerator's name, e.g. "cookie_mismatch"; "errc(200)" for an unknown one.
[[nodiscard]] std::string to_string(errc code);

/// A failed call: what kind of failure, and which input caused it.
struct error {
  errc code = errc::none;
  std::string context; ///< Names the input; a whole sentence where a user sees it.

  friend bool operator==(const error& x, errc y) { return x.code == y; }
};

/// Returns "cookie_mismatch: context".
[[nodiscard]] std::string to_string(const error& x);

} // namespace troupe
