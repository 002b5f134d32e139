#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;
using answer = dist::ticktime_change::answer;

constexpr uint64_t seeds = 20;

namespace {

/// How long it takes until a sees that b is silent.
clock::duration silence(cluster& c) {
  c.silence("a", "b");
  auto before = c.now();
  CHECK(c.run_until([&] { return c.nodes("a").empty(); }, 10min));
  return c.now() - before;
}

} // namespace

TEST_CASE("node: a change of the ticktime holds for connections that are up, after it") { // TICK-04
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    auto to = seed % 2 == 0 ? 8'000ms : 200'000ms;
    for (auto* name : {"a", "b"}) {
      CHECK(c.at(name).set_ticktime(60s) == answer::unchanged);
      CHECK(c.at(name).set_ticktime(to, 60s) == answer::initiated);
      CHECK(c.at(name).set_ticktime(30s) == answer::ongoing);
      CHECK(c.at(name).ticktime().next() == to);
      CHECK(c.at(name).ticktime().current() == 60s);
      c.advance(7s); // nodes are told one after the other
    }
    c.advance(61s);
    for (auto* name : {"a", "b"}) {
      CHECK_FALSE(c.at(name).ticktime().next());
      CHECK(c.at(name).ticktime().current() == to);
    }
    c.advance(1h);
    CHECK(c.nodes("a") == "b");
    CHECK(c.network().counters().streams == 1);
    auto took = silence(c);
    CHECK(took >= to * 3 / 4);
    CHECK(took <= to * 5 / 4);
  }
}

TEST_CASE("node: within the transition a silent peer is down as before") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    c.advance(3s * static_cast<int>(seed));
    CHECK(c.at("a").set_ticktime(4s, 10min) == answer::initiated);
    auto took = silence(c);
    CHECK(took >= 45s);
    CHECK(took <= 75s);
  }
}

TEST_CASE("node: a node that alone has the shorter ticktime drops a healthy peer") { // TICK-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    CHECK(c.ping("a", "b"));
    c.at("a").monitor_nodes(x.id(), {}, true);
    CHECK(c.at("a").set_ticktime(1s, 0s) == answer::initiated);
    c.run();
    CHECK(c.run_until([&] { return c.nodes("a").empty(); }, 2s));
    c.run();
    CHECK(x.mail() == texts{"{:nodedown, :b@mem}"});
    CHECK(c.ping("a", "b")); // the next handshake tells b how often a wants to hear of it
    c.advance(10min);
    CHECK(c.nodes("a") == "b");
    CHECK(x.mail() == texts{"{:nodeup, :b@mem}"});
  }
}

TEST_CASE("node: connections of the time between live through the end of a transition") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    for (auto* name : {"a", "b"})
      CHECK(c.at(name).set_ticktime(seed % 2 == 0 ? 4s : 100s, 30s) == answer::initiated);
    c.advance(std::chrono::seconds{seed});
    CHECK(c.ping("a", "b"));
    c.advance(1h);
    CHECK(c.nodes("b") == "a");
    CHECK(c.network().counters().streams == 1);
  }
}
