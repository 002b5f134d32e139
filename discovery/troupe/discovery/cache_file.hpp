// The peers that a node knew last, as text in a file.
//
// Erlang counterpart: none.
// Threads: pure functions.
//
//   troupe-peers 1
//   b@10.0.0.2 10.0.0.2 9100 fd00::2 9100
//   c@10.0.0.3

#pragma once

#include "troupe/discovery/address_book.hpp"
#include "troupe/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// Peers in the file; further ones are left out, those that are not connected first.
inline constexpr size_t cached_peers_max = 256;

/// Returns the content of the file, those that are connected first. What has no proper name is left
/// out, and so is who is not connected and has no address.
[[nodiscard]] std::string write_cache(std::vector<known_peer> peers);

/// Reads it; one line that is wrong makes all of it wrong. Errors have the line's number.
[[nodiscard]] result<std::vector<known_peer>> read_cache(std::string_view text);

} // namespace troupe::discovery
