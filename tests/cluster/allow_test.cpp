#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

TEST_CASE("node: who is not allowed neither comes in nor is dialled") { // CONN-12
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "g"}, seed};
    auto x = c.spawn("a", "x");
    c.at("a").monitor_nodes(x.id(), {}, true);
    CHECK(c.at("a").allow({}));
    CHECK(c.at("a").allow({cluster::atom_of("b")}));
    auto before = c.now();
    CHECK_FALSE(c.ping("a", "g"));
    CHECK(c.log("a") == texts{"error: ** Connection attempt with disallowed node :g@mem **"});
    CHECK_FALSE(c.ping("g", "a"));
    c.run();
    CHECK(c.log("a") == texts{"error: ** Connection attempt from disallowed node g@mem **"});
    CHECK(c.now() - before < 200ms);
    CHECK(c.log("g").empty());
    CHECK(c.at("g").kernel()->last_failure(cluster::atom_of("a")) == errc::not_allowed);
    CHECK(x.mail().empty());
    CHECK(c.ping("b", "a"));
    CHECK(c.disconnect("b", "a"));
    c.run();
    CHECK(c.ping("a", "b"));
    CHECK(c.at("a").allow({cluster::atom_of("g")}));
    CHECK(c.at("a").allowed() == std::vector{cluster::atom_of("b"), cluster::atom_of("g")});
    CHECK(c.ping("g", "a"));
    c.run();
    CHECK(c.nodes("a") == "b g");
  }
}

TEST_CASE("node: a connection that is up stays when its node is not allowed any more") {
  cluster c{{"a", "b"}, 1};
  CHECK(c.ping("a", "b"));
  CHECK(c.at("a").allow({cluster::atom_of("g")}));
  CHECK(c.ping("a", "b"));
  CHECK(c.nodes("a") == "b");
}

TEST_CASE("node: what is sent to a disallowed node is lost as if it was unreachable") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"b"}, seed};
    cluster::settings how;
    how.adjust = [](config& x) { x.allow = {"q@mem"}; };
    c.start("a", how);
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    x.does([to = y.id()](process& self) {
      self.monitor(to);
      self.send(to, term{1});
    });
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :y, :noconnection}"});
    CHECK(y.mail().empty());
    CHECK(c.nodes("b", dist::node_class::connected).empty());
  }
}

TEST_CASE("node: a hidden connection between two visible nodes") { // HID-08
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "d"}, seed};
    CHECK(c.ping("b", "d"));
    CHECK(c.at("a").connect_hidden("b@mem"));
    CHECK(c.at("a").connect_hidden("a@mem"));
    CHECK_FALSE(c.at("a").connect_hidden("nobody@mem"));
    c.advance(1s);
    using dist::node_class;
    for (auto& [one, other] : {std::pair{"a", "b"}, std::pair{"b", "a"}}) {
      CHECK(c.nodes(one).find(other) == std::string::npos);
      CHECK(c.nodes(one, node_class::hidden) == other);
    }
    CHECK(c.nodes("b") == "d");
    CHECK(c.nodes("d") == "b"); // nothing was told of a
    CHECK(c.disconnect("a", "b"));
    c.run();
    CHECK(c.ping("a", "b"));
    c.run();
    CHECK(c.nodes("a") == "b d");
    CHECK(c.at("a").connect_hidden("b@mem")); // is connected: nothing changes
    CHECK(c.nodes("a") == "b d");
  }
}
