// How long reading rests after packets that nobody wanted, so that a flood of them stays cheap.
//
// Erlang counterpart: none.
// Threads: confined to the transport thread (pure).

#pragma once

#include "troupe/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace troupe::discovery {

/// After a read that brought nothing but rejected packets, reading rests nine times as long as the
/// read took: all sockets that share a pacer spend at most a tenth of one core on such packets,
/// however many come and however slow the machine is. The kernel drops what does not fit its buffer
/// meanwhile. A read that brings a believed packet is followed by the next one at once; who has no
/// key cannot make such a packet, because replayed ones are not believed.
class read_pacer {
public:
  static constexpr int rest_factor = 9;
  static constexpr std::chrono::milliseconds rest_min{2};
  /// Also when a single read takes long, as on a machine that is out of breath.
  static constexpr std::chrono::milliseconds rest_max{50};

  /// Returns how long to rest after a read that ended at `now` and took `took`.
  [[nodiscard]] clock::duration after(clock::time_point now, size_t believed, size_t rejected,
                                      clock::duration took) {
    if (believed > 0 || rejected == 0)
      return {};
    paid_at_ = std::max(paid_at_, now - took) + (1 + rest_factor) * took;
    paid_at_ = std::min<clock::time_point>(paid_at_, now + rest_max);
    return std::max<clock::duration>(paid_at_ - now, rest_min);
  }

private:
  clock::time_point paid_at_{}; // When what was wasted is made up for.
};

} // namespace troupe::discovery
