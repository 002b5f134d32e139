// The life of the `troupe` program: a node, its terminal, and a console or expressions.
//
// Erlang counterpart: IEx.CLI.
// Threads: called on the main thread.

#pragma once

#include "options.hpp"

namespace troupe::console {

/// Runs until the node is told to stop; returns the exit status.
int run(const options& opts, const extensions& parts);

} // namespace troupe::console
