// A file that lists peers: one per line, or hosts in the syntax of `.hosts.erlang`.
//
// Erlang counterpart: `.hosts.erlang`, which `net_adm:host_file` reads.
// Threads: pure functions and values.
//
//   # a comment
//   b@10.0.0.2:9100
//   c@10.0.0.3              # the port mapper there knows the port
//   10.0.0.4:9100           # whoever is there
//   'app.local'.            % all nodes that the port mapper there knows

#pragma once

#include "troupe/discovery/seed.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::discovery {

struct peer_list {
  std::vector<seed> seeds;        ///< Each once.
  std::vector<std::string> hosts; ///< Each once.

  friend bool operator==(const peer_list&, const peer_list&) = default;
};

struct bad_line {
  size_t line = 0; ///< The first has number 1.
  std::string why;
};

/// All of `text`, or its first line that is wrong. There are limits::seeds_max seeds and as many
/// hosts at the most.
[[nodiscard]] std::variant<peer_list, bad_line> parse_peer_file(std::string_view text);

/// What changed from one list of seeds to the next.
struct seed_changes {
  std::vector<seed> added;
  std::vector<seed> removed;
};
[[nodiscard]] seed_changes difference(std::vector<seed> before, std::vector<seed> after);

} // namespace troupe::discovery
