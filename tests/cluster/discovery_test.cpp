#include "support/discovery_bench.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::connect_policy;
using test::cluster;
using test::discovery_bench;
using test::texts;

constexpr uint64_t seeds = 10;

TEST_CASE("discovery: a peer that a source names is connected, whoever dials") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    discovery_bench b{{"a", "b"}, seed};
    b.start("a");
    b.start("b");
    b.first("a").says().seen(b.of("b"));
    b.first("b").says().seen(b.of("a"));
    CHECK(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 2s));
    b.nodes.run();
    CHECK(b.nodes.nodes("b") == "a");
    CHECK(b.nodes.network().counters().streams == 1);
    auto events = b.events("a");
    CHECK(events.front() == "peer_seen b");
    CHECK(events.back() == "connected b");
  }
}

TEST_CASE("discovery: one side that knows is enough") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    discovery_bench b{{"a", "b"}, seed};
    b.start("a");
    b.first("a").says().seen(b.of("b"));
    CHECK(b.nodes.run_until([&] { return b.nodes.nodes("b") == "a"; }, 2s));
  }
}

TEST_CASE("discovery: what it heard is the first stop of the resolver") {
  discovery_bench b{{"a", "b"}, 1};
  b.nodes.network().unlist("b");
  CHECK_FALSE(b.nodes.ping("a", "b")); // no port mapper knows it
  discovery::options opts;
  SUBCASE("found when spoken to") {
    opts.connect = connect_policy::lazy;
    b.start("a", opts);
    b.first("a").says().seen(b.of("b"));
    b.nodes.advance(5s);
    CHECK(b.nodes.nodes("a").empty());
    CHECK(b.nodes.ping("a", "b"));
  }
  SUBCASE("none: not even then") {
    opts.connect = connect_policy::none;
    b.start("a", opts);
    b.first("a").says().seen(b.of("b"));
    b.nodes.advance(5s);
    CHECK_FALSE(b.nodes.ping("a", "b"));
    CHECK(b.events("a") == texts{"peer_seen b"});
  }
}

TEST_CASE("discovery: when a heard address is wrong, the port mapper is asked") {
  discovery_bench b{{"a", "b", "c"}, 1};
  b.start("a");
  auto wrong = b.of("b");
  SUBCASE("nobody there") {
    wrong.endpoints.front().port = 1;
  }
  SUBCASE("another node there") {
    wrong.endpoints = {b.nodes.at("c").address()};
  }
  b.first("a").says().seen(wrong);
  CHECK(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 10s));
}

TEST_CASE("discovery: an address without a name finds out who is there") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  discovery::observation x;
  x.endpoints = {b.nodes.at("b").address()};
  x.seed = true;
  b.first("a").says().seen(x);
  CHECK(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 2s));
  SUBCASE("and gives up when it is the node itself") {
    x.endpoints = {b.nodes.at("a").address()};
    b.first("a").says().seen(x);
    b.nodes.advance(10min);
    CHECK(b.nodes.network().counters().dials <= 3);
  }
}

TEST_CASE("discovery: policies choose whom to connect") {
  discovery_bench b{{"a", "b", "c"}, 1, {.connect_all = false}};
  discovery::options opts;
  auto c = b.of("c");
  SUBCASE("seeds only") {
    opts.connect = connect_policy::seeds;
    c.seed = true;
  }
  SUBCASE("a filter") {
    opts.filter = [](const std::string& name) { return name == "c@mem"; };
  }
  b.start("a", opts);
  b.first("a").says().seen(b.of("b"));
  b.first("a").says().seen(c);
  b.nodes.advance(10s);
  CHECK(b.nodes.nodes("a") == "c");
}

TEST_CASE("discovery: nobody dials a hidden node by itself") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  auto x = b.of("b");
  x.hidden = true;
  b.first("a").says().seen(x);
  b.nodes.advance(10s);
  CHECK(b.nodes.nodes("a").empty());
  CHECK(b.events("a") == texts{"peer_seen b"});
}

TEST_CASE("discovery: a source that crashes is started again, and nobody else notices") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(2s);
  b.events("a");
  b.first("a").crash(b.nodes.at("a"));
  b.nodes.advance(900ms);
  CHECK(b.first("a").runs == 1);
  CHECK(b.events("a") == texts{"source_error"});
  b.nodes.advance(200ms);
  CHECK(b.first("a").runs == 2);
  CHECK(b.second("a").runs == 1);
  CHECK(b.nodes.nodes("a") == "b");
  SUBCASE("less and less often") {
    for (int i = 0; i < 3; ++i) {
      b.first("a").crash(b.nodes.at("a"));
      b.nodes.advance(31s);
    }
    CHECK(b.first("a").runs == 5);
    b.first("a").crash(b.nodes.at("a"));
    b.nodes.advance(15s);
    CHECK(b.first("a").runs == 5);
  }
}

