// Which processes of this node are linked with processes of one peer.
//
// Erlang counterpart: the links of a distribution entry.
// Threads: not synchronised; guarded by its peer's mutex.

#pragma once

#include "troupe/pid.hpp"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace troupe::dist {

/// Bookkeeping for the loss of a connection: every link across it breaks then, once.
class link_table {
public:
  using ends = std::pair<pid, pid>; ///< Local end, remote end.

  void add(const pid& local, const pid& remote) { links_.insert({local, remote}); }
  bool remove(const pid& local, const pid& remote) { return links_.erase({local, remote}) > 0; }
  /// Empties the table and returns what was in it.
  [[nodiscard]] std::vector<ends> take_all();
  [[nodiscard]] size_t size() const noexcept { return links_.size(); }

private:
  std::set<ends> links_;
};

} // namespace troupe::dist
