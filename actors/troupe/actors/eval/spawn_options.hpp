// The options with which code asks for processes, monitors and aliases, read from lists.
//
// Erlang counterpart: the option lists of spawn_opt/5, spawn_request/5, monitor/3 and alias/1.
// Differences: what sets sizes, priorities and garbage collection is accepted and has no effect.
// Threads: pure functions.

#pragma once

#include "troupe/spawn.hpp"
#include "troupe/term.hpp"

#include <optional>

namespace troupe::actors::eval {

/// Reads `[alias: life, tag: tag]`; nothing when an option is unknown, or it is no list.
[[nodiscard]] std::optional<monitor_options> read_monitor_options(const term& list);

/// Reads `[:explicit_unalias, :reply]`; nothing when an option is unknown, or it is no list.
[[nodiscard]] std::optional<alias_life> read_alias_options(const term& list);

struct read_options {
  spawn_options options;
  bool known = true; ///< Else one is unknown, or has a value that it cannot have.
};
/// Reads the options of a spawn; `reply` and `reply_tag` only `of_request`. Nothing when it is no
/// proper list.
[[nodiscard]] std::optional<read_options> read_spawn_options(const term& list, bool of_request);

} // namespace troupe::actors::eval
