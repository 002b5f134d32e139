#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

TEST_CASE("ticker: an idle connection stays up for hours and costs little") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    c.run();
    auto before = c.network().counters();
    c.advance(6h);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a");
    auto& after = c.network().counters();
    CHECK(after.streams == before.streams);
    auto frames = 2 * 6 * 60 * 4; // four a minute and side
    CHECK(after.bytes - before.bytes < frames * (seed % 4 == 0 ? 40u : 8u));
  }
}

TEST_CASE("ticker: a silent peer is down after 75 to 125 percent of the ticktime") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster::settings how;
    how.ticktime = seed % 2 == 0 ? 60'000ms : 1'000ms;
    cluster c{{"a", "b"}, seed, how};
    CHECK(c.ping("a", "b"));
    c.run();
    c.advance(how.ticktime * 10 + how.ticktime * static_cast<int>(seed) / 13);
    if (seed % 3 == 0)
      c.freeze("b");
    else if (seed % 3 == 1)
      c.silence("a", "b");
    else
      c.power_off("b");
    auto before = c.now();
    CHECK(c.run_until([&] { return c.nodes("a").empty(); }, 2 * how.ticktime));
    CHECK(c.now() - before >= how.ticktime * 3 / 4);
    CHECK(c.now() - before <= how.ticktime * 5 / 4);
  }
}

TEST_CASE("ticker: a thawed node finds its connection closed and connects again") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("b", "x");
    auto y = c.spawn("a", "y");
    x.does([to = y.id()](process& self) { self.link(to); });
    c.run();
    c.at("b").monitor_nodes(x.id(), {}, true);
    c.freeze("b");
    c.advance(5min);
    CHECK(c.nodes("a").empty());
    CHECK(y.mail() == texts{"{:EXIT, :x, :noconnection}"});
    c.thaw("b");
    c.run();
    CHECK(c.nodes("b").empty());
    CHECK(x.mail() == texts{"{:EXIT, :y, :noconnection}", "{:nodedown, :a@mem}"});
    CHECK(c.log("b").empty());
    x.does([to = y.id()](process& self) { self.send(to, term{atom{"back"}}); });
    c.run();
    CHECK(y.mail() == texts{":back"});
    CHECK(x.mail() == texts{"{:nodeup, :a@mem}"});
  }
}

TEST_CASE("ticker: a short silence, or a slow peer, is no reason") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    auto x = c.spawn("b", "x");
    auto y = c.spawn("a", "y");
    y.does([to = x.id()](process& self) { self.monitor(to); });
    c.run();
    for (int i = 0; i < 10; ++i) {
      c.silence("a", "b");
      y.does([i, to = x.id()](process& self) { self.send(to, term{i}); });
      c.advance(25s);
      c.heal("a", "b");
      c.advance(20s);
    }
    CHECK(x.mail() == texts{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    CHECK(y.mail().empty());
    CHECK(c.network().counters().streams == 1);
  }
}
