#include "troupe/internal/timer_service.hpp"

#include "troupe/internal/node_core.hpp"

#include <algorithm>

namespace troupe::internal {

namespace {

/// Messages of one turn, so that a crowd of timers does not hold up the connections.
constexpr size_t batch = 1000;

} // namespace

bool timer_service::start(pending_timer x) {
  auto to = x.to;
  {
    std::lock_guard guard{mutex_};
    if (stopped_)
      return true;
    if (!table_.add(std::move(x)))
      return false;
    count();
    arm();
  }
  // Looked at only now: one that ends meanwhile forgets the timer itself.
  if (to && !core_->processes().find(to.id).handle)
    forget(to);
  return true;
}

std::optional<clock::duration> timer_service::cancel(const reference& ref) {
  std::lock_guard guard{mutex_};
  auto due = table_.cancel(ref);
  count();
  if (!due)
    return std::nullopt;
  return std::max(*due - core_->time().now(), clock::duration::zero());
}

std::optional<clock::duration> timer_service::left(const reference& ref) const {
  std::lock_guard guard{mutex_};
  auto due = table_.due(ref);
  if (!due)
    return std::nullopt;
  return std::max(*due - core_->time().now(), clock::duration::zero());
}

void timer_service::forget(const pid& receiver) {
  if (size_ == 0)
    return;
  std::lock_guard guard{mutex_};
  table_.forget(receiver);
  count();
}

void timer_service::stop() {
  std::lock_guard guard{mutex_};
  stopped_ = true;
  table_.clear();
  count();
  if (armed_)
    core_->time().cancel(armed_timer_);
  armed_.reset();
  ++round_;
}

/// Called with the mutex held. A timer that is armed too early finds nothing due and arms again.
void timer_service::arm() {
  auto next = table_.next();
  if (!next || (armed_ && *armed_ <= *next))
    return;
  if (armed_)
    core_->time().cancel(armed_timer_);
  armed_ = next;
  auto delay = std::max(*next - core_->time().now(), clock::duration::zero());
  armed_timer_ = core_->time().after(delay, [this, round = ++round_] { fire(round); });
}

void timer_service::fire(uint64_t round) {
  std::vector<pending_timer> due;
  {
    std::lock_guard guard{mutex_};
    if (round != round_)
      return;
    armed_.reset();
    due = table_.take_due(core_->time().now(), batch);
    count();
    arm();
  }
  for (auto& x : due) {
    signal out;
    out.type = x.to ? signal::kind::send : signal::kind::send_name;
    out.to = x.to ? x.to : core_->make_pid(0);
    out.name = x.name;
    out.payload = std::move(x.content);
    core_->deliver(std::move(out));
  }
}

} // namespace troupe::internal
