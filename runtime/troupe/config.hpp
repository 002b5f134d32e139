// How a node is to be: the options that every program of this kind understands.
//
// Erlang counterpart: erl's -name, -sname, -setcookie, -hidden and kernel parameters.
// Threads: a value.

#pragma once

#include "troupe/dist/auto_connect.hpp"
#include "troupe/dist/session.hpp"
#include "troupe/dist/transport.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boost::program_options {
class options_description;
class variables_map;
} // namespace boost::program_options

namespace troupe {

struct config {
  /// `name@host`; empty for a node without a name and network, `nonode@nohost`.
  std::string name;
  bool short_names = false; ///< Given by --sname: host parts have no dot.
  /// The secret; empty: read from `cookie_file`.
  std::string cookie;
  /// Empty: `~/.troupe.cookie`, which is made when it is missing.
  std::string cookie_file;
  /// Where to listen; an empty host means that of the name, port 0 any free one.
  dist::endpoint listen;
  dist::transport_mode transport = dist::transport_mode::tls;
  /// A peer that is silent for this long is down (between 75 % and 125 % of it).
  std::chrono::milliseconds ticktime{60'000};
  bool hidden = false;
  /// Do not connect to the peers of peers.
  bool connect_all = true;
  /// Leave nodes that others lost, so that all see the same cluster (rule MESH-05).
  bool prevent_overlapping_partitions = true;
  /// Cookies of single peers: name and secret.
  std::vector<std::pair<std::string, std::string>> peer_cookies;
  /// The only nodes to connect with, in either direction; none: all.
  std::vector<std::string> allow;
  /// Whether references to a node connect with it.
  dist::auto_connect dialling = dist::auto_connect::always;
  /// What peers may start here: `all`, `none` or patterns, see dist/spawn_policy.
  std::string allow_spawn = "all";
  uint16_t epmd_port = 4369;
  /// Load CAF's io module, for actors/caf_bridge. It listens only where a program tells it to.
  bool caf_io = false;
  /// Threads that run processes; 0: one per core, at least two.
  size_t threads = 0;
  std::string log_level = "info";
  std::string log_file; ///< Empty: standard error.

  /// Describes the options above for --help and for the parser.
  static void describe(boost::program_options::options_description& out);
  /// Reads them; errors name the option, what was given and what would be right.
  [[nodiscard]] static result<config> read(const boost::program_options::variables_map& values);
  /// Returns the secret, from wherever it comes.
  [[nodiscard]] result<std::string> secret() const;
};

/// Parses a command line, then the environment (`TROUPE_COOKIE` for `--cookie`, and so on), then
/// the file that `--config` names; what comes first wins. An unknown option, or one with an unfit
/// value, is an error.
[[nodiscard]] result<bool> parse_options(int argc, const char* const* argv,
                                         const boost::program_options::options_description& known,
                                         boost::program_options::variables_map& values);

} // namespace troupe
