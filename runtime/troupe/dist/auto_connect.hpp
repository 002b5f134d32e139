// Whether a mere reference to a node connects with it.
//
// Erlang counterpart: the kernel parameter dist_auto_connect (rules CONN-11, CONN-11c).
// Threads: not synchronised; guarded by net_kernel's mutex.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/limits.hpp"

#include <cstdint>
#include <set>

namespace troupe::dist {

enum class auto_connect : uint8_t {
  always,
  once,  ///< Until the first connection with the node has ended, or the first attempt has failed.
  never, ///< Only a call of `connect` does.
};

class auto_connect_policy {
public:
  explicit auto_connect_policy(auto_connect mode) : mode_(mode) {}

  [[nodiscard]] bool allows(atom node) const {
    return mode_ == auto_connect::always
           || (mode_ == auto_connect::once && !barred_.contains(node));
  }
  /// There is a connection, whoever made it.
  void connected(atom node) { barred_.erase(node); }
  /// There is none any more, or none came of a dial. Above limits::connections_max names one of
  /// them is forgotten, and may be dialled again.
  void lost(atom node) {
    if (mode_ != auto_connect::once)
      return;
    barred_.insert(node);
    if (barred_.size() > limits::connections_max)
      barred_.erase(*barred_.begin() == node ? std::next(barred_.begin()) : barred_.begin());
  }

private:
  auto_connect mode_;
  std::set<atom> barred_;
};

} // namespace troupe::dist
