#include "troupe/internal/process_table.hpp"

#include "troupe/process.hpp"

#include <algorithm>
#include <utility>

namespace troupe::internal {

process** process_table::shard::locate(uint64_t id) {
  auto** at = &chains[id / shard_count % chains.size()];
  while (*at && (*at)->id() != id)
    at = &(*at)->next_in_table_;
  return at;
}

void process_table::shard::grow() {
  auto old = std::exchange(chains, std::vector<process*>(2 * chains.size()));
  for (auto* x : old)
    while (x) {
      auto* next = std::exchange(x->next_in_table_, nullptr);
      *locate(x->id()) = x;
      x = next;
    }
}

void process_table::add(process* x) {
  auto& s = shard_of(x->id());
  std::lock_guard guard{s.mutex};
  auto** at = s.locate(x->id());
  if (*at)
    return;
  *at = x;
  ++count_;
  if (++s.processes > s.chains.size())
    s.grow();
}

void process_table::remove(uint64_t id) {
  auto& s = shard_of(id);
  {
    std::lock_guard guard{s.mutex};
    auto** at = s.locate(id);
    if (!*at)
      return;
    *at = std::exchange((*at)->next_in_table_, nullptr);
    --s.processes;
    if (--count_ != 0)
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
    if (*s.locate(id) || !s.actors.emplace(id, caf::weak_actor_ptr{x.get()}).second)
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
  if (auto* x = *s.locate(id))
    return {caf::strong_actor_ptr{x->ctrl()}, x};
  if (auto i = s.actors.find(id); i != s.actors.end())
    return {i->second.lock(), nullptr};
  return {};
}

std::vector<caf::strong_actor_ptr> process_table::all() {
  std::vector<caf::strong_actor_ptr> result;
  for (auto& s : shards_) {
    std::lock_guard guard{s.mutex};
    for (auto* x : s.chains)
      for (; x; x = x->next_in_table_)
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
