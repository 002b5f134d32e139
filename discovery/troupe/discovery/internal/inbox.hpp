// A bounded queue from any thread to one process, which is woken by a message.
//
// Erlang counterpart: a port that sends to its owner.
// Threads: `push` from any thread, `take` by the owner.

#pragma once

#include "troupe/message.hpp"
#include "troupe/node.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace troupe::discovery::internal {

/// There is something to take. One is under way at the most.
struct inbox_ready {};
TROUPE_MESSAGE(inbox_ready);

template <class T>
class inbox {
public:
  inbox(node& home, pid owner, size_t bound) : home_(&home), owner_(owner), bound_(bound) {}

  /// Returns false, and counts, when `bound` values wait already.
  bool push(T x) {
    {
      std::lock_guard guard{mutex_};
      if (values_.size() >= bound_) {
        ++dropped_;
        return false;
      }
      values_.push_back(std::move(x));
      if (std::exchange(told_, true))
        return true;
    }
    home_->send(owner_, inbox_ready{});
    return true;
  }

  /// Takes all, in order.
  [[nodiscard]] std::vector<T> take() {
    std::lock_guard guard{mutex_};
    told_ = false;
    return std::exchange(values_, {});
  }

  [[nodiscard]] size_t dropped() const {
    std::lock_guard guard{mutex_};
    return dropped_;
  }

private:
  node* home_;
  const pid owner_;
  const size_t bound_;
  mutable std::mutex mutex_; // guards all below; a leaf
  std::vector<T> values_;
  size_t dropped_ = 0;
  bool told_ = false;
};

} // namespace troupe::discovery::internal
