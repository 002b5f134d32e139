#include "support/global_bench.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::global_bench;
using test::texts;
namespace global = actors::global;

constexpr uint64_t seeds = 10;

namespace {

const std::vector<std::string> three{"a", "b", "c"};

bool has(const texts& lines, const std::string& line) {
  return std::ranges::find(lines, line) != lines.end();
}

} // namespace

TEST_CASE("overlap_guard: when a node drops another, third ones let both go (MESH-05, MESH-05b)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    CHECK(g.c.disconnect("a", "b"));
    g.c.advance(1500ms);
    for (auto& x : three)
      CHECK(g.c.nodes(x).empty());
    auto of_c = g.c.log("c");
    CHECK(has(of_c, "warning: 'global' at node :c@mem requested disconnect from node :a@mem in "
                    "order to prevent overlapping partitions"));
    CHECK(has(g.c.log("a"), "warning: 'global' at node :a@mem disconnected node :c@mem in order to "
                            "prevent overlapping partitions"));
    g.c.ping("a", "b"); // and all is as it was
    g.c.ping("c", "a");
    g.c.advance(2s);
    CHECK(g.is_whole());
  }
}

TEST_CASE("overlap_guard: switched off, only the one connection stays down (MESH-06)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster::settings how;
    how.prevent_overlapping_partitions = false;
    global_bench g{three, seed, how};
    g.connect();
    CHECK(g.c.disconnect("a", "b"));
    g.c.advance(10s);
    CHECK(g.c.nodes("a") == "c");
    CHECK(g.c.nodes("b") == "c");
    CHECK(g.c.nodes("c") == "a b");
    CHECK(g.c.log("c").empty());
  }
}

TEST_CASE("overlap_guard: the death of a node parts nobody, and nothing is logged (MESH-07)") {
  for (uint64_t seed = 0; seed < 2 * seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{{"a", "b", "c", "d"}, seed};
    g.connect();
    if (seed % 3 == 0)
      g.c.kill("b");
    else if (seed % 3 == 1)
      g.c.stop("b");
    else {
      g.c.restart("b"); // and is back at once
      g.start("b");
      g.c.ping("b", "a");
    }
    g.c.advance(10s);
    CHECK(g.c.nodes("a") == (seed % 3 == 2 ? "b c d" : "c d"));
    CHECK(g.c.nodes("c") == (seed % 3 == 2 ? "a b d" : "a d"));
    for (auto* x : {"a", "c", "d"})
      CHECK(g.c.log(x).empty());
  }
}

TEST_CASE("overlap_guard: a machine that loses power leaves the others together (MESH-07)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    g.c.power_off("b");
    g.c.advance(2min);
    CHECK(g.c.nodes("a") == "c");
    CHECK(g.c.nodes("c") == "a");
  }
}

TEST_CASE("overlap_guard: global:disconnect takes only the caller out of the mesh (MESH-08)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto left
      = g.ask<std::vector<atom>>("a", [](process& self) { return global::disconnect(self); });
    CHECK(left == std::vector<atom>{atom{"b@mem"}, atom{"c@mem"}});
    g.c.advance(5s);
    CHECK(g.c.nodes("a").empty());
    CHECK(g.c.nodes("b") == "c");
    CHECK(g.c.nodes("c") == "b");
    for (auto& x : three)
      CHECK(g.c.log(x).empty());
  }
}

TEST_CASE("overlap_guard: who can connect with a part of the mesh only has to leave (MESH-09)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.c.ping("a", "b");
    g.c.run();
    g.c.silence("a", "c");
    g.c.ping("c", "b");
    g.c.advance(20s);
    CHECK(g.c.nodes("a") == "b");
    CHECK(g.c.nodes("b") == "a");
    CHECK(g.c.nodes("c").empty());
    CHECK(has(g.c.log("c"), "warning: 'global' at :c@mem failed to connect to :a@mem"));
  }
}

TEST_CASE(
  "overlap_guard: a connection that is lost at once, before any word, counts, too (MESH-09)") {
  for (uint64_t seed = 0; seed < 4 * seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    CHECK(g.c.ping("a", "c"));
    CHECK(g.c.connect("b", "c"));
    CHECK(g.c.run_until([&] { return g.is_whole(); }));
    g.c.advance(std::chrono::microseconds{seed % 4 * 300});
    if (seed % 2 == 0)
      g.c.cut("a", "b");
    else
      g.c.silence("a", "b");
    g.c.advance(2min);
    CHECK(g.c.nodes("c") != "a b");
    CHECK(g.c.nodes("a").find('b') == std::string::npos);
  }
}

TEST_CASE("overlap_guard: a partition leaves two whole halves, and healing one mesh") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{{"a", "b", "c", "d"}, seed};
    g.connect();
    for (auto* x : {"a", "b"})
      for (auto* y : {"c", "d"})
        g.c.cut(x, y);
    g.c.advance(10s);
    CHECK(g.c.nodes("a") == "b");
    CHECK(g.c.nodes("c") == "d");
    for (auto* x : {"a", "b"})
      for (auto* y : {"c", "d"})
        g.c.heal(x, y);
    g.c.ping("b", "c");
    g.c.advance(2s);
    CHECK(g.is_whole());
  }
}
