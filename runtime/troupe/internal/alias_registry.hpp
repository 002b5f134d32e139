// Which process of this node each alias belongs to, for whoever sends to one.
//
// Erlang counterpart: none; there a reference that is an alias names its process. Bounded by
// `limits::aliases_max` per process. Threads: any thread; each shard has a mutex, which is never
// held while calling out.

#pragma once

#include "troupe/pid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace troupe::internal {

class alias_registry {
public:
  /// `id` is the number of a reference of this life of the node, `process` that of its holder.
  void add(uint64_t id, uint64_t process);
  void remove(uint64_t id);
  /// Returns the number of the holder; 0 when there is none any more.
  [[nodiscard]] uint64_t find(uint64_t id);
  [[nodiscard]] size_t size();

private:
  struct shard {
    std::mutex mutex;
    std::unordered_map<uint64_t, uint64_t> holders;
  };
  static constexpr size_t shard_count = 64;

  shard& shard_of(uint64_t id) { return shards_[id % shard_count]; }

  std::array<shard, shard_count> shards_;
};

} // namespace troupe::internal
