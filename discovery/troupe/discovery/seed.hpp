// Peers that the user names, as text.
//
// Erlang counterpart: the argument of `net_kernel:connect_node`, and `sync_nodes_optional`.
// Threads: pure functions and values.

#pragma once

#include "troupe/discovery/observation.hpp"
#include "troupe/dist/transport.hpp"
#include "troupe/result.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// A name, an address, or both.
struct seed {
  std::string name;                 ///< `name@host`; empty: the handshake tells it.
  std::optional<dist::endpoint> at; ///< Nothing: the port mapper of the name's host knows.

  friend bool operator==(const seed&, const seed&) = default;
};

/// An order for sets.
[[nodiscard]] bool operator<(const seed& x, const seed& y);

/// Reads `name@host`, `name@host:port`, `name@[v6]:port`, `host:port` or `[v6]:port`. Returns
/// `errc::invalid_config` with a sentence that names the input and says what would be right.
[[nodiscard]] result<seed> parse_seed(std::string_view text);

/// Reads seeds with commas between them, each kept once; limits::seeds_max at the most.
[[nodiscard]] result<std::vector<seed>> parse_seeds(std::string_view list);

/// Returns a text that `parse_seed` reads.
[[nodiscard]] std::string to_string(const seed& x);

/// What a source that lists `x` says: it holds until the source says `gone`.
[[nodiscard]] observation to_observation(const seed& x,
                                         observation::kind what = observation::kind::seen);

} // namespace troupe::discovery
