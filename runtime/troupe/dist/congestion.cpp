#include "troupe/dist/congestion.hpp"

#include <utility>

namespace troupe::dist {

void congestion::grew(size_t queued_bytes) {
  busy_ = busy_ || queued_bytes > soft_bytes_;
}

std::vector<held_sender> congestion::shrank(size_t queued_bytes) {
  if (!busy_ || queued_bytes >= soft_bytes_ / 2)
    return {};
  return end();
}

bool congestion::hold(const held_sender& x) {
  return busy_ && held_.try_emplace(x.ref, x.who).second;
}

std::vector<held_sender> congestion::end() {
  busy_ = false;
  std::vector<held_sender> result;
  for (auto& [ref, who] : std::exchange(held_, {}))
    result.push_back({who, ref});
  return result;
}

} // namespace troupe::dist
