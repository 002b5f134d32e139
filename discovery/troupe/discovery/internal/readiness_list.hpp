// Who waits for how many peers.
//
// Erlang counterpart: none.
// Threads: not synchronised (pure); confined to the discovery process.

#pragma once

#include "troupe/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace troupe::discovery::internal {

class readiness_list {
public:
  struct wait {
    size_t min_peers = 1;
    clock::duration stable_for{};
    clock::time_point deadline{};
    std::function<void(bool)> done;
  };

  void add(wait x) { waits_.push_back(std::move(x)); }

  /// The number of connected peers, whenever one came or went.
  void linked(size_t count, clock::time_point now) {
    linked_ = count;
    changed_ = now;
  }

  /// Answers those whose time has come; returns how many are ready.
  size_t due(clock::time_point now) {
    std::vector<std::pair<std::function<void(bool)>, bool>> answers;
    std::erase_if(waits_, [&](wait& x) {
      auto ready = linked_ >= x.min_peers && now - changed_ >= x.stable_for;
      if (!ready && now < x.deadline)
        return false;
      answers.emplace_back(std::move(x.done), ready);
      return true;
    });
    for (auto& [done, ready] : answers)
      done(ready);
    return static_cast<size_t>(std::ranges::count_if(answers, [](auto& x) { return x.second; }));
  }

  [[nodiscard]] clock::time_point next() const {
    auto result = clock::time_point::max();
    for (auto& x : waits_) {
      result = std::min(result, x.deadline);
      if (linked_ >= x.min_peers)
        result = std::min(result, changed_ + x.stable_for);
    }
    return result;
  }

private:
  std::vector<wait> waits_; // One for each caller that waits.
  size_t linked_ = 0;
  clock::time_point changed_{};
};

} // namespace troupe::discovery::internal
