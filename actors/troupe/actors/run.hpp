// A whole program around one process.
//
// Erlang counterpart: `erl -run`.
// Threads: called on the main thread.

#pragma once

#include "troupe/extension.hpp"
#include "troupe/node.hpp"

#include <utility>

namespace troupe::actors {

/// Reads the options of a node (`--name`, `--cookie`, ...; see config.hpp) from the command line,
/// starts the node with the terminal as its group leader, runs `root` in a process, and stops the
/// node when that process ends or SIGTERM or SIGINT comes. Returns the exit status: 0, 1 when the
/// process ended otherwise than normally or the node could not start, 2 for bad options. `parts`
/// run beside the process and add options of their own.
int run_process(int argc, const char* const* argv, troupe::internal::root_function root,
                const extensions& parts = {});

} // namespace troupe::actors

namespace troupe {

/// `run(argc, argv, [](process& self) -> task<> { ... })` is a complete `main`. With a
/// `discovery::command_line` among `parts` the program has --discover, too.
template <class F>
int run(int argc, const char* const* argv, F body, const extensions& parts = {}) {
  return actors::run_process(argc, argv, troupe::internal::root_of(std::move(body)), parts);
}

} // namespace troupe
