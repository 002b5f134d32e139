#include "troupe/internal/alias_set.hpp"

namespace troupe::internal {

bool alias_set::add(const reference& x, alias_life life) {
  if (life == alias_life::none || aliases_.size() >= size_max_)
    return false;
  aliases_[x] = life;
  return true;
}

alias_set::arrival alias_set::take(const reference& x) {
  auto i = aliases_.find(x);
  if (i == aliases_.end())
    return {};
  arrival result;
  result.accepted = true;
  result.demonitor = i->second == alias_life::reply_demonitor;
  result.ended = result.demonitor || i->second == alias_life::reply;
  if (result.ended)
    aliases_.erase(i);
  return result;
}

bool alias_set::monitor_ended(const reference& x) {
  auto i = aliases_.find(x);
  if (i == aliases_.end()
      || (i->second != alias_life::demonitor && i->second != alias_life::reply_demonitor))
    return false;
  aliases_.erase(i);
  return true;
}

} // namespace troupe::internal
