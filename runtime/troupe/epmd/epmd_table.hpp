// The names that a port mapper knows: one name for each connection, gone with it.
//
// Erlang counterpart: the node list of epmd. Epmd numbers the lives of each name on its own; here
// one counter, started at random, serves all names, so that a port mapper that takes over repeats
// nothing. Threads: confined to its owner.

#pragma once

#include "troupe/epmd/epmd_codec.hpp"
#include "troupe/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::epmd {

/// Names at once; above it registrations are refused, as when a name is in use.
inline constexpr size_t names_max = 1024;

class epmd_table {
public:
  /// Names a connection; the owner of the table never uses one again.
  using owner = uint64_t;

  /// Creations are handed out from `first_creation` upwards, small ones left out: Erlang reserves
  /// 0 to 3.
  explicit epmd_table(uint32_t first_creation);

  /// Registers `node` for `by` and returns the creation, or `errc::name_in_use` when somebody has
  /// the name, or `errc::overload` when `by` has a name already or the table is full.
  result<uint32_t> add(owner by, node_info node);

  /// Forgets the name of `by`. Returns whether it had one.
  bool remove(owner by);

  /// Returns the node or null; valid until the next change.
  [[nodiscard]] const node_info* find(std::string_view name) const;

  /// Returns all nodes, by name.
  [[nodiscard]] std::vector<node_info> snapshot() const;

private:
  std::map<std::string, node_info, std::less<>> nodes_;
  std::map<owner, std::string> names_; // One entry for each of nodes_.
  uint32_t next_creation_;
};

} // namespace troupe::epmd
