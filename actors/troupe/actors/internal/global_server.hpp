// The process of every node that keeps the names and locks of the cluster.
//
// Erlang counterpart: global_name_server. Differences: the messages between nodes are its own, see
// actors/README.md; there is no locker process, as no node stands for a whole half of the cluster:
// each tells each other its own entries.
// Threads: confined to its process.

#pragma once

#include "troupe/process.hpp"

#include <chrono>

namespace troupe::actors::internal {

inline const atom global_server_name{"global_name_server"};

/// What it tells others is about the nodes that are connected, and connects none.
inline constexpr send_options connected_only{.noconnect = true};

/// What the process waits for first: `{global_server_begin, true}` once it has its name, or
/// `{global_server_begin, false}` when another one was quicker.
inline const atom global_server_begin{"$global_begin"};
inline constexpr std::chrono::seconds global_begin_timeout{60};

/// Clashes that could not be settled are tried again after this time.
inline constexpr std::chrono::milliseconds global_settle_pause{500};

[[nodiscard]] task<> run_global_server(process& self);

} // namespace troupe::actors::internal
