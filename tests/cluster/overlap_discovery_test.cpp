#include "support/discovery_bench.hpp"

#include "troupe/actors/global_names.hpp"
#include "troupe/actors/internal/overlap_guard.hpp"
#include "troupe/discovery/gossip.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::discovery_bench;

constexpr uint64_t seeds = 20;

/// What it takes until a node is known not to be there, the pause before anything is cut, and steps
/// of what is measured.
constexpr auto step = 100ms;
constexpr clock::duration overlap_of_refused = actors::internal::overlap_guard::grace + 2 * step;
/// What a peer says of the other one may begin the dial anew, once.
constexpr clock::duration overlap_of_silent
  = overlap_of_refused + limits::handshake_timeout + discovery::gossip::wish_lasts;

namespace {

const std::vector<std::string> names{"a", "b", "c"};

/// Three nodes whose sources know all of them.
struct found_nodes {
  explicit found_nodes(uint64_t seed) : b{names, seed} {
    for (auto& x : names) {
      actors::global::start(b.nodes.at(x));
      b.start(x);
    }
    for (auto& x : names)
      for (auto& y : names)
        if (x != y)
          b.first(x).says().seen(b.of(y));
  }

  bool is_whole() {
    return b.nodes.nodes("a") == "b c" && b.nodes.nodes("b") == "a c"
           && b.nodes.nodes("c") == "a b";
  }

  /// How often nodes came up at `name` during `time`.
  size_t arrivals(const std::string& name, clock::duration time) {
    auto watcher = b.nodes.spawn(name, "watcher");
    b.nodes.at(name).monitor_nodes(watcher.id(), {}, true);
    b.nodes.advance(time);
    size_t result = 0;
    for (auto& x : watcher.mail())
      result += x.find("nodeup") != std::string::npos ? 1 : 0;
    return result;
  }

  /// For how long c saw both others without a break, although they do not see each other.
  clock::duration longest_overlap(clock::duration time) {
    clock::duration now{}, longest{};
    auto& of_c = *b.nodes.at("c").kernel();
    auto number = [&](const char* x) {
      auto found = of_c.connection_to(cluster::atom_of(x));
      return found ? found->id : 0;
    };
    std::pair<uint64_t, uint64_t> before;
    for (auto end = b.nodes.now() + time; b.nodes.now() < end;) {
      b.nodes.advance(step);
      std::pair both{number("a"), number("b")};
      auto stayed = both.first != 0 && both.second != 0 && both == before;
      now = stayed ? now + step : clock::duration{};
      before = both;
      longest = std::max(longest, now);
    }
    return longest;
  }

  discovery_bench b;
};

} // namespace

TEST_CASE("overlap_guard: discovery heals a cut at once when the network is whole (MESH-05b)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    found_nodes x{seed};
    CHECK(x.b.nodes.run_until([&] { return x.is_whole(); }, 10s));
    x.b.nodes.advance(1min);
    CHECK(x.b.nodes.disconnect("a", "b"));
    x.b.nodes.advance(20s);
    CHECK(x.is_whole());
    CHECK(x.arrivals("c", 10min) == 0);
  }
}

TEST_CASE(
  "overlap_guard: while two nodes cannot meet one is left out, and the others stay together") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    found_nodes x{seed};
    CHECK(x.b.nodes.run_until([&] { return x.is_whole(); }, 10s));
    if (seed % 2 == 0)
      x.b.nodes.cut("a", "b");
    else
      x.b.nodes.silence("a", "b");
    x.b.nodes.advance(5min);
    auto came = x.arrivals("c", 10min);
    CHECK(came >= 1);
    CHECK(came <= 60); // of the one that is left out
    CHECK(x.longest_overlap(5min) <= (seed % 2 == 0 ? overlap_of_refused : overlap_of_silent));
    auto a_stays = x.arrivals("a", 5min), b_stays = x.arrivals("b", 5min);
    CHECK(std::min(a_stays, b_stays) == 0); // one of them has nothing to notice
    x.b.nodes.heal("a", "b");
    CHECK(x.b.nodes.run_until([&] { return x.is_whole(); }, 3min));
    x.b.nodes.advance(1min);
    CHECK(x.is_whole());
    CHECK(x.arrivals("c", 5min) == 0);
  }
}
