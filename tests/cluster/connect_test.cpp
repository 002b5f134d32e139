#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

TEST_CASE("cluster: the same seed gives the same run") {
  auto fingerprint = [](uint64_t seed) {
    cluster c{{"a", "b", "c"}, seed};
    c.ping({{"a", "b"}, {"b", "a"}, {"b", "c"}});
    c.advance(5min);
    return c.fingerprint();
  };
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    CHECK(fingerprint(seed) == fingerprint(seed));
  }
  CHECK(fingerprint(1) != fingerprint(2));
}

TEST_CASE("node: a ping connects both sides") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.nodes("a").empty());
    CHECK(c.ping("a", "a"));
    CHECK(c.ping("a", "b"));
    c.run();
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a");
    CHECK(c.ping("b", "a"));
    CHECK(c.network().counters().streams == 1);
  }
}

TEST_CASE("node: the blocking calls work on a network that a test drives") {
  cluster c{{"a", "b"}, 1};
  CHECK(c.at("a").ping("b@mem"));
  CHECK(c.at("b").connect("a@mem"));
  CHECK(c.at("b").disconnect("a@mem"));
  CHECK_FALSE(c.at("b").disconnect("a@mem"));
  CHECK_FALSE(c.at("b").ping("nobody@mem"));
}

TEST_CASE("net_kernel: a ping of nobody is false soon, and leaves no trace but the name") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto before = c.now();
    CHECK_FALSE(c.ping("a", "zz"));
    c.cut("a", "b");
    CHECK_FALSE(c.ping("a", "b"));
    c.kill("b");
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(c.now() - before < 100ms);
    CHECK(c.log("a").empty());
    CHECK(c.nodes("a").empty());
    CHECK(c.nodes("a", dist::node_class::known) == "a b nonode zz");
  }
}

TEST_CASE("net_kernel: a ping of a frozen node is false after the setup time") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    if (seed % 2 == 0)
      c.freeze("b");
    else
      c.silence("a", "b");
    auto before = c.now();
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(c.now() - before >= 7s);
    CHECK(c.now() - before < 7100ms);
    c.thaw("b");
    c.heal("a", "b");
    CHECK(c.ping("a", "b"));
    c.run();
    CHECK(c.nodes("b") == "a");
  }
}

TEST_CASE("connection_table: two nodes that dial each other at once get one connection") {
  for (uint64_t seed = 0; seed < 10 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto up = c.spawn("a", "up");
    c.at("a").monitor_nodes(up.id(), {}, true);
    auto before = c.now();
    CHECK(c.ping({{"a", "b"}, {"b", "a"}, {"b", "a"}, {"a", "b"}}) == std::vector<bool>(4, true));
    CHECK(c.now() - before < 1s);
    c.advance(10s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a");
    CHECK(up.mail() == texts{"{:nodeup, :b@mem}"});
    for (auto name : {"a", "b"}) {
      auto counts = c.at(name).kernel()->snapshot();
      CHECK(counts.connections == 1);
      CHECK(counts.handshakes == 0);
      CHECK(c.log(name).empty());
    }
  }
}

TEST_CASE("net_kernel: what is left of one dial leaves the next one alone") {
  for (uint64_t seed = 0; seed < 10 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    for (int times = 0; times < 10; ++times) {
      CHECK(c.ping({{"a", "b"}, {"b", "a"}}) == std::vector<bool>(2, true));
      CHECK(c.disconnect("a", "b"));
      c.advance(5ms + times * 5ms); // a refused dial is tried again after 50 ms
    }
  }
}

TEST_CASE("net_kernel: all nodes of a cluster may dial each other at once") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c", "d"}, seed};
    std::vector<std::pair<std::string, std::string>> all;
    for (auto x : {"a", "b", "c", "d"})
      for (auto y : {"a", "b", "c", "d"})
        if (std::string{x} != y)
          all.emplace_back(x, y);
    CHECK(c.ping(all) == std::vector<bool>(all.size(), true));
    c.run();
    CHECK(c.nodes("a") == "b c d");
    CHECK(c.nodes("d") == "a b c");
  }
}

TEST_CASE("net_kernel: a disconnect holds for both sides and bans nobody") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    CHECK(c.disconnect("b", "a"));
    CHECK(c.nodes("b").empty());
    c.run();
    CHECK(c.nodes("a").empty());
    CHECK_FALSE(c.disconnect("b", "a"));
    CHECK_FALSE(c.disconnect("b", "b"));
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    x.does([to = y.id()](process& self) { self.send(to, term{1}); });
    c.run();
    CHECK(y.mail() == texts{"1"});
    CHECK(c.nodes("b") == "a");
  }
}

TEST_CASE("net_kernel: a wrong cookie fails fast, for both sides, and only the acceptor logs") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    cluster::settings other;
    other.cookie = "other";
    c.start("c", other);
    auto x = c.spawn("a", "x");
    auto y = c.spawn("c", "y");
    c.at("a").monitor_nodes(x.id(), {}, true);
    c.at("c").monitor_nodes(y.id(), {}, true);
    auto before = c.now();
    CHECK_FALSE(c.ping("c", "a"));
    CHECK(c.now() - before < 200ms);
    c.run();
    CHECK(c.log("c").empty());
    auto lines = c.log("a");
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("error: ** Connection attempt from node "));
    CHECK(lines[0].ends_with(" rejected. Invalid challenge reply. **"));
    CHECK(x.mail().empty());
    CHECK(y.mail().empty());
    x.does([to = y.id()](process& self) {
      self.monitor(to);
      self.send(to, term{1});
    });
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :y, :noconnection}"});
    CHECK(y.mail().empty());
    CHECK(c.nodes("a", dist::node_class::connected).empty());
    CHECK(c.nodes("c", dist::node_class::connected).empty());
  }
}
