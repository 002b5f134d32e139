// When to say that this node is alive, and when a peer no longer is.
//
// Erlang counterpart: net_kernel's ticker and dist_util's con_loop: four checks per ticktime; a
// check at which nothing was sent since the one before sends a tick, four at which nothing came end
// the connection. So a peer that falls silent is down 0.75 to 1.25 ticktimes later. Difference: a
// node learns the peer's ticktime in the handshake and ticks often enough for it; in Erlang unequal
// ticktimes drop healthy peers. Threads: confined to its session.

#pragma once

#include "troupe/clock.hpp"

#include <cstdint>

namespace troupe::dist {

class ticker {
public:
  struct ticktimes {
    clock::duration own{};
    clock::duration peer{};
  };
  enum class action : uint8_t { none, tick, down };

  ticker(const ticktimes& t, clock::time_point now);

  void sent() noexcept;
  void received() noexcept { received_ = true; }

  /// This node's ticktime changes: a peer is down after `receiving`, and ticks go out for
  /// `sending`.
  void retime(clock::duration receiving, clock::duration sending, clock::time_point now);

  /// What is to be done now. A check that comes late counts once, so that a node which itself was
  /// stopped for a while does not take its peers for dead.
  [[nodiscard]] action check(clock::time_point now);
  [[nodiscard]] clock::time_point next_check() const;

private:
  clock::duration peer_;
  clock::duration send_interval_;
  clock::duration receive_interval_;
  clock::time_point next_send_;
  clock::time_point next_receive_;
  int silent_checks_ = 0;
  bool received_ = true;
  bool sent_ = true;
  bool tick_is_next_ = false; // what is sent next is the tick, which does not count
};

} // namespace troupe::dist
