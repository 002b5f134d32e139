// How a node looks for others: what `--discover` and its companions say.
//
// Erlang counterpart: libcluster's topologies.
// Threads: a value.

#pragma once

#include "troupe/config.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// One `--discover`: the kind of a source, and what stands behind its colon.
struct source_spec {
  enum class kind : uint8_t { multicast, seeds, dns, file, local, cache };
  kind what = kind::multicast;
  std::string text;

  friend bool operator==(const source_spec&, const source_spec&) = default;
};

/// Which of the peers that are heard of this node connects to.
enum class connect_policy : uint8_t {
  all,   ///< Every visible one.
  seeds, ///< Those that the user named; the mesh closes through them.
  lazy,  ///< None by itself, but whoever is spoken to is found.
  none,  ///< None, and none is found: events only.
};

struct options {
  std::vector<source_spec> sources;
  /// Nodes of other clusters on the same network are not seen.
  std::string cluster = "troupe";
  connect_policy connect = connect_policy::all;
  /// End the connection to a peer that says goodbye; else its end is waited for.
  bool disconnect_on_goodbye = false;
  /// Returns whether a peer may be connected by itself; empty: every one. Called in the discovery
  /// process.
  std::function<bool(const std::string& name)> filter;
  /// Sources of the program's own.
  std::vector<std::shared_ptr<source>> more;
  /// Globs of interface names and address ranges; `!` in front excludes. Empty: all that are fit.
  std::vector<std::string> interfaces;
  uint16_t multicast_port = 14369;
  /// `ADDR:PORT` of a DNS server; empty: those of resolv.conf.
  std::string dns_server;

  static void describe(boost::program_options::options_description& out);
  /// Reads them; errors name the option, what was given and what would be right. What `auto` means
  /// is decided here: see `sources_of_auto`.
  [[nodiscard]] static result<options> read(const boost::program_options::variables_map& values,
                                            const config& how);
};

/// Parses the text of one `--discover`, but `auto` and `none`.
[[nodiscard]] result<source_spec> parse_source(std::string_view text);

/// Returns a text that `parse_source` reads.
[[nodiscard]] std::string to_string(const source_spec& x);

/// What `auto` stands for: multicast and the nodes of this host, for a node that others can reach;
/// nothing for one without a name or at a loopback address.
[[nodiscard]] std::vector<source_spec> sources_of_auto(const config& how);

/// Whether the user named the secret; the file that makes itself is nobody else's.
[[nodiscard]] bool has_chosen_cookie(const config& how);

} // namespace troupe::discovery
