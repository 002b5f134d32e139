#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using dist::node_class;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

TEST_CASE("net_kernel: who connects to one node of a mesh is connected to all") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c", "d"}, seed};
    CHECK(c.ping("a", "b"));
    CHECK(c.ping("c", "d"));
    c.advance(2s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.ping("b", "c"));
    c.advance(2s);
    CHECK(c.nodes("a") == "b c d");
    CHECK(c.nodes("b") == "a c d");
    CHECK(c.nodes("c") == "a b d");
    CHECK(c.nodes("d") == "a b c");
    c.advance(1min);
    for (auto x : {"a", "b", "c", "d"})
      CHECK(c.log(x).empty());
  }
}

TEST_CASE("net_kernel: nodes that do not want the mesh keep to whom they dial") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster::settings alone;
    alone.connect_all = false;
    cluster c{{"a", "b", "c"}, seed, alone};
    CHECK(c.ping("a", "b"));
    CHECK(c.ping("b", "c"));
    c.advance(2s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a c");
    CHECK(c.nodes("c") == "b");
  }
}

TEST_CASE("net_kernel: a hidden node is seen as such from both sides and stays out of the mesh") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    cluster::settings hidden;
    hidden.hidden = true;
    c.start("h", hidden);
    auto plain = c.spawn("a", "plain");
    auto all = c.spawn("a", "all");
    c.at("a").monitor_nodes(plain.id(), {}, true);
    dist::node_monitor::options opts;
    opts.which = dist::node_monitor::options::nodes::all;
    opts.shape = dist::node_monitor::options::form::list;
    opts.node_type = true;
    c.at("a").monitor_nodes(all.id(), opts, true);
    if (seed % 2 == 0)
      CHECK(c.ping("h", "a"));
    else
      CHECK(c.ping("a", "h"));
    CHECK(c.ping("a", "b"));
    c.advance(2s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("a", node_class::hidden) == "h");
    CHECK(c.nodes("a", node_class::connected) == "b h");
    CHECK(c.nodes("h").empty());
    CHECK(c.nodes("h", node_class::hidden) == "a");
    CHECK(c.nodes("b", node_class::connected) == "a");
    CHECK(plain.mail() == texts{"{:nodeup, :b@mem}"});
    CHECK(all.mail()
          == texts{"{:nodeup, :h@mem, [node_type: :hidden]}",
                   "{:nodeup, :b@mem, [node_type: :visible]}"});
    auto there = c.spawn("h", "there");
    plain.does([to = there.id()](process& self) {
      self.link(to);
      self.send(to, term{1});
    });
    c.advance(2s);
    CHECK(there.mail() == texts{"1"});
    c.disconnect("h", "a");
    c.advance(2s);
    CHECK(plain.mail() == texts{"{:EXIT, :there, :noconnection}"});
    CHECK(all.mail() == texts{"{:nodedown, :h@mem, [node_type: :hidden]}"});
  }
}

TEST_CASE("net_kernel: survivors of a node that dies stay connected") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    CHECK(c.ping({{"a", "b"}, {"b", "c"}}) == std::vector<bool>{true, true});
    c.advance(2s);
    if (seed % 2 == 0)
      c.kill("b");
    else
      c.stop("b");
    c.advance(2s);
    CHECK(c.nodes("a") == "c");
    CHECK(c.nodes("c") == "a");
    CHECK(c.log("a").empty());
    CHECK(c.log("c").empty());
  }
}
