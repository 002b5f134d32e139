// A clock that stands still until the test moves it.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/clock.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

namespace troupe::test {

/// The time that all clocks of one test share.
using shared_time = std::shared_ptr<clock::time_point>;

[[nodiscard]] shared_time make_shared_time();

/// The timers and posts of one node. Nothing runs but by `run_one`.
class virtual_clock final : public clock {
public:
  virtual_clock(shared_time now, uint64_t seed) : now_(std::move(now)), random_(seed) {}

  [[nodiscard]] time_point now() const override { return *now_; }
  [[nodiscard]] uint64_t random() override { return random_(); }
  timer after(duration delay, std::function<void()> action) override;
  void cancel(timer t) override;
  void post(std::function<void()> action) override;

  /// When the next action is due; nothing when there is none.
  [[nodiscard]] std::optional<time_point> next() const;
  [[nodiscard]] bool has_due() const;
  /// Runs the first action that is due: the earliest, and of equals the one that was asked for
  /// first.
  bool run_one();
  /// Forgets all actions.
  void clear();
  [[nodiscard]] size_t size() const noexcept { return actions_.size(); }

private:
  shared_time now_;
  std::mt19937_64 random_;
  timer last_ = 0;
  std::map<std::pair<time_point, timer>, std::function<void()>> actions_;
  std::unordered_map<timer, time_point> due_;
};

} // namespace troupe::test
