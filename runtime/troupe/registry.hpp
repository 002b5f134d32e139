// The names of a node's processes.
//
// Erlang counterpart: register/2, unregister/1, whereis/1, registered/0.
// Threads: any thread; one mutex, never held while calling out.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/pid.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe {

class registry {
public:
  /// Gives `name` to `who`; false when the name is taken or the process has one.
  bool add(atom name, const pid& who);
  /// Returns whether there was such a name.
  bool remove(atom name);
  /// Forgets a process that ended.
  void remove(const pid& who);
  [[nodiscard]] std::optional<pid> whereis(atom name) const;
  [[nodiscard]] std::optional<atom> name_of(const pid& who) const;
  /// All names, alphabetically.
  [[nodiscard]] std::vector<atom> names() const;

private:
  mutable std::mutex mutex_; // guards both maps
  std::map<atom, pid> by_name_;
  std::map<pid, atom> by_pid_;
};

} // namespace troupe
