// A beacon with its clock, and a record of what it sends.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "support/announcements.hpp"
#include "troupe/discovery/beacon.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace troupe::test {

inline discovery::self_description beacon_self(uint64_t instance = 77) {
  discovery::self_description result;
  result.name = "self@10.0.0.1";
  result.instance = instance;
  result.incarnation = 1'790'000'000'000;
  result.creation = 5;
  return result;
}

struct beacon_fixture {
  using kind = announcement::kind;
  using milliseconds = std::chrono::milliseconds;

  struct sent_packet {
    milliseconds at{}; ///< Since the fixture began.
    discovery::beacon::outgoing what;
  };

  explicit beacon_fixture(uint64_t seed = 1, uint64_t instance = 77)
    : random(seed), node(beacon_self(instance), [this] { return random(); }) {}

  /// Lets time pass; the beacon is asked whenever it wants to be.
  void run(milliseconds x) {
    auto until = now + x;
    while (node.next() <= until) {
      now = std::max(now, node.next());
      note(node.due(now));
    }
    now = until;
  }

  /// A packet arrives; returns what was seen, and keeps what is sent at once.
  std::vector<discovery::observation> hear(const announcement& x, unsigned interface = 3) {
    auto outcome = node.receive(x, {{"10.0.0.7", 40'000}, interface}, now);
    note(outcome);
    return outcome.seen;
  }

  void note(discovery::beacon::outcome& x) {
    for (auto& packet : x.send)
      sent.push_back({std::chrono::duration_cast<milliseconds>(now - begun), std::move(packet)});
  }
  void note(discovery::beacon::outcome&& x) { note(x); }

  [[nodiscard]] std::vector<sent_packet> take(kind what) {
    std::vector<sent_packet> result;
    for (auto& x : sent)
      if (x.what.what.what == what)
        result.push_back(x);
    std::erase_if(sent, [&](auto& x) { return x.what.what.what == what; });
    return result;
  }

  /// Begins, and is past its hellos.
  void settle(uint32_t known) {
    node.start(now);
    run(milliseconds{50});
    know(known);
    run(milliseconds{600});
    sent.clear();
  }

  void know(uint32_t known) { node.view({known, known, known}, now); }

  /// A hello of a node that is new here.
  static announcement hello_of(uint64_t instance) {
    auto x = from_a(kind::hello);
    x.instance = instance;
    return x;
  }

  static constexpr clock::time_point begun{std::chrono::hours{1}};

  clock::time_point now = begun;
  std::mt19937_64 random;
  discovery::beacon node;
  std::vector<sent_packet> sent;
};

} // namespace troupe::test
