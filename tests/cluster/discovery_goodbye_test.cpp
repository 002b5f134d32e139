#include "support/discovery_bench.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::discovery_bench;

TEST_CASE("discovery: a goodbye ends the connection only where that was asked for") {
  discovery_bench b{{"a", "b"}, 1, {.connect_all = false}};
  discovery::options opts;
  SUBCASE("asked for") {
    opts.disconnect_on_goodbye = true;
  }
  SUBCASE("not asked for") {}
  b.start("a", opts);
  b.first("a").says().seen(b.of("b"));
  REQUIRE(b.nodes.run_until([&] { return b.nodes.nodes("a") == "b"; }, 2s));
  auto x = b.of("b");
  x.what = discovery::observation::kind::left;
  b.first("a").says().seen(x);
  b.nodes.advance(10s);
  CHECK(b.nodes.nodes("a") == (opts.disconnect_on_goodbye ? "" : "b"));
  auto events = b.events("a");
  CHECK(std::ranges::count(events, "left b") == 1);
}
