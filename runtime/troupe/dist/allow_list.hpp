// The nodes that this one has to do with, when it was told which.
//
// Erlang counterpart: net_kernel:allow/1 and allowed/0 (rule CONN-12).
// Threads: not synchronised; guarded by net_kernel's mutex.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <vector>

namespace troupe::dist {

class allow_list {
public:
  /// Adds to the list. False when it would have more than limits::allowed_nodes_max names, and then
  /// nothing changes.
  [[nodiscard]] bool add(const std::vector<atom>& nodes) {
    auto result = nodes_;
    for (auto x : nodes)
      if (std::ranges::find(result, x) == result.end())
        result.push_back(x);
    if (result.size() > limits::allowed_nodes_max)
      return false;
    nodes_ = std::move(result);
    return true;
  }
  /// All nodes are, as long as none was named.
  [[nodiscard]] bool allows(atom node) const {
    return nodes_.empty() || std::ranges::find(nodes_, node) != nodes_.end();
  }
  /// What was named, in that order.
  [[nodiscard]] const std::vector<atom>& nodes() const noexcept { return nodes_; }

private:
  std::vector<atom> nodes_;
};

} // namespace troupe::dist
