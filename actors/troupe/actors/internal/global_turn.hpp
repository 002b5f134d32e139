// The turn to change who holds a name, taken on all nodes that share names with this one.
//
// Erlang counterpart: trans_all_known/1 of global.erl. The greatest node is asked first, so that of
// several that want one name all but one wait there; a node that refuses although that one granted
// sees other nodes than this one, and it is tried again after a pause.
// Threads: confined to the process that calls.

#pragma once

#include "troupe/process.hpp"

#include <chrono>
#include <vector>

namespace troupe::actors::internal {

/// How long one node may take to answer before it is left out: longer than a silent node stays
/// connected (net_ticktime and a quarter), so it is the connection that ends first.
inline constexpr std::chrono::seconds global_answer_timeout{90};
/// How long a turn is tried for; Erlang tries for ever.
inline constexpr std::chrono::seconds global_turn_timeout{300};
/// Bounds of the pause before it is tried again, which is drawn between nothing and a bound that
/// doubles.
inline constexpr std::chrono::milliseconds global_pause_first{25};
inline constexpr std::chrono::milliseconds global_pause_last{2'000};

struct global_turn {
  bool held = false;
  bool taken = false;      ///< Somebody holds the name, and it was wanted free.
  std::vector<atom> nodes; ///< Where the turn is held; the first was asked first.
};

/// Takes the turn of a name; the process must have no other. Not `held`: see `taken`, else it was
/// tried for `global_turn_timeout`. Needs the process of global_server on this node.
[[nodiscard]] task<global_turn> take_turn(process& self, term name, bool wants_free);
[[nodiscard]] task<> end_turn(process& self, global_turn x);

/// Asks the process of global_server on this node; ends the caller when it does not run.
[[nodiscard]] task<term> ask_global(process& self, term request);
/// The same on another node; nothing when it is not there.
[[nodiscard]] task<std::optional<term>> ask_global_at(process& self, atom node, term request);

/// A pause before attempt number `times`, from 0, is made again.
[[nodiscard]] task<> global_pause(process& self, unsigned times, clock::duration first,
                                  clock::duration last);

} // namespace troupe::actors::internal
