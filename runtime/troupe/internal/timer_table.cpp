#include "troupe/internal/timer_table.hpp"

namespace troupe::internal {

bool timer_table::add(pending_timer x) {
  if (by_time_.size() >= size_max_)
    return false;
  key k{x.due, ++last_};
  if (!by_ref_.emplace(x.ref, k).second)
    return false;
  if (x.to)
    by_receiver_[x.to].insert(k);
  by_time_.emplace(k, std::move(x));
  return true;
}

pending_timer timer_table::take(entries::iterator i) {
  auto& x = i->second;
  by_ref_.erase(x.ref);
  if (auto receiver = by_receiver_.find(x.to); receiver != by_receiver_.end()) {
    receiver->second.erase(i->first);
    if (receiver->second.empty())
      by_receiver_.erase(receiver);
  }
  auto result = std::move(x);
  by_time_.erase(i);
  return result;
}

std::optional<clock::time_point> timer_table::cancel(const reference& ref) {
  auto i = by_ref_.find(ref);
  if (i == by_ref_.end())
    return std::nullopt;
  return take(by_time_.find(i->second)).due;
}

std::optional<clock::time_point> timer_table::due(const reference& ref) const {
  auto i = by_ref_.find(ref);
  return i == by_ref_.end() ? std::nullopt : std::optional{i->second.first};
}

std::vector<pending_timer> timer_table::take_due(clock::time_point now, size_t count_max) {
  std::vector<pending_timer> result;
  while (!by_time_.empty() && result.size() < count_max && by_time_.begin()->first.first <= now)
    result.push_back(take(by_time_.begin()));
  return result;
}

void timer_table::forget(const pid& receiver) {
  auto found = by_receiver_.extract(receiver);
  if (!found)
    return;
  for (auto& k : found.mapped()) {
    auto i = by_time_.find(k);
    by_ref_.erase(i->second.ref);
    by_time_.erase(i);
  }
}

void timer_table::clear() {
  by_receiver_.clear();
  by_ref_.clear();
  by_time_.clear();
}

std::optional<clock::time_point> timer_table::next() const {
  return by_time_.empty() ? std::nullopt : std::optional{by_time_.begin()->first.first};
}

} // namespace troupe::internal
