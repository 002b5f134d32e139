#include "support/global_bench.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::global_bench;
namespace global = actors::global;

constexpr uint64_t seeds = 40;

namespace {

/// A mesh each of whose nodes has a holder of its own name, and one that joins, "j".
struct joined {
  joined(std::vector<std::string> mesh, uint64_t seed) : g{std::move(mesh), seed} {
    g.connect();
    for (auto& x : g.names)
      CHECK(g.register_name(x, atom{x}, g.c.spawn(x, "p" + x).id()));
    g.c.start("j", {});
    g.start("j");
  }

  /// How many names the joiner knows when `global::sync` is over; nothing if it is not in time.
  std::optional<size_t> known_after_sync() {
    return g.ask<size_t>("j", [](process& self) -> task<size_t> {
      auto syncing = global::sync(self);
      co_await std::move(syncing);
      auto asking = global::registered_names(self);
      auto names = co_await std::move(asking);
      co_return names.size();
    });
  }

  global_bench g;
};

} // namespace

TEST_CASE(
  "global_names: sync waits for the names of nodes that the joiner has only heard of (G-02)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    joined x{{"a", "b", "c", "d"}, seed};
    if (seed % 4 == 0)
      CHECK(x.g.c.ping("j", "b"));
    else if (seed % 4 == 1)
      CHECK(x.g.c.ping("c", "j")); // then the joiner was found
    else
      CHECK(x.g.c.connect("j", "d")); // which says nothing of what the other one knows
    CHECK(x.known_after_sync() == 4);
  }
}

TEST_CASE("global_names: a node that joins while sync waits names its mesh, too (G-02)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    joined x{{"a", "b", "c"}, seed};
    x.g.c.start("k", {}); // joins the joiner first
    x.g.start("k");
    CHECK(x.g.register_name("k", atom{"k"}, x.g.c.spawn("k", "pk").id()));
    CHECK(x.g.c.connect("k", "j"));
    x.g.c.advance(std::chrono::milliseconds{seed % 4});
    CHECK(x.g.c.connect("j", "a"));
    CHECK(x.known_after_sync() == 4);
  }
}

TEST_CASE("global_names: sync waits no longer than the dial of a node that is not to be had") {
  for (uint64_t seed = 0; seed < seeds / 4; ++seed) {
    CAPTURE(seed);
    joined x{{"a", "b", "c"}, seed};
    if (seed % 2 == 0)
      x.g.c.cut("j", "c");
    else
      x.g.c.silence("j", "c");
    auto began = x.g.c.now();
    CHECK(x.g.c.ping("j", "a"));
    CHECK(x.known_after_sync().has_value());
    CHECK(x.g.c.now() - began < 8s);
  }
}
