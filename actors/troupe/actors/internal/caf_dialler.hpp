// Asks CAF's io module on behalf of a process, within a deadline.
//
// The module dials on a thread that it stops for nothing, so a host that does not answer would hold
// up the end of the node for minutes. Therefore the address is looked up and tried here first.
//
// Erlang counterpart: none.
// Threads: any; answers come as a message to an alias.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>

namespace troupe::actors::internal {

class caf_dialler {
public:
  using node_core = troupe::internal::node_core;

  static void publish(node_core& core, const caf::strong_actor_ptr& who, const dist::endpoint& at,
                      clock::duration limit, const reference& ref);
  static void unpublish(node_core& core, const caf::strong_actor_ptr& who, uint16_t port,
                        clock::duration limit, const reference& ref);
  static void dial(node_core& core, boost::asio::io_context& io, const dist::endpoint& at,
                   clock::duration limit, const reference& ref);

  /// The message that comes once to `ref`: `{ref, value}`, or `{ref, code, text}`.
  [[nodiscard]] static bool is_answer(const term& x, const reference& ref);
  [[nodiscard]] static result<term> read(const term& answer);
};

} // namespace troupe::actors::internal
