// The process of one scope of process groups on one node.
//
// Erlang counterpart: the gen_server of pg.erl, with its requests and the messages between nodes:
// `{:discover, peer}`, the cast `{:sync, peer, [{group, pids}]}`, `{:join, peer, group, pids}` and
// `{:leave, peer, pids, groups}`. Additions: `:get_members` and the like are requests, too, as
// there is no table that others read.
// Threads: confined to its process.

#pragma once

#include "troupe/process.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace troupe::actors::internal {

/// What the process waits for first: `{group_scope_begin, true}` once it has the scope's name, or
/// `{group_scope_begin, false}` when another process has it.
inline const atom group_scope_begin{"$pg_begin"};
inline constexpr std::chrono::seconds group_scope_begin_timeout{60};

[[nodiscard]] task<> run_group_scope(process& self, atom scope);

[[nodiscard]] term list_of(const std::vector<pid>& xs);
/// Reads a pid, or a list of them.
[[nodiscard]] std::optional<std::vector<pid>> pids_of(const term& x);

} // namespace troupe::actors::internal
