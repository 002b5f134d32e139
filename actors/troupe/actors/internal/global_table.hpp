// The names of the cluster as one node knows them: its own, and those that its peers told it.
//
// Erlang counterpart: the tables of global_name_server. Difference: every entry has an owner, the
// node that watches the holder; what a node knows of a peer's entries goes with the peer (G-21),
// and after a heal two owners can have one name until the clash is settled.
// Threads: confined to its owner. Sends nothing, monitors nothing, knows no clock.

#pragma once

#include "troupe/actors/internal/group_table.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace troupe::actors::internal {

/// Who holds a name, and what decides when another one does too.
struct global_claim {
  pid holder;
  term method; ///< See global::resolver.

  friend bool operator==(const global_claim&, const global_claim&) = default;
};

struct global_entry {
  term name;
  global_claim claim;

  friend bool operator==(const global_entry&, const global_entry&) = default;
};

/// Bounds: none of its own, as in Erlang. An own entry costs its node a call; a peer's are copies
/// of those, for as long as the peer is one.
class global_table {
public:
  using listing = std::vector<global_entry>;

  explicit global_table(atom self) : self_(self) {}

  // -- this node's entries ----------------------------------------------------------------------
  /// Sets an entry; returns the one that it replaces.
  std::optional<global_claim> insert(const global_entry& x);
  /// Removes the entry if `holder` has it, or whoever has it when that is null. Returns its holder.
  std::optional<pid> erase(const term& name, const pid& holder = {});
  /// Removes all entries of a process that ended; returns their names.
  std::vector<term> holder_gone(const pid& holder);
  [[nodiscard]] listing own() const;
  /// Whether the process has an entry here, so that it has to be watched.
  [[nodiscard]] bool is_own_holder(const pid& x) const;

  // -- entries of peers -------------------------------------------------------------------------
  /// The peer's entries are these and no others.
  void peer_has(atom owner, const listing& all);
  void peer_added(atom owner, const global_entry& x);
  void peer_removed(atom owner, const term& name, const pid& holder);
  void peer_gone(atom owner);
  /// The name belongs to `owner` alone: takes the entries of others away. Returns the holder of
  /// this node's own, when that was among them.
  std::optional<pid> replaced_by(atom owner, const term& name);

  // -- asking -----------------------------------------------------------------------------------
  struct found {
    atom owner;
    global_claim claim;
  };
  /// Of several owners the least counts, on all nodes.
  [[nodiscard]] std::optional<found> find(const term& name) const;
  [[nodiscard]] std::vector<term> names() const;
  [[nodiscard]] std::vector<term> names_of(const pid& holder) const;
  [[nodiscard]] size_t size() const noexcept { return claims_.size(); }

  // -- clashes ----------------------------------------------------------------------------------
  struct clash {
    global_claim own;
    atom other_owner;
    global_claim other;
  };
  /// The names that this node has to settle: it is the lesser of two owners.
  [[nodiscard]] std::vector<term> clashes() const;
  [[nodiscard]] bool has_clash() const noexcept { return !clashing_.empty(); }
  [[nodiscard]] std::optional<clash> clash_of(const term& name) const;

private:
  using claims = std::map<atom, global_claim>; // By owner.

  void set(atom owner, const term& name, const global_claim& x);
  std::optional<pid> unset(atom owner, const term& name, const pid& holder);
  void note(const term& name);

  atom self_;
  std::map<term, claims, exact_less> claims_; // No empty map is kept.
  std::map<pid, std::map<term, size_t, exact_less>> by_holder_;
  std::set<term, exact_less> clashing_;
};

} // namespace troupe::actors::internal
