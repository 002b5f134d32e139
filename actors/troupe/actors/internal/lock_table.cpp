#include "troupe/actors/internal/lock_table.hpp"

namespace troupe::actors::internal {

bool lock_table::take(const term& resource, const term& requester, const pid& who) {
  auto i = locks_.find(resource);
  if (i == locks_.end()) {
    if (locks_.size() >= locks_max)
      return false;
    i = locks_.emplace(resource, lock{requester, {}}).first;
  } else if (i->second.requester != requester) {
    return false;
  }
  i->second.holders.insert(who);
  by_holder_[who].insert(resource);
  return true;
}

void lock_table::give(const term& resource, const term& requester, const pid& who) {
  auto i = locks_.find(resource);
  if (i == locks_.end() || i->second.requester != requester)
    return;
  if (i->second.holders.erase(who) == 0)
    return;
  if (i->second.holders.empty())
    locks_.erase(i);
  auto j = by_holder_.find(who);
  j->second.erase(resource);
  if (j->second.empty())
    by_holder_.erase(j);
}

void lock_table::gone(const pid& who) {
  auto i = by_holder_.find(who);
  if (i == by_holder_.end())
    return;
  for (auto& resource : std::set<term, exact_less>{i->second})
    give(resource, locks_.at(resource).requester, who);
}

std::optional<term> lock_table::requester_of(const term& resource) const {
  auto i = locks_.find(resource);
  return i == locks_.end() ? std::nullopt : std::optional{i->second.requester};
}

} // namespace troupe::actors::internal
