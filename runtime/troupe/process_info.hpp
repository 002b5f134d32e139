// What is to be known of a process of this node.
//
// Erlang counterpart: process_info/1,2, is_process_alive/1, process_flag/2. Differences: a C++
// function does not say where it is, so that `current_function` is what the process was started
// with; `memory` counts the process and its tables, not what its messages and coroutines hold;
// `reductions` counts how often it had something to do; what concerns Erlang's heaps is left out.
// Threads: confined to the process.
//
// A process is asked by a signal, so it answers for what was sent to it before. One that runs
// without waiting does not answer: after limits::info_timeout it is described by what can be seen
// from outside, with `undefined` for the rest. A process of another node ends the caller with
// `badarg` (PID-05).

#pragma once

#include "troupe/dictionary.hpp"
#include "troupe/fwd.hpp"
#include "troupe/internal/lazy_map.hpp"
#include "troupe/pid.hpp"
#include "troupe/signal.hpp"
#include "troupe/task.hpp"
#include "troupe/term.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace troupe {

struct process_info {
  pid id;
  atom registered_name; ///< Nil when it has none.
  term initial_call;    ///< `{module, function, arity}`; the module of C++ functions is `native`.
  atom status;          ///< `running`, `runnable`, `waiting` or `suspended`.
  size_t message_queue_len = 0;
  std::vector<pid> links;
  /// Whom it monitors: a pid, or `{name, node}`.
  std::vector<term> monitors;
  std::vector<pid> monitored_by;
  std::vector<term_pair> dictionary;
  bool trap_exit = false;
  atom priority;
  pid group_leader;
  pid parent;          ///< Who started it; null when no process did.
  uint64_t memory = 0; ///< Bytes.
  uint64_t reductions = 0;
  /// False for one that did not answer: only `id`, `registered_name`, `initial_call`, `parent` and
  /// `status` are known.
  bool answered = true;
};

/// The part of `process` that knows about processes.
class info_calls {
public:
  /// Returns nothing when it has ended.
  [[nodiscard]] task<std::optional<process_info>> info(pid who);
  /// The values of single items, as process_info/2 returns them, in the order asked for; nothing
  /// when it has ended. An item that is none of `info_items` ends the caller with `badarg`.
  [[nodiscard]] task<std::optional<std::vector<term>>> info(pid who, std::vector<atom> items);
  /// Whether it lives, once it has got what was sent to it before.
  [[nodiscard]] task<bool> is_alive(pid who);

  /// All items that `info` knows.
  [[nodiscard]] static const std::vector<atom>& info_items();

  [[nodiscard]] troupe::dictionary& dictionary() noexcept { return dictionary_; }
  /// Null when no process started this one.
  [[nodiscard]] const pid& parent() const noexcept { return parent_; }

  /// Sets `priority`, `message_queue_data` and other flags that mean nothing here but are
  /// remembered; returns the old value, nothing when the flag or the value is none.
  std::optional<term> flag(atom name, const term& value);
  [[nodiscard]] std::optional<term> flag(atom name) const;
  [[nodiscard]] static bool is_flag(atom name);

protected:
  explicit info_calls(actor_bridge& bridge) : dictionary_(bridge) {}
  /// Answers a question of another process.
  void answer_info(const signal& x);
  /// It ended.
  void forget_info();

private:
  friend class internal::node_core;
  friend struct internal::info_reader;

  term answer_to(const term& items);
  task<std::optional<term>> ask(pid who, term items);

  troupe::dictionary dictionary_;
  pid parent_;                           // Constant once started: others may read it.
  internal::lazy_map<atom, term> flags_; // Those that were set.

protected:
  uint64_t turns_ = 0; // How often it was resumed.
};

} // namespace troupe
