// Where a scheduler thread looks for its next job first, so that none waits for ever.
//
// Erlang counterpart: the order in which a scheduler serves its run queues.
// Threads: confined to one thread.

#pragma once

#include <cstdint>

namespace troupe::internal {

/// The job that was woken last goes first: what it needs is still in the cache. Those that wake
/// each other again and again must let others through after a while, though.
class turn_order {
public:
  /// So many jobs in a row come from the slot for the one woken last.
  static constexpr uint32_t slot_turns = 64;
  /// Each so-many-th job comes from the queue of all threads, however much the own one holds.
  static constexpr uint32_t common_turns = 61;

  /// Begins a turn; returns whether the common queue comes first in it.
  [[nodiscard]] bool next_is_common() noexcept { return ++turn_ % common_turns == 0; }

  [[nodiscard]] bool slot_allowed() const noexcept { return from_slot_ < slot_turns; }
  void took_from_slot() noexcept { ++from_slot_; }
  /// Another job had its turn, or there is none.
  void others_served() noexcept { from_slot_ = 0; }

private:
  uint32_t turn_ = 0;
  uint32_t from_slot_ = 0;
};

} // namespace troupe::internal
