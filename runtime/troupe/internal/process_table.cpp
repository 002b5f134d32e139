#include "troupe/internal/process_table.hpp"

#include "troupe/process.hpp"

#include <algorithm>

namespace troupe::internal {

void process_table::add(process* x) {
  auto& s = shard_of(x->id());
  std::lock_guard guard{s.mutex};
  if (s.processes.emplace(x->id(), x).second)
    ++count_;
}

void process_table::remove(uint64_t id) {
  auto& s = shard_of(id);
  {
    std::lock_guard guard{s.mutex};
    if (s.processes.erase(id) == 0 || --count_ != 0)
      return;
  }
  std::lock_guard guard{empty_mutex_};
  empty_.notify_all();
}

void process_table::expose(const caf::strong_actor_ptr& x) {
  auto id = x->id();
  auto& s = shard_of(id);
  {
    std::lock_guard guard{s.mutex};
    if (s.processes.contains(id) || !s.actors.emplace(id, caf::weak_actor_ptr{x.get()}).second)
      return;
  }
  // Once per actor, so that serialising it again and again costs nothing.
  x->get()->attach_functor([this, id] {
    auto& own = shard_of(id);
    std::lock_guard guard{own.mutex};
    own.actors.erase(id);
  });
}

uint64_t process_table::expose_foreign(const caf::strong_actor_ptr& x, uint64_t next) {
  {
    std::lock_guard guard{foreign_mutex_};
    auto [i, is_new] = foreign_.emplace(x.get(), next);
    if (!is_new)
      return i->second;
    auto& s = shard_of(next);
    std::lock_guard inner{s.mutex};
    s.actors.emplace(next, caf::weak_actor_ptr{x.get()});
  }
  x->get()->attach_functor([this, next, key = x.get()] { // at once when it has ended
    std::lock_guard guard{foreign_mutex_};
    foreign_.erase(key);
    auto& s = shard_of(next);
    std::lock_guard inner{s.mutex};
    s.actors.erase(next);
  });
  return next;
}

process_table::found process_table::find(uint64_t id) {
  auto& s = shard_of(id);
  std::lock_guard guard{s.mutex};
  if (auto i = s.processes.find(id); i != s.processes.end())
    return {caf::strong_actor_ptr{i->second->ctrl()}, i->second};
  if (auto i = s.actors.find(id); i != s.actors.end())
    return {i->second.lock(), nullptr};
  return {};
}

std::vector<caf::strong_actor_ptr> process_table::all() {
  std::vector<caf::strong_actor_ptr> result;
  for (auto& s : shards_) {
    std::lock_guard guard{s.mutex};
    for (auto& [id, x] : s.processes)
      result.emplace_back(x->ctrl());
  }
  std::ranges::sort(result, {}, [](auto& x) { return x->id(); });
  return result;
}

size_t process_table::size() {
  return count_;
}

bool process_table::wait_until_empty(std::chrono::steady_clock::duration limit) {
  std::unique_lock guard{empty_mutex_};
  return empty_.wait_for(guard, limit, [this] { return count_ == 0; });
}

size_t process_table::exposed() {
  size_t result = 0;
  for (auto& s : shards_) {
    std::lock_guard guard{s.mutex};
    result += s.actors.size();
  }
  return result;
}

} // namespace troupe::internal
