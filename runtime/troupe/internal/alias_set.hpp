// The aliases of one process: which take messages, and what a message through one changes.
//
// Erlang counterpart: the aliases of a process, part of its monitor and alias tables.
// Threads: confined to its process.

#pragma once

#include "troupe/internal/lazy_map.hpp"
#include "troupe/monitor_options.hpp"
#include "troupe/pid.hpp"

#include <cstddef>

namespace troupe::internal {

class alias_set {
public:
  explicit alias_set(size_t size_max) : size_max_(size_max) {}

  /// False when there are too many already, or `life` is none.
  [[nodiscard]] bool add(const reference& x, alias_life life);
  /// Ends an alias; returns whether it was there.
  bool remove(const reference& x) { return aliases_.erase(x) > 0; }

  struct arrival {
    bool accepted = false;  ///< Else the message is dropped (rule MSG-18).
    bool ended = false;     ///< It was the last one through this alias.
    bool demonitor = false; ///< It takes the monitor away, too.
  };
  /// A message came through `x`.
  arrival take(const reference& x);
  /// The monitor `x` is gone; returns whether its alias ended with it.
  bool monitor_ended(const reference& x);

  [[nodiscard]] size_t size() const noexcept { return aliases_.size(); }
  /// Calls `f` with each and forgets them.
  template <class F>
  void drain(F f) {
    for (auto& [x, life] : aliases_)
      f(x);
    aliases_.clear();
  }

private:
  size_t size_max_;
  lazy_map<reference, alias_life> aliases_;
};

} // namespace troupe::internal
