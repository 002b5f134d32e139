// Named groups of processes, known on all connected nodes that have the scope.
//
// Erlang counterpart: pg (PG-00 to PG-14). Differences: an event names only processes that really
// left; joining an empty list makes no group; a message that the scope does not know is ignored.
// Threads: the coroutines are confined to the process that calls them; `start(node&)` any thread.
//
// A scope is one process per node, registered under the scope's name. When two of them meet, which
// `nodeup` and their own start see to, each sends the other all of its groups, then every change;
// each forgets what it had from the other when that ends or its node is lost. So views differ for a
// moment and agree after it, as far as nodes are connected with each other.

#pragma once

#include "troupe/process.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::pg {

inline const atom default_scope{"pg"};

/// What becomes of a call that the scope's process does not answer: `{:timeout, call}` ends the
/// caller. Erlang waits for ever; nothing but overload gets here, as the process never waits.
inline constexpr std::chrono::seconds call_timeout{60};

/// Who has the scope's name now.
struct started {
  pid id; ///< Null when nobody can have that name: nil, undefined.
  /// False when it was taken: Erlang's `{error, {already_started, Pid}}`.
  bool fresh = false;
};

/// Starts a scope. It ends with the node; a process that should outlive no scope links to it.
started start(node& at, atom scope = default_scope);
started start(process& self, atom scope = default_scope);
/// The same, linked to the caller.
started start_link(process& self, atom scope = default_scope);

// -- memberships; without the scope the caller ends with `{:noproc, call}` (PG-00) ----------------

/// Makes processes of this node members, once more for every call; those of another one end the
/// caller with `{:nolocal, pid}` (PG-03). They are members until they leave or end (PG-05).
[[nodiscard]] task<> join(process& self, term group, pid who, atom scope = default_scope);
[[nodiscard]] task<> join(process& self, term group, std::vector<pid> who,
                          atom scope = default_scope);
/// Undoes one join each; false when none of them was a member.
[[nodiscard]] task<bool> leave(process& self, term group, pid who, atom scope = default_scope);
[[nodiscard]] task<bool> leave(process& self, term group, std::vector<pid> who,
                               atom scope = default_scope);

// -- asking; a scope that does not run has no groups ----------------------------------------------

/// The members on all nodes, as often as they joined; in no particular order.
[[nodiscard]] task<std::vector<pid>> get_members(process& self, term group,
                                                 atom scope = default_scope);
/// Those of this node.
[[nodiscard]] task<std::vector<pid>> get_local_members(process& self, term group,
                                                       atom scope = default_scope);
/// All groups that have members.
[[nodiscard]] task<std::vector<term>> which_groups(process& self, atom scope = default_scope);
[[nodiscard]] task<std::vector<term>> which_local_groups(process& self, atom scope = default_scope);

// -- changes --------------------------------------------------------------------------------------

/// A change of a group, as it comes to those that monitor it: `self.receive<pg::change>()`. As a
/// term `{ref, :join, group, pids}` or `{ref, :leave, group, pids}`.
struct change {
  enum class kind : uint8_t { join, leave };
  reference ref;
  kind type = kind::join;
  term group;
  std::vector<pid> who;
};

struct monitored {
  reference ref;
  std::vector<pid> members; ///< At the moment from which changes are told.
};

struct monitored_scope {
  reference ref;
  std::vector<std::pair<term, std::vector<pid>>> groups;
};

/// Asks for the changes of a group, which may be empty.
[[nodiscard]] task<monitored> monitor(process& self, term group, atom scope = default_scope);
/// Asks for those of all groups.
[[nodiscard]] task<monitored_scope> monitor_scope(process& self, atom scope = default_scope);
/// Ends that, and removes the changes that have come; false when `ref` is of no monitor.
[[nodiscard]] task<bool> demonitor(process& self, reference ref, atom scope = default_scope);

// -- for the runtime ------------------------------------------------------------------------------

/// Sends a request as gen_server:call/3 does and yields the reply. Ends the caller with
/// `{reason, {:gen_server, :call, [scope, request, :infinity]}}` when the scope ends first.
[[nodiscard]] task<term> call(process& self, atom scope, term request);
/// Removes the changes of a monitor that have come.
[[nodiscard]] task<> flush(process& self, reference ref);

bool from_term(const term& t, change& x, actor_bridge& bridge);
term to_term(const change& x, actor_bridge& bridge);

} // namespace troupe::actors::pg
