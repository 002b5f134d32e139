#include "troupe/dist/ticker.hpp"

#include <algorithm>

namespace troupe::dist {

namespace {

constexpr int checks_per_ticktime = 4;
/// However short a ticktime the peer announces, this node ticks no more often.
constexpr std::chrono::milliseconds interval_min{10};

clock::duration interval_of(clock::duration ticktime) {
  return std::max<clock::duration>(ticktime / checks_per_ticktime, interval_min);
}

} // namespace

ticker::ticker(const ticktimes& t, clock::time_point now)
  : peer_(t.peer), send_interval_(interval_of(std::min(t.own, t.peer))),
    receive_interval_(interval_of(t.own)), next_send_(now + send_interval_),
    next_receive_(now + receive_interval_) {}

void ticker::retime(clock::duration receiving, clock::duration sending, clock::time_point now) {
  send_interval_ = interval_of(std::min(sending, peer_));
  next_send_ = std::min(next_send_, now + send_interval_);
  if (receive_interval_ == interval_of(receiving))
    return;
  receive_interval_ = interval_of(receiving);
  next_receive_ = now + receive_interval_;
  silent_checks_ = 0;
}

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
