// Whose turn it is to change who holds a name: one process at a time on each node.
//
// Erlang counterpart: the lock `global`, under which names change. Differences: one per name, so
// that different names change at once; at the node that all ask first, requests queue up instead of
// being tried again and again.
// Threads: confined to its owner. Sends nothing, monitors nothing, knows no clock.

#pragma once

#include "troupe/actors/internal/group_table.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

/// A process has or waits for one turn at a time.
class name_turns {
public:
  /// Processes that have or wait for a turn; above it `busy` is answered.
  static constexpr size_t askers_max = 100'000;

  enum class answer : uint8_t { granted, busy, waits };
  /// Asks for the turn of `name`; who has it is granted it again. Without `wait` an other's turn is
  /// `busy`.
  answer ask(const term& name, const pid& who, bool wait);
  /// Ends a turn, or the waiting for it, as also the end of a process does. Returns whose turn it
  /// is then, when that changed.
  std::optional<std::pair<term, pid>> end(const pid& who);

  [[nodiscard]] bool has_asked(const pid& who) const { return asked_.contains(who); }
  [[nodiscard]] size_t size() const noexcept { return asked_.size(); }

private:
  std::map<term, std::deque<pid>, exact_less> queues_; // The first has the turn; none is empty.
  std::map<pid, term> asked_;
};

} // namespace troupe::actors::internal
