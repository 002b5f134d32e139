#include "support/virtual_clock.hpp"

#include <algorithm>

namespace troupe::test {

shared_time make_shared_time() {
  // Late enough that every difference of two times is one.
  return std::make_shared<clock::time_point>(std::chrono::hours{24});
}

clock::timer virtual_clock::after(duration delay, std::function<void()> action) {
  auto due = now() + std::max(delay, duration::zero());
  actions_.emplace(std::pair{due, ++last_}, std::move(action));
  due_.emplace(last_, due);
  return last_;
}

void virtual_clock::cancel(timer t) {
  auto i = due_.find(t);
  if (i == due_.end())
    return;
  actions_.erase({i->second, t});
  due_.erase(i);
}

void virtual_clock::post(std::function<void()> action) {
  after(duration::zero(), std::move(action));
}

std::optional<clock::time_point> virtual_clock::next() const {
  if (actions_.empty())
    return std::nullopt;
  return actions_.begin()->first.first;
}

bool virtual_clock::has_due() const {
  return !actions_.empty() && actions_.begin()->first.first <= now();
}

bool virtual_clock::run_one() {
  if (!has_due())
    return false;
  auto first = actions_.begin();
  auto action = std::move(first->second);
  due_.erase(first->first.second);
  actions_.erase(first);
  action();
  return true;
}

void virtual_clock::clear() {
  // What an action holds may cancel others while it goes.
  auto all = std::exchange(actions_, {});
  due_.clear();
}

} // namespace troupe::test
