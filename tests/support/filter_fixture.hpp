// A packet filter, the clock that it looks at, and packets of nodes whose clocks may be off.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "support/announcements.hpp"
#include "troupe/discovery/packet_filter.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace troupe::test {

/// The clocks of this node and of the others, and a filter of this node.
struct filter_fixture {
  using kind = announcement::kind;
  using milliseconds = std::chrono::milliseconds;

  static constexpr uint64_t self = 77; // The instance of this node.

  void pass(milliseconds x) {
    now += x;
    wall += static_cast<uint64_t>(x.count());
  }

  discovery::packet_filter::verdict take(const std::string& packet) {
    return filter.take(packet, now, wall);
  }

  /// A packet that is made at this moment by an instance whose clock is `skew` ahead of ours.
  std::string packet(uint64_t instance, uint32_t sequence, kind what = kind::announce,
                     milliseconds skew = milliseconds{}) const {
    auto x = from_a(what, sequence);
    x.instance = instance;
    x.wall_ms = static_cast<uint64_t>(static_cast<int64_t>(wall) + skew.count());
    return monster_codec().encode(x);
  }

  std::string response(uint64_t instance, uint32_t sequence, const announcement& challenge,
                       milliseconds skew = milliseconds{}, kind what = kind::response) const {
    auto x = from_a_to(self, what, sequence);
    x.instance = instance;
    x.nonce = challenge.nonce;
    x.wall_ms = static_cast<uint64_t>(static_cast<int64_t>(wall) + skew.count());
    return monster_codec().encode(x);
  }

  /// Lets an instance whose clock is off become known; takes its numbers 1 and 2.
  void prove(uint64_t instance, milliseconds skew) {
    auto asked = take(packet(instance, 1, kind::announce, skew));
    REQUIRE(asked.challenge);
    REQUIRE(take(response(instance, 2, *asked.challenge, skew)).content);
  }

  uint64_t seed = 1;
  clock::time_point now{std::chrono::hours{1}};
  uint64_t wall = golden_wall_ms;
  discovery::packet_filter filter{monster_codec(), self,
                                  [this] { return ++seed * 0x9e3779b97f4a7c15; }};
};

} // namespace troupe::test
