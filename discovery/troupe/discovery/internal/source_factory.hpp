// From options to sources.
//
// Erlang counterpart: none.
// Threads: pure, but for what the sources do when they are made.

#pragma once

#include "troupe/discovery/multicast_options.hpp"
#include "troupe/discovery/options.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <memory>
#include <vector>

namespace troupe::discovery::internal {

/// `--interfaces` and `--multicast-port` in the words of the multicast source.
[[nodiscard]] multicast_options multicast_of(const options& x);

/// `--dns-server`; empty: those of the system.
[[nodiscard]] result<std::vector<dist::endpoint>> dns_servers(const options& x);

/// Makes the sources that the options name; errors as those of options::read.
[[nodiscard]] result<std::vector<std::shared_ptr<source>>>
make_sources(const options& opts, const surroundings& around, const config& how);

} // namespace troupe::discovery::internal
