#include "troupe/actors/internal/name_turns.hpp"

#include <algorithm>

namespace troupe::actors::internal {

name_turns::answer name_turns::ask(const term& name, const pid& who, bool wait) {
  if (auto i = asked_.find(who); i != asked_.end()) {
    if (i->second != name)
      return answer::busy;
    return queues_.at(name).front() == who ? answer::granted : answer::waits;
  }
  if (asked_.size() >= askers_max)
    return answer::busy;
  auto i = queues_.find(name);
  if (i != queues_.end() && !wait)
    return answer::busy;
  auto first = i == queues_.end();
  queues_[name].push_back(who);
  asked_.emplace(who, name);
  return first ? answer::granted : answer::waits;
}

std::optional<std::pair<term, pid>> name_turns::end(const pid& who) {
  auto i = asked_.find(who);
  if (i == asked_.end())
    return std::nullopt;
  auto name = i->second;
  asked_.erase(i);
  auto& queue = queues_.at(name);
  auto had_turn = queue.front() == who;
  queue.erase(std::ranges::find(queue, who));
  if (queue.empty()) {
    queues_.erase(name);
    return std::nullopt;
  }
  if (!had_turn)
    return std::nullopt;
  return std::pair{name, queue.front()};
}

} // namespace troupe::actors::internal
