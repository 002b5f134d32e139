#include "troupe/discovery/dialer.hpp"

#include "troupe/discovery/internal/mix.hpp"
#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::discovery {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds second_side_min{300};
constexpr milliseconds second_side_spread{200};
constexpr size_t targets_max = 2 * limits::peers_max;
/// Dials that may begin at once after a quiet time.
constexpr double tokens_max = limits::dials_in_flight_max;

} // namespace

dialer::dialer(std::string self, std::function<uint64_t()> random)
  : self_(std::move(self)), random_(std::move(random)), tokens_(tokens_max) {}

bool dialer::goes_first(const std::string& x, const std::string& other) {
  auto a = internal::hash_text(x);
  auto b = internal::hash_text(other);
  if (a == b)
    return x < other;
  // A bit of both names decides whether the greater or the smaller number goes first, so that no
  // node always does.
  auto greater_first = (internal::mix(a ^ b) & 1) != 0;
  return (a > b) == greater_first;
}

void dialer::want(const std::string& key, clock::time_point now) {
  auto* x = make(key, now);
  if (!x || x->second.what != state::up)
    return;
  // A connection that did not last.
  auto& t = x->second;
  ++t.failures;
  wait(*x, below(bound_of(t.failures)), now);
  t.paused = true;
}

bool dialer::alive(const std::string& key, clock::time_point now) {
  auto i = targets_.find(key);
  if (i == targets_.end() || i->second.what == state::up) {
    want(key, now);
    i = targets_.find(key);
    if (i == targets_.end())
      return false;
  }
  auto& t = i->second;
  auto slow = t.what == state::flying && now - t.since > slow_dial;
  auto paused = t.what == state::waiting && t.paused;
  if ((!slow && !paused) || now < t.sign_counts)
    return false;
  t.sign_counts = now + bound_of(t.failures + 1);
  if (slow) {
    t.since = now;
    return true;
  }
  if (auto pause = turn_of(key); now + pause < t.turn->first) {
    wait(*i, pause, now);
  }
  return false;
}

void dialer::forget(const std::string& key) {
  auto i = targets_.find(key);
  if (i == targets_.end() || i->second.what == state::up)
    return;
  stop_waiting(i->second);
  leave_flight(i->second);
  targets_.erase(i);
}

void dialer::failed(const std::string& key, clock::time_point now) {
  auto i = targets_.find(key);
  if (i == targets_.end() || i->second.what != state::flying)
    return;
  auto& t = i->second;
  leave_flight(t);
  ++t.failures;
  wait(*i, below(bound_of(t.failures)), now);
  t.paused = true;
}

void dialer::connected(const std::string& key, clock::time_point now) {
  forget_stable(now);
  auto i = targets_.find(key);
  if (i == targets_.end()) {
    if (targets_.size() >= targets_max)
      return;
    i = targets_.emplace(key, target{}).first;
  }
  auto& t = i->second;
  stop_waiting(t);
  leave_flight(t);
  if (t.what != state::up || t.since != now)
    young_.emplace_back(now, key);
  if (young_.size() > 2 * targets_max)
    young_.pop_front();
  t.what = state::up;
  t.since = now;
}

std::vector<std::string> dialer::due(clock::time_point now) {
  forget_stable(now);
  if (now > refilled_) {
    auto seconds = std::chrono::duration<double>(now - refilled_).count();
    tokens_ = std::min(tokens_max, tokens_ + seconds * limits::dials_per_second);
    refilled_ = now;
  }
  std::vector<std::string> result;
  while (!queue_.empty() && queue_.begin()->first <= now && tokens_ >= 1
         && in_flight_ < limits::dials_in_flight_max) {
    auto& [key, t] = *queue_.begin()->second;
    stop_waiting(t);
    t.what = state::flying;
    t.since = now;
    ++in_flight_;
    tokens_ -= 1;
    result.push_back(key);
  }
  return result;
}

clock::time_point dialer::next() const {
  if (queue_.empty() || in_flight_ >= limits::dials_in_flight_max)
    return clock::time_point::max();
  auto at = queue_.begin()->first;
  if (tokens_ >= 1)
    return at;
  // Rounded up, or the caller would come too early and ask again.
  auto seconds = (1 - tokens_) / limits::dials_per_second;
  auto rest = std::chrono::nanoseconds{static_cast<int64_t>(std::ceil(seconds * 1e9)) + 1};
  return std::max(at, refilled_ + rest);
}

bool dialer::is_wanted(const std::string& key) const {
  auto i = targets_.find(key);
  return i != targets_.end() && i->second.what != state::up;
}

/// Returns the target of `key`; nothing when there are too many.
dialer::table::value_type* dialer::make(const std::string& key, clock::time_point now) {
  forget_stable(now);
  if (auto i = targets_.find(key); i != targets_.end())
    return &*i;
  if (targets_.size() >= targets_max)
    return nullptr;
  auto i = targets_.emplace(key, target{}).first;
  wait(*i, turn_of(key), now);
  return &*i;
}

void dialer::wait(table::value_type& x, clock::duration pause, clock::time_point now) {
  auto& t = x.second;
  stop_waiting(t);
  t.what = state::waiting;
  t.paused = false;
  t.turn = queue_.emplace(now + pause, &x);
}

void dialer::stop_waiting(target& x) {
  if (x.what == state::waiting)
    queue_.erase(x.turn);
}

void dialer::leave_flight(target& x) {
  if (x.what == state::flying)
    --in_flight_;
}

/// Forgets the failures of connections that lasted.
void dialer::forget_stable(clock::time_point now) {
  while (!young_.empty() && now - young_.front().first >= stable) {
    auto& [since, key] = young_.front();
    auto i = targets_.find(key);
    if (i != targets_.end() && i->second.what == state::up && i->second.since == since)
      targets_.erase(i);
    young_.pop_front();
  }
}

/// How long the other side has to dial first.
clock::duration dialer::turn_of(const std::string& key) {
  auto is_name = key.find('@') != std::string::npos;
  if (!is_name || goes_first(self_, key))
    return {};
  return second_side_min + below(second_side_spread);
}

clock::duration dialer::below(clock::duration bound) {
  auto steps = static_cast<uint64_t>(bound.count());
  return clock::duration{static_cast<clock::duration::rep>(random_() % (steps + 1))};
}

clock::duration dialer::bound_of(unsigned failures) {
  auto result = limits::backoff_first;
  for (unsigned i = 1; i < failures && result < limits::backoff_last; ++i)
    result *= 2;
  return std::min(result, limits::backoff_last);
}

} // namespace troupe::discovery
