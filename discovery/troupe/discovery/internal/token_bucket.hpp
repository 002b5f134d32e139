// So many at once, and so many per second.
//
// Erlang counterpart: none.
// Threads: not synchronised (pure); confined to its owner.

#pragma once

#include "troupe/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace troupe::discovery::internal {

class token_bucket {
public:
  /// Begins full.
  token_bucket(size_t per_second, size_t burst)
    : rate_(static_cast<double>(per_second)), burst_(static_cast<double>(burst)), tokens_(burst_) {}

  /// Takes one token, if there is one.
  [[nodiscard]] bool take(clock::time_point now) {
    if (now > refilled_) {
      auto passed = std::chrono::duration<double>(now - refilled_).count();
      tokens_ = std::min(burst_, tokens_ + rate_ * passed);
      refilled_ = now;
    }
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

private:
  double rate_;
  double burst_;
  double tokens_;
  clock::time_point refilled_{};
};

} // namespace troupe::discovery::internal
