// Time, randomness and the thread that drives connections, behind one seam, so that a whole cluster
// can run in one thread on a virtual clock.
//
// Erlang counterpart: the runtime's timer wheel.
// Threads: `now`, `random`, `after` and `cancel` from any thread; actions run on the transport
// thread, one at a time.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace troupe {

class clock {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;
  using timer = uint64_t;

  virtual ~clock() = default;

  [[nodiscard]] virtual time_point now() const = 0;

  /// Returns the time of day; moves with `now` unless a real clock knows better.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const {
    constexpr std::chrono::seconds year_2000{946'684'800};
    auto since
      = std::chrono::duration_cast<std::chrono::system_clock::duration>(now().time_since_epoch());
    return std::chrono::system_clock::time_point{year_2000 + since};
  }

  /// Returns 64 random bits; from the operating system, or from a seed in tests.
  [[nodiscard]] virtual uint64_t random() = 0;

  /// Runs `action` on the transport thread when `delay` has passed; equal deadlines in call order.
  virtual timer after(duration delay, std::function<void()> action) = 0;

  /// Gives up a timer; harmless when it has fired. An action that is being run may still finish.
  virtual void cancel(timer t) = 0;

  /// Runs `action` on the transport thread, after those posted before.
  virtual void post(std::function<void()> action) = 0;
};

} // namespace troupe
