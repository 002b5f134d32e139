// Which of the addresses that a node announces are worth a dial, and in which order.
//
// Erlang counterpart: none.
// Threads: a function without state.

#pragma once

#include "troupe/dist/transport.hpp"

#include <string_view>
#include <vector>

namespace troupe::discovery::internal {

/// Orders what an authentic packet lists, by where it came from: `source`, an address that may have
/// a `%scope`, heard by the interface with that number (0: unknown).
///
/// First the address that the packet came from, because it is known to reach us; then the others in
/// their order; at the end those of which it is not clear that they mean the same here as there:
/// loopback, and link-local ones other than the source. What can mean nothing here is left out:
/// `0.0.0.0`, `::`, multicast, and link-local IPv6 when no interface is known.
///
/// The source is never added to the list. It is the one thing about a packet that nobody signed,
/// and a node may have good reasons not to name it.
[[nodiscard]] std::vector<dist::endpoint> dial_order(const std::vector<dist::endpoint>& told,
                                                     std::string_view source, unsigned interface);

} // namespace troupe::discovery::internal
