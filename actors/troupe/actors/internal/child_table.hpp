// The children of a supervisor, and which of them are ended and started after which exit.
//
// Erlang counterpart: the state of supervisor.erl.
// Threads: a value; pure: it starts and ends nothing.

#pragma once

#include "troupe/actors/child_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace troupe::actors::internal {

/// Says which child; never used again. Children are started in this order.
using child_key = uint64_t;

struct child {
  enum class state : uint8_t {
    stopped,    ///< Ended, or its start was ignored.
    running,    ///< Has a pid.
    restarting, ///< A start failed and will be tried again.
  };

  supervisor::child_spec spec;
  std::vector<term> extra{}; ///< Of `start_child` in a dynamic supervisor.
  state now = state::stopped;
  pid id{}; ///< Of the last process, when restarting; null when stopped.

  [[nodiscard]] bool is_temporary() const { return spec.restart == supervisor::restart::temporary; }
};

class child_table {
public:
  explicit child_table(supervisor::strategy how) : strategy_(how) {}

  [[nodiscard]] bool is_dynamic() const noexcept {
    return strategy_ == supervisor::strategy::simple_one_for_one;
  }
  [[nodiscard]] size_t size() const noexcept { return children_.size(); }

  // -- entries ----------------------------------------------------------------------------------
  child_key add(child x);
  /// Returns null when there is no such child (any more).
  [[nodiscard]] const child* find(child_key key) const;
  [[nodiscard]] std::optional<child_key> find_id(const term& id) const; // not in a dynamic one
  [[nodiscard]] std::optional<child_key> find_pid(const pid& id) const;
  [[nodiscard]] const std::map<child_key, child>& all() const noexcept { return children_; }

  void running(child_key key, const pid& id);
  void restarting(child_key key);
  /// It ended and is not started again: one that is temporary or of a dynamic supervisor is
  /// forgotten, others stay without a process.
  void stopped(child_key key);
  void erase(child_key key);

  // -- decisions --------------------------------------------------------------------------------
  struct verdict {
    bool restart = false;
    bool report = false;
  };
  /// What the end of `x` with `reason` asks for.
  [[nodiscard]] static verdict judge(const child& x, const term& reason);

  struct plan {
    std::vector<child_key> stop;  ///< In this order; then `stopped`.
    std::vector<child_key> start; ///< In this order; up to the first that fails.
  };
  /// What a restart of `key`, which does not run, includes.
  [[nodiscard]] plan plan_restart(child_key key) const;
  /// Running children, the last started first.
  [[nodiscard]] std::vector<child_key> stop_order() const;

  struct counts {
    size_t specs = 0;
    size_t active = 0;
    size_t supervisors = 0;
    size_t workers = 0;
  };
  [[nodiscard]] counts count() const;

private:
  supervisor::strategy strategy_;
  std::map<child_key, child> children_;
  std::map<pid, child_key> by_pid_; // Of those that have one.
  child_key last_ = 0;
};

} // namespace troupe::actors::internal
