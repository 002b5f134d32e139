// The process of a node that runs block calls, one after the other.
//
// Erlang counterpart: `rex`, the server of rpc.erl. Difference: the first block call that reaches
// a node starts it. Threads: confined to the process that calls.

#pragma once

#include "troupe/process.hpp"
#include "troupe/signal.hpp"

namespace troupe::actors::internal {

/// What a call runs on another node to have `what` run inside the `rex` there, with the caller's
/// group leader (rules RPC-07, IO-16).
[[nodiscard]] spawn_what in_rex(process& self, const spawn_what& what);

} // namespace troupe::actors::internal
