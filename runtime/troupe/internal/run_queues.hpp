// The jobs that wait for a thread, and the threads that wait for a job.
//
// Each thread has a slot for the job that it woke last, and a ring for others; what does not fit,
// and what comes from elsewhere, waits in a common queue. A thread without work takes half of
// another's ring. While some threads work and others sleep, one of these wakes now and then to free
// jobs from the slots of threads that do not come back from theirs.
//
// Erlang counterpart: run queues, migration of processes and thread progress of the emulator.
// Threads: `add` from any thread; functions with a worker's number on its thread; `drain` when
// there is no thread any more.

#pragma once

#include "troupe/internal/run_ring.hpp"
#include "troupe/internal/turn_order.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::internal {

class run_queues {
public:
  using job = run_ring::job;

  /// A job in the slot of a thread that is busy for longer than twice this is freed. While there
  /// are such jobs, who looks for them looks more often.
  static constexpr std::chrono::microseconds watch_period{500};
  static constexpr std::chrono::microseconds watch_period_min{50};

  explicit run_queues(size_t workers);
  ~run_queues();

  /// Puts a job into the common queue, whose length is not bounded: it holds each process once.
  void add(job x);
  /// The worker's next job, if no others have waited too long; one that was next is not any more.
  void add_next(size_t worker, job x);
  /// Behind the worker's other jobs.
  void add_last(size_t worker, job x);
  /// Waits until there is a job.
  [[nodiscard]] job take(size_t worker);
  /// The worker takes no more: others get its jobs.
  void retire(size_t worker);

  /// Passes all that is left to `f`.
  template <class F>
  void drain(F f) {
    for (auto& x : lanes_) {
      if (auto* next = x->take_slot())
        f(next);
      while (auto* next = x->ring.pop())
        f(next);
    }
    std::deque<job> rest;
    rest.swap(common_);
    for (auto* x : rest)
      f(x);
  }

private:
  /// What belongs to one worker.
  struct lane {
    [[nodiscard]] job take_slot() noexcept {
      return slot.load(std::memory_order_relaxed)
               ? slot.exchange(nullptr, std::memory_order_acq_rel)
               : nullptr;
    }

    run_ring ring;
    alignas(64) std::atomic<job> slot{nullptr};
    std::atomic<uint32_t> started{0}; // Jobs so far.
    turn_order turns;
    std::vector<uint32_t> seen; // `started` of all, when this one looked last.
    uint32_t victim = 0;        // Whom to steal from first.
    alignas(64) std::condition_variable wake_up;
    bool woken = false; // This, and the next, guarded by `idle_mutex_`.
    bool watches = false;
    std::chrono::microseconds period = watch_period; // Between looks at slots.
  };

  job started(lane& me, job x);
  job take_own(lane& me);
  job take_common(lane& me);
  job search(size_t worker);
  job look_around(lane& me);
  job steal(lane& me);
  /// Returns null when it was woken: it searches then, and is counted so.
  job sleep(size_t worker, bool was_searching);
  job free_stuck(lane& me);
  bool has_work() const;
  void append(lane& me, job x);
  void notify();
  void summon_watcher();
  void leave_idle(size_t worker);
  void hand_over_watch(lane& me);

  std::vector<std::unique_ptr<lane>> lanes_;

  alignas(64) std::mutex common_mutex_; // guards `common_`
  std::deque<job> common_;
  std::atomic<size_t> common_size_{0};

  alignas(64) std::atomic<size_t> searching_{0};
  std::atomic<size_t> idle_count_{0};
  std::atomic<bool> watched_{false}; // Somebody frees jobs from slots.
  std::mutex idle_mutex_;            // guards the next two; and writes of the two before
  std::vector<size_t> idle_;
  size_t busy_; // Workers that neither sleep nor are retired.
};

} // namespace troupe::internal
