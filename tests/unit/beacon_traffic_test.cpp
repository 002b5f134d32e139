// How many packets beacons send, alone and as a whole segment.

#include "support/beacon_fixture.hpp"
#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using namespace std::chrono_literals;
using fixture = beacon_fixture;
using kind = announcement::kind;
using std::chrono::milliseconds;

namespace {

constexpr size_t budget = discovery::limits::segment_packets_per_second;

/// So many nodes on one segment that all know and are connected to each other.
struct segment {
  segment(size_t count, uint64_t seed) {
    for (size_t i = 0; i < count; ++i)
      nodes.push_back(std::make_unique<fixture>(seed * 10'000 + i, i + 1));
    for (auto& x : nodes)
      x->node.start(x->now);
    run(50ms);
    know(count - 1);
    run(1s);
    for (auto& x : nodes)
      x->sent.clear();
  }

  void run(milliseconds x) {
    for (auto& node : nodes)
      node->run(x);
  }

  void know(size_t count) {
    for (auto& x : nodes)
      x->know(static_cast<uint32_t>(count));
  }

  /// The moments at which something was sent, in order.
  [[nodiscard]] std::vector<milliseconds> moments(kind what) {
    std::vector<milliseconds> result;
    for (auto& x : nodes)
      for (auto& packet : x->take(what))
        result.push_back(packet.at);
    std::ranges::sort(result);
    return result;
  }

  std::vector<std::unique_ptr<fixture>> nodes;
};

} // namespace

TEST_CASE("beacon: about three of all nodes answer a hello, within 50 ms") {
  double replies = 0;
  constexpr size_t rounds = 40;
  segment all{100, 1};
  for (size_t round = 0; round < rounds; ++round) {
    for (auto& x : all.nodes)
      x->hear(fixture::hello_of(1000 + round));
    auto begun = all.nodes.front()->now;
    all.run(10s);
    for (auto& x : all.nodes)
      for (auto& packet : x->take(kind::reply)) {
        CHECK(packet.at <= std::chrono::duration_cast<milliseconds>(begun - fixture::begun) + 50ms);
        CHECK(packet.what.what.to == 1000 + round);
        CHECK(packet.what.to == beacon::place{{"10.0.0.7", 40'000}, 3});
        ++replies;
      }
  }
  CHECK(replies / rounds > 2);
  CHECK(replies / rounds < 4);
}

TEST_CASE_FIXTURE(fixture,
                  "beacon: each of three or fewer answers, but not while it begins itself") {
  node.start(now);
  hear(hello_of(1));
  run(499ms);
  CHECK(take(kind::reply).empty());
  run(1ms);
  hear(hello_of(2));
  run(50ms);
  CHECK(take(kind::reply).size() == 1);
  fixture linked;
  linked.node.start(linked.now);
  linked.know(3);
  linked.hear(hello_of(1));
  linked.hear(hello_of(1)); // waits for an answer already
  linked.run(50ms);
  CHECK(linked.take(kind::reply).size() == 1);
}

TEST_CASE_FIXTURE(fixture, "beacon: one node answers five hellos at once and then two per second") {
  settle(1);
  for (uint64_t i = 100; i < 200; ++i)
    hear(hello_of(i));
  run(100ms);
  CHECK(take(kind::reply).size() == 5);
  for (uint64_t i = 200; i < 10'200; ++i) {
    hear(hello_of(i));
    run(1ms);
  }
  auto count = take(kind::reply).size();
  CHECK(count >= 19);
  CHECK(count <= 21);
}

TEST_CASE_FIXTURE(
  fixture, "beacon: announcements take turns between IPv4 and IPv6, and tell their interval") {
  const std::pair<uint32_t, milliseconds> intervals[]
    = {{0, 2s}, {19, 2s}, {99, 10s}, {2999, 300s}, {UINT32_MAX, 300s}};
  for (auto [known, interval] : intervals) {
    CAPTURE(known);
    fixture x{known};
    x.settle(1);
    x.know(known);
    x.run(2 * interval + 10s);
    x.sent.clear();
    x.run(40 * interval);
    auto packets = x.take(kind::announce);
    CHECK(packets.size() >= 36);
    CHECK(packets.size() <= 44);
    for (size_t i = 1; i < packets.size(); ++i) {
      auto& now_sent = packets[i].what;
      CHECK(now_sent.family == 10 - packets[i - 1].what.family);
      CHECK(now_sent.what.interval == interval * 5 / 4);
      CHECK(now_sent.what.known == known);
      auto pause = packets[i].at - packets[i - 1].at;
      CHECK(pause >= interval * 3 / 4 - 1ms);
      CHECK(pause <= now_sent.what.interval + 1ms);
    }
  }
}

TEST_CASE("beacon: a segment's announcements keep to its budget, however many nodes it has") {
  for (size_t count : {20, 100, 300}) {
    CAPTURE(count);
    segment all{count, 2};
    all.run(std::chrono::seconds{count / 2});
    (void)all.moments(kind::announce);
    all.run(100s);
    auto sent = all.moments(kind::announce).size();
    CHECK(sent <= 100 * budget * 11 / 10);
    CHECK(sent >= 100 * budget * 8 / 10);
  }
}

TEST_CASE("beacon: a segment that is split announces sooner, within its budget") {
  segment all{300, 3};
  all.run(200s);
  (void)all.moments(kind::announce);
  auto begun = std::chrono::duration_cast<milliseconds>(all.nodes.front()->now - fixture::begun);
  for (size_t known = 299; known > 99; --known) { // each loss is noticed by itself
    all.know(known);
    all.run(1ms);
  }
  all.nodes.resize(100);
  all.run(10s);
  auto moments = all.moments(kind::announce);
  CHECK(moments.size() >= 80);
  CHECK(moments.size() <= 12 * budget);
  for (size_t second = 0; second < 10; ++second) {
    auto in = std::ranges::count_if(
      moments, [&](auto x) { return (x - begun) / 1s == static_cast<int64_t>(second); });
    CHECK(static_cast<size_t>(in) <= 3 * budget);
  }
}

TEST_CASE("beacon: nobody stays silent for longer than others remember it, however many come") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    fixture x{seed};
    x.node.start(x.now);
    x.run(milliseconds{seed * 100});
    for (uint32_t known = 0; known < 5000; known += 10)
      x.know(known);
    milliseconds said{}, lifetime{15s};
    x.run(20min);
    for (auto& packet : x.sent) {
      CHECK(packet.at - said < lifetime);
      said = packet.at;
      lifetime = std::max<milliseconds>(15s, 3 * packet.what.what.interval);
    }
    CHECK(x.take(kind::announce).size() >= 3);
  }
}
