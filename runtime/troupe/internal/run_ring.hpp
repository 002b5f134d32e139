// A bounded queue of jobs that one thread fills and empties, and that others may halve.
//
// Erlang counterpart: the run queue of a scheduler, and the migration of its processes.
// Threads: `push` and `pop` by the owner; the rest from any thread. Lock-free.

#pragma once

#include <caf/fwd.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace troupe::internal {

class run_ring {
public:
  using job = caf::resumable*;

  static constexpr uint64_t capacity = 256;
  /// What `take_half` moves at most.
  using batch = std::array<job, capacity / 2>;

  /// False when there is no room.
  [[nodiscard]] bool push(job x) noexcept {
    auto tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == capacity)
      return false;
    jobs_[tail % capacity].store(x, std::memory_order_relaxed);
    // Sequentially consistent, as `size`: who pushes and then sees nobody asleep, and who falls
    // asleep and then sees no job, must not both be right.
    tail_.store(tail + 1);
    return true;
  }

  /// Returns the oldest job, or null.
  [[nodiscard]] job pop() noexcept {
    auto head = head_.load(std::memory_order_acquire);
    while (head != tail_.load(std::memory_order_relaxed)) {
      auto x = jobs_[head % capacity].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return x;
    }
    return nullptr;
  }

  /// Takes the older half, rounded up, oldest first; returns how many these are.
  [[nodiscard]] size_t take_half(batch& out) noexcept {
    auto head = head_.load(std::memory_order_acquire);
    for (;;) {
      auto waiting = tail_.load(std::memory_order_acquire) - head;
      auto count = waiting - waiting / 2;
      if (count == 0)
        return 0;
      if (count <= out.size()) { // else `head` is long out of date
        for (uint64_t i = 0; i < count; ++i)
          out[i] = jobs_[(head + i) % capacity].load(std::memory_order_relaxed);
        if (head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel,
                                        std::memory_order_acquire))
          return count;
      } else {
        head = head_.load(std::memory_order_acquire);
      }
    }
  }

  /// How many wait; out of date at once when others are at work.
  [[nodiscard]] size_t size() const noexcept {
    auto head = head_.load();
    return tail_.load() - head; // read later, so never below
  }

private:
  alignas(64) std::atomic<uint64_t> head_{0};
  alignas(64) std::atomic<uint64_t> tail_{0};
  std::array<std::atomic<job>, capacity> jobs_{};
};

} // namespace troupe::internal
