// The locks of one node that processes anywhere took with `global:set_lock`.
//
// Erlang counterpart: the table global_locks.
// Threads: confined to its owner. Sends nothing, monitors nothing, knows no clock.

#pragma once

#include "troupe/actors/internal/group_table.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace troupe::actors::internal {

/// A lock is a resource; it belongs to a requester, which is any term, and is held by the processes
/// that took it as that requester. The last of them that gives it back, or ends, frees it (G-15).
class lock_table {
public:
  /// Locks at once; above it none is given.
  static constexpr size_t locks_max = 1'000'000;

  /// Takes a lock, once more when `who` has it; false when another requester has it.
  bool take(const term& resource, const term& requester, const pid& who);
  /// Gives it back; harmless when it is not held.
  void give(const term& resource, const term& requester, const pid& who);
  /// A process ended, or its node is gone.
  void gone(const pid& who);

  /// Whether the process holds any lock, so that it has to be watched.
  [[nodiscard]] bool is_holder(const pid& who) const { return by_holder_.contains(who); }
  [[nodiscard]] std::optional<term> requester_of(const term& resource) const;
  [[nodiscard]] size_t size() const noexcept { return locks_.size(); }

private:
  struct lock {
    term requester;
    std::set<pid> holders; // Never empty.
  };

  std::map<term, lock, exact_less> locks_;
  std::map<pid, std::set<term, exact_less>> by_holder_; // No empty set is kept.
};

} // namespace troupe::actors::internal
