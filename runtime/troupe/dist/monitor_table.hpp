// Which monitors cross the connection to one peer, in both directions.
//
// Erlang counterpart: the monitors of a distribution entry.
// Threads: not synchronised; guarded by its peer's mutex.

#pragma once

#include "troupe/pid.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace troupe::dist {

class monitor_table {
public:
  struct entry {
    reference ref;
    pid local;             ///< The watching process, or the watched one.
    pid remote;            ///< The other end; null when it was named.
    atom name;             ///< By which the remote end was named, or nil.
    bool outgoing = false; ///< The watcher is local.
  };

  void add(const entry& x) { entries_[x.ref] = x; }
  /// Removes a monitor and returns it; nothing when it is not there.
  std::optional<entry> remove(const reference& ref);
  /// Empties the table and returns what was in it, by reference.
  [[nodiscard]] std::vector<entry> take_all();
  [[nodiscard]] size_t size() const noexcept { return entries_.size(); }

private:
  std::map<reference, entry> entries_;
};

} // namespace troupe::dist