TEST_CASE("discovery: trouble of a source is told once and ends nothing") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(2s);
  b.events("a");
  for (int i = 0; i < 3; ++i) {
    b.first("a").says().failed("the server does not answer");
    b.nodes.advance(1s);
  }
  b.first("a").says().works();
  b.first("a").says().works();
  CHECK(b.events("a", false)
        == texts{"source_error: the server does not answer", "source_recovered"});
  CHECK(b.nodes.nodes("a") == "b");
}

TEST_CASE("discovery: a peer that a source lists no more stays connected") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(2s);
  auto x = b.of("b");
  x.what = discovery::observation::kind::gone;
  b.first("a").says().seen(x);
  b.nodes.advance(2min);
  CHECK(b.nodes.nodes("a") == "b");
}

TEST_CASE("discovery: a peer that comes back is connected at its first sign of life") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    discovery_bench b{{"a", "b"}, seed, {.ticktime = 1s}};
    b.start("a");
    auto x = b.of("b");
    x.fresh = true;
    b.first("a").says().seen(x);
    REQUIRE(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 2s));
    b.nodes.silence("a", "b");
    b.nodes.advance(2min);
    CHECK(b.nodes.nodes("a").empty());
    b.nodes.heal("a", "b");
    b.first("a").says().seen(x);
    CHECK(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 1s));
    auto events = b.events("a");
    CHECK(std::ranges::count(events, "disconnected b") == 1);
    CHECK(std::ranges::count(events, "connected b") == 2);
  }
}

TEST_CASE("discovery: peers tell each other of third ones, with their addresses") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    discovery_bench b{{"a", "b", "c"}, seed, {.connect_all = false}};
    for (auto* name : {"a", "b", "c"}) {
      b.nodes.network().unlist(name);
      b.start(name);
    }
    b.first("a").says().seen(b.of("b"));
    b.first("b").says().seen(b.of("c"));
    CHECK(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b c"; }, 5s));
    CHECK(b.nodes.run_until([&] { return b.nodes.nodes("c") == "a b"; }, 1s));
  }
}

TEST_CASE("discovery: a node whose name is taken by an older one falls silent") {
  discovery_bench b{{"a", "b"}, 1};
  b.start("a");
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(2s);
  REQUIRE(b.nodes.nodes("a") == "b");
  auto older = b.of("b");
  older.name = "a@mem";
  older.instance = 77;
  older.incarnation = 1;
  older.fresh = true;
  b.first("a").says().seen(older);
  b.nodes.advance(10s);
  CHECK(b.nodes.nodes("a").empty());
  auto events = b.events("a");
  CHECK(std::ranges::count(events, "conflict a") == 1);
  CHECK(b.first("a").views.back().as_tuple()[4].truthy());
}

TEST_CASE("discovery: await_ready waits for peers, for quiet, and no longer than it may") {
  discovery_bench b{{"a", "b", "c"}, 1};
  auto& running = b.start("a");
  std::vector<bool> answers;
  auto asks = [&](discovery::service::readiness what) {
    auto asker = b.nodes.spawn("a", "asker");
    asker.plays([&answers, &running, what](process& self) -> task<> {
      auto waiting = running.await_ready(self, what);
      auto ready = co_await std::move(waiting);
      answers.push_back(ready);
    });
    b.nodes.run();
  };
  asks({.min_peers = 1, .timeout = 1s});
  b.nodes.advance(1s);
  CHECK(answers == std::vector<bool>{false});
  asks({.min_peers = 2, .stable_for = 500ms, .timeout = 10s});
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(1s);
  CHECK(answers.size() == 1);
  b.first("a").says().seen(b.of("c"));
  REQUIRE(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b c"; }, 2s));
  b.nodes.advance(400ms);
  CHECK(answers.size() == 1);
  b.nodes.advance(200ms);
  CHECK(answers == std::vector<bool>{false, true});
  CHECK(b.events("a").back() == "ready");
}

TEST_CASE("discovery: after stop nobody is dialled, and sources have said goodbye once") {
  discovery_bench b{{"a", "b"}, 1};
  auto& running = b.start("a");
  running.stop();
  running.stop();
  CHECK(b.first("a").farewells == 1);
  b.first("a").says().seen(b.of("b"));
  b.nodes.advance(10s);
  CHECK(b.nodes.nodes("a").empty());
}

TEST_CASE("discovery: a node without a name cannot look") {
  cluster c{{"a"}, 1};
  auto alone = node::start(config{});
  REQUIRE(alone);
  auto failed = discovery::service::start(**alone, {});
  REQUIRE_FALSE(failed);
  CHECK(failed.error() == errc::invalid_config);
}
