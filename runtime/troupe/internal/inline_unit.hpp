// Runs the processes that got mail from the transport, on the thread that read it.
//
// What it cannot run soon goes to the scheduler's threads: the rest of a batch that takes long, and
// all that waits behind a process which does not come back.
//
// Erlang counterpart: the run queue of the scheduler that polled.
// Threads: `run` and `exec_later` on the thread that it belongs to; the rest on any.

#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <chrono>
#include <deque>
#include <mutex>

namespace troupe::internal {

class inline_unit final : public caf::execution_unit {
public:
  /// When a batch has run for so long, the scheduler's threads get what is left of it.
  static constexpr std::chrono::microseconds batch_max{200};

  using execution_unit::execution_unit;
  ~inline_unit() override;

  /// Puts it behind those that wait.
  void exec_later(caf::resumable* x) override;
  [[nodiscard]] bool empty() const;
  /// Runs what waits, and what comes meanwhile.
  void run();
  /// Another thread does the transport's work now: this unit ends what it is at, and takes nothing.
  void give_up();
  /// Undoes that.
  void begin();
  /// The scheduler's threads get what waits.
  void hand_over();

private:
  caf::resumable* next();

  mutable std::mutex mutex_; // guards all below
  std::deque<caf::resumable*> ready_;
  bool gave_up_ = false;
};

} // namespace troupe::internal
