// Says on standard error which nodes come and go, where there is no console to ask.
//
// Erlang counterpart: none; a node of Erlang is silent about it.
// Threads: called on the main thread.

#pragma once

#include "troupe/node.hpp"

namespace troupe::console {

/// Logs one line when a node is up and one when it is down, from now on.
void report_nodes(node& at);

} // namespace troupe::console
