// Options that say whom a node trusts with what.
//
// Erlang counterpart: `-setcookie Node Cookie`, net_kernel:allow/1, dist_auto_connect; none for
// what may be spawned.
// Threads: any thread.

#pragma once

#include "troupe/config.hpp"
#include "troupe/errc.hpp"

#include <optional>

namespace troupe::internal {

/// Adds --cookie-for, --allow, --auto-connect and --allow-spawn.
void describe_peers(boost::program_options::options_description& out);
/// Reads them into `to`; returns what is wrong, as config::read does.
[[nodiscard]] std::optional<error> read_peers(const boost::program_options::variables_map& values,
                                              config& to);

} // namespace troupe::internal
