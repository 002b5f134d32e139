#include "troupe/registry.hpp"

namespace troupe {

bool registry::add(atom name, const pid& who) {
  std::lock_guard guard{mutex_};
  if (by_name_.contains(name) || by_pid_.contains(who))
    return false;
  by_name_.emplace(name, who);
  by_pid_.emplace(who, name);
  return true;
}

bool registry::remove(atom name) {
  std::lock_guard guard{mutex_};
  auto i = by_name_.find(name);
  if (i == by_name_.end())
    return false;
  by_pid_.erase(i->second);
  by_name_.erase(i);
  return true;
}

void registry::remove(const pid& who) {
  std::lock_guard guard{mutex_};
  auto i = by_pid_.find(who);
  if (i == by_pid_.end())
    return;
  by_name_.erase(i->second);
  by_pid_.erase(i);
}

std::optional<pid> registry::whereis(atom name) const {
  std::lock_guard guard{mutex_};
  auto i = by_name_.find(name);
  return i == by_name_.end() ? std::nullopt : std::optional{i->second};
}

std::optional<atom> registry::name_of(const pid& who) const {
  std::lock_guard guard{mutex_};
  auto i = by_pid_.find(who);
  return i == by_pid_.end() ? std::nullopt : std::optional{i->second};
}

std::vector<atom> registry::names() const {
  std::lock_guard guard{mutex_};
  std::vector<atom> result;
  for (auto& [name, who] : by_name_)
    result.push_back(name);
  return result;
}

} // namespace troupe
