// From a node's name to the addresses where it may be dialled.
//
// Erlang counterpart: erl_epmd's address_please and port_please.
// Threads: transport thread.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/node_name.hpp"

#include <functional>
#include <vector>

namespace troupe::dist {

class resolver {
public:
  using handler = std::function<void(result<std::vector<endpoint>>)>;

  virtual ~resolver() = default;
  /// Calls `done` once, within `timeout`, with one address or more in the order in which to try
  /// them.
  virtual void resolve(const node_name& name, clock::duration timeout, handler done) = 0;
};

} // namespace troupe::dist
