// How often children may be restarted before the supervisor gives up.
//
// Erlang counterpart: intensity and period of supervisor. Difference: Erlang counts whole seconds.
// Threads: a value; pure, the caller says what time it is.

#pragma once

#include "troupe/clock.hpp"

#include <cstddef>
#include <deque>

namespace troupe::actors {

class restart_window {
public:
  restart_window(size_t intensity, clock::duration period)
    : intensity_(intensity), period_(period) {}

  /// Counts a restart. Returns false when that makes more than `intensity` of them within the
  /// period that ends now.
  [[nodiscard]] bool add(clock::time_point now) {
    while (!times_.empty() && now - times_.front() > period_)
      times_.pop_front();
    if (times_.size() >= intensity_)
      return false;
    times_.push_back(now);
    return true;
  }

private:
  size_t intensity_;
  clock::duration period_;
  std::deque<clock::time_point> times_; // At most intensity_, the oldest first.
};

} // namespace troupe::actors
