// What may have happened in a cluster, decided from a record of what its processes did and saw.
//
// Erlang counterpart: none; the rules are those of SEMANTICS.md, named by their ids.
// Threads: pure functions on values.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::test::chaos {

using time_point = std::chrono::microseconds;

/// What trouble may do after it is over: ticks that fail, dials that time out, bytes that arrive.
inline constexpr time_point aftermath = std::chrono::seconds{20};
/// How long a signal travels between two nodes without trouble, a dial included.
inline constexpr time_point travel = std::chrono::seconds{1};

enum class act : uint8_t {
  // of the test
  node_started,    ///< node
  node_ended,      ///< node; nothing that its processes do counts from here
  trouble_begins,  ///< node, peer: between two nodes; at one when both are the same
  trouble_ends,    ///< the same
  observation_end, ///< what is over must have been told by now
  // of a process
  began,        ///< who runs
  ended,        ///< who ended with text
  trapped,      ///< who traps exits from here (ok) or no more
  sent,         ///< who sent number to `other`, or to text on node
  exit_sent,    ///< who sent the exit signal text to `other`
  exits,        ///< who ends itself with text
  linked,       ///< who linked `other`
  unlinked,     ///< who unlinked `other`
  monitored,    ///< who watches as number `other`, or text on node
  demonitored,  ///< who no longer does as number; ok: the monitor was there
  registered,   ///< who takes the name text; ok: it got it
  unregistered, ///< who gives it up; ok: there was one
  asked_spawn,  ///< who asked node for `other`, as number; ok: without waiting
  // to a process
  got_message, ///< number
  got_exit,    ///< of `other`, with text
  got_down,    ///< of monitor number, `other` or text2 on node, with text
  got_spawn,   ///< answer to number: `other` (ok), or text
  got_node_up, ///< of node
  got_node_down,
  got_node_lost, ///< of node, which this process alone watches
  // of who observes processes without being one
  watched_node, ///< who wants to know, once more (ok) or once less, when node is lost
  observed,     ///< as number, on the node of who: a handle of `other`
  got_end,      ///< of number, `other`
};

struct event {
  act what{};
  time_point at{};
  size_t who = 0;   ///< Process; 0: none.
  size_t other = 0; ///< Process; 0: none.
  size_t node = 0;
  size_t peer = 0;
  uint64_t number = 0;
  std::string text{};  ///< Reason or name, as Elixir prints it.
  std::string text2{}; ///< Name that a DOWN tells.
  bool ok = false;
};

/// One process: by its place in `history::processes`, from 1.
struct identity {
  size_t node = 0;
  unsigned life = 0;  ///< Of the node, from 1.
  bool dummy = false; ///< Stands for one that could not be started on `node_wanted`.
  size_t node_wanted = 0;
  bool subscribed = false; ///< To nodes that come and go.
};

/// What a node still had when all processes of the run had ended.
struct residue {
  size_t node = 0;
  size_t links = 0, monitors = 0, spawns = 0, held = 0, handshakes = 0;
  size_t processes = 0, proxies = 0, names = 0; ///< More than before the run.
};

struct history {
  std::vector<identity> processes{identity{}}; ///< The first is none.
  std::vector<event> events;
  std::vector<residue> left;
};

/// Returns what is wrong, a sentence each; nothing when the history is one that Erlang could show.
[[nodiscard]] std::vector<std::string> complaints(const history& h);

/// Returns an event as text, for who reads a failure.
[[nodiscard]] std::string to_string(const event& x);

} // namespace troupe::test::chaos
