// Who is a member of which group, as one scope of process groups knows it, and what changes when
// something happens.
//
// Erlang counterpart: the ETS table and the maps inside pg.erl. Differences: only processes that
// really left are in an event; a sync with other contents makes events; what a peer says of
// processes of a third node is ignored; joining nobody makes no group.
// Threads: confined to its owner. Sends nothing, monitors nothing, knows no clock.

#pragma once

#include "troupe/internal/term_order.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

/// Groups are told apart as keys of maps are: 1 and 1.0 are two.
struct exact_less {
  bool operator()(const term& x, const term& y) const {
    return troupe::internal::compare_exact(x, y) < 0;
  }
};

/// Memberships, one for every join that was not undone: those of this node, and those of every peer
/// (the process of this scope on another node).
///
/// Bounds: none of its own, as in Erlang. A local membership costs its node a call; a peer's are
/// copies of those, for as long as the owner watches the peer. Nothing stays of a group without
/// members.
class group_table {
public:
  struct event {
    enum class kind : uint8_t { join, leave };
    kind type = kind::join;
    term group;
    std::vector<pid> who; ///< Never empty; a process is in it once per membership.

    friend bool operator==(const event&, const event&) = default;
  };
  using events = std::vector<event>;
  /// Groups and their members, newest first.
  using listing = std::vector<std::pair<term, std::vector<pid>>>;

  // -- this node --------------------------------------------------------------------------------
  events join(const term& group, const std::vector<pid>& who);
  /// Ends one membership for each time a process is in `who`; no events when there was none.
  events leave(const term& group, const std::vector<pid>& who);
  /// Ends all memberships of a process, newest first, with an event for each (rule PG-05).
  events gone(const pid& who);
  /// Whether the process is in any group.
  [[nodiscard]] bool is_local_member(const pid& who) const { return local_.contains(who); }

  // -- other nodes; only peers that were added count ----------------------------------------------
  void add_peer(const pid& peer) { peers_.try_emplace(peer); }
  [[nodiscard]] bool knows(const pid& peer) const { return peers_.contains(peer); }
  [[nodiscard]] std::vector<pid> peers() const;
  events peer_joined(const pid& peer, const term& group, const std::vector<pid>& who);
  events peer_left(const pid& peer, const std::vector<pid>& who, const std::vector<term>& groups);
  /// Replaces everything that is known of the peer.
  events peer_has(const pid& peer, const listing& now);
  /// Forgets the peer, with one event per group (rule PG-06).
  events peer_gone(const pid& peer);

  // -- asking; newest member first ----------------------------------------------------------------
  /// An unknown group is an empty one (rule PG-09).
  [[nodiscard]] std::vector<pid> members(const term& group) const;
  [[nodiscard]] std::vector<pid> local_members(const term& group) const;
  [[nodiscard]] listing all() const;
  [[nodiscard]] listing all_local() const;

private:
  struct membership {
    term group;
    uint64_t number; ///< Ascends with every join.
  };
  /// The memberships of the processes of one node, oldest first.
  using side = std::map<pid, std::vector<membership>>;
  using by_age = std::map<uint64_t, pid, std::greater<>>;
  struct members_of {
    by_age all;
    by_age local;
  };

  events insert(side& to, const term& group, const std::vector<pid>& who);
  /// Ends the newest membership; returns whether there was one.
  bool remove(side& from, const term& group, const pid& who);
  void drop(const membership& x);
  events remove_all(side& from, const term& group, const std::vector<pid>& who);
  [[nodiscard]] static listing list(const side& x);
  [[nodiscard]] static std::vector<pid> native(const pid& peer, const std::vector<pid>& who);

  side local_;
  std::map<pid, side> peers_;
  std::map<term, members_of, exact_less> groups_; // No empty group is kept.
  uint64_t last_ = 0;
};

/// Who wants to hear of changes, of one group or of all (rule PG-08).
///
/// Bound: one entry per call, gone with the process that made it.
class group_subscriptions {
public:
  struct subscriber {
    reference ref;
    pid who;

    friend bool operator==(const subscriber&, const subscriber&) = default;
  };

  void add_scope(const reference& ref, const pid& who) { scope_[ref] = who; }
  void add_group(const reference& ref, const pid& who, const term& group);
  /// Returns whether there was such a subscription.
  bool remove(const reference& ref);
  /// Those of all groups first, then the newest of this one.
  [[nodiscard]] std::vector<subscriber> of(const term& group) const;

private:
  std::map<reference, pid> scope_;
  std::map<reference, term> groups_;
  std::map<term, std::map<reference, pid, std::greater<>>, exact_less> by_group_;
};

} // namespace troupe::actors::internal
