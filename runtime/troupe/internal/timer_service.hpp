// Drives the timers of a node: one timer of the clock, for the earliest of them.
//
// Erlang counterpart: the timer wheel behind erlang:send_after/3.
// Threads: any thread; messages leave on the transport thread. One mutex guards the table; under it
// only the clock is called.

#pragma once

#include "troupe/internal/timer_table.hpp"

#include <atomic>
#include <mutex>

namespace troupe::internal {

class node_core;

class timer_service {
public:
  explicit timer_service(node_core& core) : core_(&core) {}

  /// Sends `content` to the process `to` of this node, or to whoever is called `name` here when the
  /// time comes. False, and nothing happens, when limits::timers_max are running.
  [[nodiscard]] bool start(pending_timer x);
  /// Returns what was left of it; nothing when it is unknown, has fired, or its receiver is gone.
  std::optional<clock::duration> cancel(const reference& ref);
  [[nodiscard]] std::optional<clock::duration> left(const reference& ref) const;
  /// A process ended.
  void forget(const pid& receiver);
  /// Forgets all; later ones never fire.
  void stop();
  [[nodiscard]] size_t size() const noexcept { return size_; }

private:
  void arm();
  void count() { size_ = table_.size(); }
  void fire(uint64_t round);

  node_core* core_;
  std::atomic<size_t> size_{0}; // So that most processes end without the mutex.
  mutable std::mutex mutex_;    // guards all below
  timer_table table_;
  std::optional<clock::time_point> armed_;
  clock::timer armed_timer_ = 0;
  uint64_t round_ = 0; // Of the armed timer; an earlier one may still run.
  bool stopped_ = false;
};

} // namespace troupe::internal
