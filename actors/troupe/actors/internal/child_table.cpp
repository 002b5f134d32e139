#include "troupe/actors/internal/child_table.hpp"

#include <ranges>

namespace troupe::actors::internal {

using supervisor::restart;
using supervisor::strategy;

child_key child_table::add(child x) {
  children_.emplace(++last_, std::move(x));
  return last_;
}

const child* child_table::find(child_key key) const {
  auto i = children_.find(key);
  return i == children_.end() ? nullptr : &i->second;
}

std::optional<child_key> child_table::find_id(const term& id) const {
  if (!is_dynamic())
    for (auto& [key, x] : children_)
      if (x.spec.id == id)
        return key;
  return std::nullopt;
}

std::optional<child_key> child_table::find_pid(const pid& id) const {
  auto i = by_pid_.find(id);
  return i == by_pid_.end() ? std::nullopt : std::optional{i->second};
}

void child_table::running(child_key key, const pid& id) {
  auto& x = children_.at(key);
  by_pid_.erase(x.id);
  by_pid_[id] = key;
  x.id = id;
  x.now = child::state::running;
}

void child_table::restarting(child_key key) {
  children_.at(key).now = child::state::restarting;
}

void child_table::stopped(child_key key) {
  auto& x = children_.at(key);
  if (is_dynamic() || x.is_temporary())
    return erase(key);
  by_pid_.erase(x.id);
  x.id = pid{};
  x.now = child::state::stopped;
}

void child_table::erase(child_key key) {
  auto i = children_.find(key);
  if (i == children_.end())
    return;
  by_pid_.erase(i->second.id);
  children_.erase(i);
}

child_table::verdict child_table::judge(const child& x, const term& reason) {
  auto clean = is_clean_exit(reason);
  switch (x.spec.restart) {
    case restart::permanent: return {true, true};
    case restart::transient: return {!clean, !clean};
    default: return {false, !clean};
  }
}

child_table::plan child_table::plan_restart(child_key key) const {
  plan result;
  if (strategy_ == strategy::one_for_one || is_dynamic()) {
    result.start = {key};
    return result;
  }
  auto first = strategy_ == strategy::rest_for_one ? children_.lower_bound(key) : children_.begin();
  for (auto i = first; i != children_.end(); ++i) {
    if (i->second.now == child::state::running)
      result.stop.insert(result.stop.begin(), i->first);
    if (!i->second.is_temporary())
      result.start.push_back(i->first);
  }
  return result;
}

std::vector<child_key> child_table::stop_order() const {
  std::vector<child_key> result;
  for (auto& [key, x] : std::views::reverse(children_))
    if (x.now == child::state::running)
      result.push_back(key);
  return result;
}

child_table::counts child_table::count() const {
  counts result;
  for (auto& [key, x] : children_) {
    ++result.specs;
    if (x.now == child::state::running)
      ++result.active;
    ++(x.spec.type == supervisor::child_type::worker ? result.workers : result.supervisors);
  }
  return result;
}

} // namespace troupe::actors::internal
