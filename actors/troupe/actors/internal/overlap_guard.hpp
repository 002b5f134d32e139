// Decides who has to leave the mesh when a connection in it is lost, so that no two nodes see each
// other through a third one only.
//
// Erlang counterpart: prevent_overlapping_partitions in global.erl (MESH-05 to MESH-09).
// Differences: a node that is told of a loss waits `grace` before it acts, so that nothing happens
// when the lost node died or the two met again; when two nodes cannot connect at all, the one that
// a third node has known for less long goes, so that those that were there stay.
// Threads: confined to its owner; time is passed in.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

/// `from` has no connection to `lost`. As a term
/// `{:lost_connection, from, creation, number, lost, lost_creation, failed}`.
struct lost_connection {
  atom from;
  uint32_t creation = 0; ///< Of `from`.
  int64_t number = 0;    ///< Later losses of `from` have greater numbers.
  atom lost;
  uint32_t lost_creation = 0; ///< The life of `lost` that was connected; 0: none was.
  bool failed = false;        ///< It could not be connected in the first place.

  friend bool operator==(const lost_connection&, const lost_connection&) = default;
};

[[nodiscard]] term to_term(const lost_connection& x);
/// Reads what a peer sent.
[[nodiscard]] std::optional<lost_connection> lost_connection_of(const term& x);

class overlap_guard {
public:
  /// Between the word of a loss and what is done about it: longer than it takes until two nodes
  /// notice the death of a third one, when its sockets are closed.
  static constexpr std::chrono::milliseconds grace{300};
  /// Losses that are remembered, so that each acts once; above it the oldest is forgotten.
  static constexpr size_t memory_max = 4096;

  overlap_guard(atom self, uint32_t creation) : self_(self), creation_(creation) {}

  // -- what happens to this node's own connections ----------------------------------------------
  /// A peer is met. Returns whether others were told that it was lost, and so have to know.
  bool met(atom name, uint32_t creation);
  /// A node is lost. Returns what others have to be told: nothing when its leaving was asked for;
  /// as of one that cannot be connected when it was lost before it was met.
  [[nodiscard]] std::optional<lost_connection> lost(atom name);
  /// A node that others know cannot be connected.
  [[nodiscard]] std::optional<lost_connection> unreachable(atom name);
  /// The end of the connection is wanted, by this node or by the peer: it is no loss.
  void expect_end(atom name);
  [[nodiscard]] bool knows(atom name) const { return peers_.contains(name); }
  [[nodiscard]] std::vector<atom> peers() const;

  // -- what others say --------------------------------------------------------------------------
  void heard(const lost_connection& x, clock::time_point now);
  /// `from` is connected with `other` again.
  void regained(atom from, atom other);

  struct cut {
    atom victim; ///< It has to leave.
    lost_connection why;
  };
  /// What has to be done now.
  [[nodiscard]] std::vector<cut> due(clock::time_point now);
  /// `time_point::max()`: nothing is to be done.
  [[nodiscard]] clock::time_point next() const;

private:
  struct peer {
    uint32_t creation = 0;
    uint64_t order = 0; // Greater for those met later.
  };
  using pair = std::pair<atom, atom>; // Who lost whom.
  struct report {
    lost_connection what;
    uint64_t order = 0;
    bool done = false;
  };

  [[nodiscard]] std::optional<atom> victim_of(const lost_connection& x) const;

  atom self_;
  uint32_t creation_;
  int64_t last_number_ = 0;
  uint64_t last_order_ = 0;
  std::map<atom, peer> peers_;
  std::set<atom> ending_; // Peers whose end is expected.
  std::set<atom> told_;   // Others were told that they are lost; bounded by memory_max.
  std::map<pair, report> reports_;
  std::map<uint64_t, pair> by_order_;                          // Of the reports, the oldest first.
  std::deque<std::pair<clock::time_point, uint64_t>> waiting_; // When which report is due.
};

} // namespace troupe::actors::internal
