// Tells peers of lost connections, and ends the connections that would make partitions overlap.
//
// Erlang counterpart: the part of global_name_server that prevents overlapping partitions.
// Threads: confined to the process of global_server.

#pragma once

#include "troupe/actors/internal/overlap_guard.hpp"
#include "troupe/process.hpp"

#include <chrono>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

/// A node can be lost, or its dial fail, before the peer is met that knows it; that one is told
/// within this time.
inline constexpr std::chrono::seconds global_failure_memory{2};
/// Failures that are remembered for it; above it the oldest is forgotten.
inline constexpr size_t global_failures_max = 1024;

class global_partitions {
public:
  explicit global_partitions(process& self);

  /// Names are shared with this node's neighbours: it wants the whole mesh (MESH-02).
  [[nodiscard]] bool takes_part() const noexcept { return takes_part_; }

  void met(const pid& peer);
  void node_down(atom name, const term& reason);
  /// Whether the message was one of this part.
  bool on_message(const term& x);
  /// Expects the end of all connections and returns their nodes.
  [[nodiscard]] std::vector<atom> leave();

  /// Does what is due.
  void tick(clock::time_point now);
  [[nodiscard]] clock::time_point next() const { return guard_.next(); }

private:
  void report(const lost_connection& x);
  void tell(const term& x, atom but);
  void on_remove(std::span<const term> args);
  void on_unreachable(atom name);
  void end(atom name);
  void warn(const std::string& text) const;

  process* self_;
  bool takes_part_;
  bool prevents_;
  overlap_guard guard_;
  /// What was told just now of nodes that cannot be connected, for peers that are met meanwhile.
  std::deque<std::pair<clock::time_point, lost_connection>> failures_;
};

} // namespace troupe::actors::internal
