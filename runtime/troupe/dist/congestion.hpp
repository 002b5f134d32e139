// When a connection is busy, and who waits until it is not.
//
// Erlang counterpart: the busy flag and the list of suspended processes of a distribution entry.
// Differences: whoever waits goes on when half of the limit is left; Erlang's go on as soon as less
// than the limit is. Threads: not synchronised; the connection guards it with its mutex.

#pragma once

#include "troupe/pid.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace troupe::dist {

/// A process that is held until a connection has room again; `ref` is what it waits for.
struct held_sender {
  pid who;
  reference ref;
  friend bool operator==(const held_sender&, const held_sender&) = default;
};

class congestion {
public:
  explicit congestion(size_t soft_bytes) : soft_bytes_(soft_bytes) {}

  /// So much waits to be sent, after something was added: more than the limit makes it busy.
  void grew(size_t queued_bytes);
  /// The same after something was sent. Less than half of the limit ends it: returns everybody who
  /// waited, in the order in which they began to, and forgets them.
  [[nodiscard]] std::vector<held_sender> shrank(size_t queued_bytes);
  [[nodiscard]] bool is_busy() const noexcept { return busy_; }

  /// Lets a process wait; false when there is nothing to wait for. A process waits once at a time,
  /// so that there are no more than processes of this node.
  [[nodiscard]] bool hold(const held_sender& x);
  /// It waits no longer, or has ended.
  void forget(const reference& ref) { held_.erase(ref); }
  /// There is nothing to wait for any more: returns who waited.
  [[nodiscard]] std::vector<held_sender> end();
  [[nodiscard]] size_t size() const noexcept { return held_.size(); }

private:
  size_t soft_bytes_;
  bool busy_ = false;
  std::map<reference, pid> held_; // References of one node: in the order in which they were made.
};

} // namespace troupe::dist
