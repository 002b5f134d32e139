// What the files of a host's nodes say, over time.
//
// Erlang counterpart: none; the port mapper's table is the nearest.
// Threads: not synchronised (pure); confined to the local source's process.

#pragma once

#include "troupe/discovery/announcement.hpp"
#include "troupe/discovery/observation.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// Returns the name of a node's file: that of the node, with what is unfit for a file as `%xx`, and
/// with the end of a long one replaced by its hash.
[[nodiscard]] std::string local_file_name(std::string_view node);

class local_peers {
public:
  explicit local_peers(std::string self) : self_(std::move(self)) {}

  /// Takes what a file says now; nothing: it is gone, or its node has ended, or it is not ours.
  [[nodiscard]] std::vector<observation> update(const std::string& file,
                                                const std::optional<announcement>& x);

  /// Files whose nodes are there.
  [[nodiscard]] std::vector<std::string> files() const;

private:
  const std::string self_;
  std::map<std::string, announcement> nodes_; // By file; bounded by limits::peers_max.
};

} // namespace troupe::discovery
