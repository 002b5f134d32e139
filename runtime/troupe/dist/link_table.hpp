// Which processes of this node are linked with processes of one peer.
//
// Erlang counterpart: the links of a distribution entry.
// Threads: not synchronised; guarded by its peer's mutex.

#pragma once

#include "troupe/pid.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace troupe::dist {

/// Bookkeeping for the loss of a connection: every link across it breaks then, once. Follows what
/// the local process thinks: until its unlink is acknowledged, links from the other end count for
/// nothing, because that unlink takes them down there.
class link_table {
public:
  using ends = std::pair<pid, pid>; ///< Local end, remote end.

  /// The local end makes a link.
  void add(const pid& local, const pid& remote);
  /// The remote end makes one.
  void add_from_peer(const pid& local, const pid& remote);
  /// The local end gives the link up.
  void unlink(const pid& local, const pid& remote, uint64_t number);
  /// The remote end has heard of it.
  void acknowledge(const pid& local, const pid& remote, uint64_t number);
  bool remove(const pid& local, const pid& remote) { return links_.erase({local, remote}) > 0; }
  /// Empties the table and returns what was in it.
  [[nodiscard]] std::vector<ends> take_all();
  /// Empties the table of unlinks whose acknowledgement cannot come any more, and returns them.
  [[nodiscard]] std::map<ends, uint64_t> take_unlinks() { return std::exchange(unlinking_, {}); }
  [[nodiscard]] size_t size() const noexcept { return links_.size(); }

private:
  std::set<ends> links_;
  std::map<ends, uint64_t> unlinking_; // By the unlink that is not acknowledged.
};

} // namespace troupe::dist
