// Every bound of the runtime, with its unit and what happens above it.
//
// Erlang counterpart: net_setuptime, +zdbbl, +t and constants inside the runtime.
// Threads: constants.

#pragma once

#include <chrono>
#include <cstddef>

namespace troupe::limits {

/// From dial or accept to `up`; above it the attempt ends with `errc::timeout`. Erlang's
/// net_setuptime.
inline constexpr std::chrono::milliseconds handshake_timeout{7'000};
/// One address of a node that has others, too; after it the next one is tried.
inline constexpr std::chrono::milliseconds dial_address_timeout{2'000};
/// Bytes taken from a peer before it has proven the cookie; above it the connection is closed.
inline constexpr size_t unauthenticated_bytes_max = 4096;
/// Accepted connections that have not proven the cookie yet; above it the oldest is closed, so that
/// silent strangers do not keep honest peers out.
inline constexpr size_t unauthenticated_connections_max = 256;
/// One handshake frame; above it the connection is closed.
inline constexpr size_t handshake_frame_bytes_max = 1024;
/// One frame on the wire after the handshake; a longer message travels in fragments of this size.
inline constexpr size_t frame_bytes_max = 64 * 1024;
/// One message, whole; a sender is told, a receiver closes the connection. Erlang has no bound
/// here.
inline constexpr size_t message_bytes_max = 256 * 1024 * 1024;
/// Messages of one connection whose fragments are incomplete, and their bytes; above it it is
/// closed.
inline constexpr size_t reassembly_messages_max = 256;
inline constexpr size_t reassembly_bytes_max = 512 * 1024 * 1024;
/// Outbound bytes of one connection above which it is busy, until less than half of them wait: who
/// sends with `process::send_paced` is held as long. Others are not, nor is anything but messages.
/// Erlang's +zdbbl default.
inline constexpr size_t outbound_bytes_soft = 1024 * 1024;
/// Outbound bytes of one connection above which it is closed with `errc::overload`: senders that do
/// not wait can get there.
inline constexpr size_t outbound_bytes_hard = 512 * 1024 * 1024;
/// Who sends paced to a peer that is being dialled is held when more signals than these wait for
/// it; up to then sends return at once (rule CONN-08b).
inline constexpr size_t pending_signals_soft = 256;
/// Signals held for a peer while it is dialled, and calls that wait for it; further ones are
/// answered as if the node could not be reached.
inline constexpr size_t pending_signals_max = 1'000'000;
/// Connections at once; above it dials and accepted peers are refused.
inline constexpr size_t connections_max = 4096;
/// Nodes with a cookie of their own; above it setting another one fails.
inline constexpr size_t node_cookies_max = 256;
/// Nodes in the list of those that may connect; above it naming more fails.
inline constexpr size_t allowed_nodes_max = 4096;
/// Patterns of what peers may spawn; above it the configuration is refused.
inline constexpr size_t spawn_patterns_max = 1024;
/// Names that one connection interns; above it names travel as text.
inline constexpr size_t interned_names_max = 8192;
/// Aliases of one process at once; a process that makes more ends with `system_limit`. Erlang has
/// no bound here.
inline constexpr size_t aliases_max = 1'000'000;
/// Nesting of terms and of messages that a peer sends; above it the connection is closed.
inline constexpr size_t term_depth_max = 512;
/// Lines about peers that are not authenticated: this many a second, then a count of what was left
/// out.
inline constexpr size_t peer_log_lines_per_second = 5;
/// Timers of a node that are running; one more ends the process that starts it with `system_limit`.
inline constexpr size_t timers_max = 1'000'000;
/// A process that is asked about itself answers within this time, else it runs without waiting and
/// is described from outside.
inline constexpr std::chrono::milliseconds info_timeout{1'000};
/// A stop waits this long for processes to end, then names those that did not.
inline constexpr std::chrono::milliseconds stop_grace{2'000};

} // namespace troupe::limits
