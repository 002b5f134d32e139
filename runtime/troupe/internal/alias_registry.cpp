#include "troupe/internal/alias_registry.hpp"

namespace troupe::internal {

void alias_registry::add(uint64_t id, uint64_t process) {
  auto& s = shard_of(id);
  std::lock_guard guard{s.mutex};
  s.holders[id] = process;
}

void alias_registry::remove(uint64_t id) {
  auto& s = shard_of(id);
  std::lock_guard guard{s.mutex};
  s.holders.erase(id);
}

uint64_t alias_registry::find(uint64_t id) {
  auto& s = shard_of(id);
  std::lock_guard guard{s.mutex};
  auto i = s.holders.find(id);
  return i == s.holders.end() ? 0 : i->second;
}

size_t alias_registry::size() {
  size_t result = 0;
  for (auto& s : shards_) {
    std::lock_guard guard{s.mutex};
    result += s.holders.size();
  }
  return result;
}

} // namespace troupe::internal
