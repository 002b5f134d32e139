// Who is connected, and which of two connections to one node stays.
//
// Erlang counterpart: the sys_dist table of net_kernel.
// Threads: not synchronised; guarded by net_kernel's mutex.
//
// The rule for two nodes that dial each other at once is Erlang's (CONN-10): the dial made by the
// node with the greater name survives. Difference: Erlang asks the dialler of a node that looks
// connected whether it still wants to ("alive"); here such a dial is refused as a duplicate, the
// connection that looks alive is probed, and the dialler tries again.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/errc.hpp"
#include "troupe/limits.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace troupe::dist {

class connection_table {
public:
  explicit connection_table(atom self) : self_(self) {}

  struct newcomer {
    atom name;
    uint32_t creation = 0;
    bool hidden = false;
    bool dialled = false; ///< By us.
    uint64_t id = 0;      ///< Number of the connection.
  };
  struct verdict {
    errc refusal = errc::none;        ///< Why the newcomer is refused, or none.
    std::optional<uint64_t> replaced; ///< The connection that must end because the newcomer stays.
    std::optional<uint64_t> probed;   ///< The connection whose peer seems not to know of it.
  };

  /// We dial `name`.
  void dialling(atom name) { dials_.insert(name); }
  /// Our dial ended, either way.
  void dial_ended(atom name) { dials_.erase(name); }

  /// Decides about an authenticated connection; one that is not refused is in the table at once.
  verdict decide(const newcomer& x);

  /// Forgets a connection. Returns whether it was the one in the table.
  bool remove(atom name, uint64_t id);

  struct entry {
    uint32_t creation = 0;
    bool hidden = false;
    uint64_t id = 0;
  };
  [[nodiscard]] const entry* find(atom name) const;
  [[nodiscard]] std::vector<atom> visible() const;
  [[nodiscard]] std::vector<atom> hidden() const;
  [[nodiscard]] size_t size() const noexcept { return up_.size(); }

private:
  atom self_;
  std::set<atom> dials_;
  std::map<atom, entry> up_; // Bounded by limits::connections_max.
};

} // namespace troupe::dist
