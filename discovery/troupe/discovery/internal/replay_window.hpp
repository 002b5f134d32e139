// Which sequence numbers of one sender were seen: the highest, and which of the 64 below it.
//
// Erlang counterpart: none; IPsec has the same window (RFC 4303, 3.4.3).
// Threads: not synchronised (pure); confined to its filter.

#pragma once

#include <cstdint>

namespace troupe::discovery::internal {

class replay_window {
public:
  /// Returns whether `x` was seen, or is so far behind that it cannot be told.
  [[nodiscard]] bool seen(uint32_t x) const noexcept {
    if (x > highest_)
      return false;
    auto behind = highest_ - x;
    return behind > size || behind == 0 || (below_ >> (behind - 1) & 1) != 0;
  }

  void mark(uint32_t x) noexcept {
    if (x <= highest_) {
      auto behind = highest_ - x;
      if (behind > 0 && behind <= size)
        below_ |= uint64_t{1} << (behind - 1);
      return;
    }
    auto ahead = x - highest_;
    below_ = ahead < size ? below_ << ahead : 0;
    if (highest_ > 0 && ahead <= size)
      below_ |= uint64_t{1} << (ahead - 1);
    highest_ = x;
  }

private:
  static constexpr uint32_t size = 64;

  uint32_t highest_ = 0; // 0: none was seen; numbers begin at 1.
  uint64_t below_ = 0;   // Bit i: highest_ - 1 - i.
};

} // namespace troupe::discovery::internal
