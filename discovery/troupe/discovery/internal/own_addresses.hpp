// Which addresses are this node's own, so that it does not dial itself.
//
// Erlang counterpart: none.
// Threads: pure, but for `local_addresses`, which asks the kernel and may be called by any thread.

#pragma once

#include "troupe/discovery/seed.hpp"
#include "troupe/discovery/surroundings.hpp"
#include "troupe/dist/transport.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery::internal {

/// Returns the numeric addresses of all interfaces, without the names of interfaces; none when the
/// kernel does not tell.
[[nodiscard]] std::set<std::string> local_addresses();

/// Whether `x` is where this node listens. `listens` may have a host that means all addresses, or a
/// host's name, which then may be any address of this machine.
[[nodiscard]] bool is_own(const dist::endpoint& x, const dist::endpoint& listens,
                          const std::set<std::string>& local);

/// Whether a list that may be the same on all nodes means this node by `x`.
[[nodiscard]] bool is_own(const seed& x, const self_description& self,
                          const std::set<std::string>& local);

/// Where others may dial this node: where it listens, or all addresses of the machine that are
/// valid beyond it; limits::endpoints_max at the most.
[[nodiscard]] std::vector<dist::endpoint> own_endpoints(const dist::endpoint& listens,
                                                        const std::set<std::string>& local);

/// Whether `host` means all addresses of the machine.
[[nodiscard]] bool is_any_address(std::string_view host);

} // namespace troupe::discovery::internal
