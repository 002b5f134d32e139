#include "troupe/dist/ticker.hpp"

#include <algorithm>

namespace troupe::dist {

namespace {

constexpr int checks_per_ticktime = 4;
/// However short a ticktime the peer announces, this node ticks no more often.
constexpr std::chrono::milliseconds interval_min{10};

} // namespace

ticker::ticker(const ticktimes& t, clock::time_point now)
  : send_interval_(
    std::max<clock::duration>(std::min(t.own, t.peer) / checks_per_ticktime, interval_min)),
    receive_interval_(std::max<clock::duration>(t.own / checks_per_ticktime, interval_min)),
    next_send_(now + send_interval_), next_receive_(now + receive_interval_) {}

void ticker::sent() noexcept {
  if (tick_is_next_)
    tick_is_next_ = false;
  else
    sent_ = true;
}

ticker::action ticker::check(clock::time_point now) {
  if (now >= next_receive_) {
    next_receive_ = now + receive_interval_;
    silent_checks_ = received_ ? 0 : silent_checks_ + 1;
    received_ = false;
    if (silent_checks_ >= checks_per_ticktime)
      return action::down;
  }
  if (now < next_send_)
    return action::none;
  next_send_ = now + send_interval_;
  tick_is_next_ = !sent_;
  sent_ = false;
  return tick_is_next_ ? action::tick : action::none;
}

clock::time_point ticker::next_check() const {
  return std::min(next_send_, next_receive_);
}

} // namespace troupe::dist
