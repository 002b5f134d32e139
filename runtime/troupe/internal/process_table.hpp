// All live processes of a node, and the plain CAF actors that other nodes were told of.
//
// Erlang counterpart: process table.
// Threads: any thread; each shard has a mutex, which is never held while calling out.

#pragma once

#include "troupe/fwd.hpp"

#include <caf/actor_control_block.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace troupe::internal {

class process_table {
public:
  void add(process* x);
  void remove(uint64_t id);

  /// Makes a plain actor reachable by its number; does not keep it alive.
  void expose(const caf::strong_actor_ptr& x);

  /// The same for an actor of another program that CAF's io module reaches: its number here is
  /// `next`, unless it got one before. Returns its number.
  [[nodiscard]] uint64_t expose_foreign(const caf::strong_actor_ptr& x, uint64_t next);

  struct found {
    caf::strong_actor_ptr handle;
    process* as_process = nullptr; ///< Null for a plain actor.
  };
  /// Returns the actor with this number; an empty handle when there is none any more.
  [[nodiscard]] found find(uint64_t id);

  /// Handles of all processes, by number.
  [[nodiscard]] std::vector<caf::strong_actor_ptr> all();
  [[nodiscard]] size_t size();
  [[nodiscard]] size_t exposed();

  /// Waits until the last process has ended; false when that takes longer than `limit`.
  [[nodiscard]] bool wait_until_empty(std::chrono::steady_clock::duration limit);

private:
  static constexpr size_t shard_count = 64;

  /// Processes are chained by `next_in_table_`. Their numbers follow each other, so that chains are
  /// short; they are no fewer than the processes.
  struct alignas(64) shard {
    std::mutex mutex;
    std::vector<process*> chains = std::vector<process*>(4);
    size_t processes = 0;
    std::unordered_map<uint64_t, caf::weak_actor_ptr> actors;

    /// Where the pointer to the process with this number is, or would be.
    process** locate(uint64_t id);
    void grow();
  };

  shard& shard_of(uint64_t id) { return shards_[id % shard_count]; }

  std::array<shard, shard_count> shards_;
  std::mutex foreign_mutex_; // guards foreign_
  /// The entry of the shard holds the key, so that no other actor gets its address meanwhile.
  std::unordered_map<const caf::actor_control_block*, uint64_t> foreign_;
  std::atomic<size_t> count_{0};
  std::mutex empty_mutex_; // only for waiting
  std::condition_variable empty_;
};

} // namespace troupe::internal
