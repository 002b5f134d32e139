// The ticktime of this node, and a change of it that is under way.
//
// Erlang counterpart: net_kernel:set_net_ticktime/1,2 and get_net_ticktime/0 (rule TICK-04).
// Difference: what is given is a time, of any fraction of a second.
// Threads: not synchronised; guarded by net_kernel's mutex.
//
// All nodes of a cluster are to be told within the transition. Until its end a node ticks as often
// as both values want, and drops nobody sooner than the old one says; a node that keeps a longer
// ticktime than its peer is dropped after it, though it is healthy (rule TICK-09).

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe::dist {

class ticktime_change {
public:
  using duration = std::chrono::milliseconds;
  enum class answer : uint8_t { unchanged, initiated, ongoing };

  explicit ticktime_change(duration now) : current_(now) {}

  /// Begins a change; `ongoing`: another one is under way, and nothing happens.
  answer begin(duration to) {
    if (next_)
      return answer::ongoing;
    if (to == current_)
      return answer::unchanged;
    next_ = to;
    return answer::initiated;
  }
  /// The transition is over.
  void end() {
    current_ = next_.value_or(current_);
    next_.reset();
  }

  /// After how long a silent peer is down.
  [[nodiscard]] duration current() const noexcept { return current_; }
  /// What a change leads to.
  [[nodiscard]] std::optional<duration> next() const noexcept { return next_; }
  /// For what this node ticks.
  [[nodiscard]] duration shortest() const { return std::min(current_, next_.value_or(current_)); }

private:
  duration current_;
  std::optional<duration> next_;
};

} // namespace troupe::dist
