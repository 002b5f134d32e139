#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

const dist::node_monitor::options with_reason = [] {
  dist::node_monitor::options result;
  result.shape = dist::node_monitor::options::form::list;
  result.reason = true;
  return result;
}();

/// What `watcher` hears of the end of a connection between a and b that `trouble` brings about.
texts events_of(uint64_t seed, const std::string& watcher,
                const std::function<void(cluster&)>& trouble) {
  cluster c{{"a", "b"}, seed};
  auto x = c.spawn(watcher, "x");
  c.at(watcher).monitor_nodes(x.id(), with_reason, true);
  CHECK(c.ping("a", "b"));
  c.run();
  CHECK(x.mail().size() == 1);
  trouble(c);
  c.run();
  CHECK(c.nodes(watcher).empty());
  return x.mail();
}

texts down(const std::string& node, const std::string& reason) {
  return {"{:nodedown, :" + node + "@mem, [nodedown_reason: :" + reason + "]}"};
}

} // namespace

TEST_CASE("node_monitor: node_down tells why") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    auto leave = [](cluster& c) { CHECK(c.disconnect("a", "b")); };
    CHECK(events_of(seed, "a", leave) == down("b", "disconnect"));
    CHECK(events_of(seed, "b", leave) == down("a", "connection_closed"));
    auto stop = [](cluster& c) { c.stop("b"); };
    CHECK(events_of(seed, "a", stop) == down("b", "connection_closed"));
    auto kill = [](cluster& c) { c.kill("b", cluster::ending::reset); };
    CHECK(events_of(seed, "a", kill) == down("b", "connection_closed"));
    auto cut = [](cluster& c) { c.cut("a", "b"); };
    CHECK(events_of(seed, "a", cut) == down("b", "connection_closed"));
    CHECK(events_of(seed, "b", cut) == down("a", "connection_closed"));
    auto silence = [](cluster& c) {
      c.silence("a", "b");
      c.advance(76s);
      auto log = c.log("a");
      REQUIRE(log.size() == 1);
      CHECK(log[0]
            == "error: ** Node :b@mem not responding **\n** Removing (timedout) connection **");
    };
    CHECK(events_of(seed, "a", silence) == down("b", "net_tick_timeout"));
    CHECK(events_of(seed, "b",
                    [](cluster& c) {
                      c.silence("a", "b");
                      c.advance(76s);
                    })
          == down("a", "net_tick_timeout"));
  }
}

TEST_CASE(
  "node_monitor: node_up is the first that comes from a node, and its name is in nodes then") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("b", "x");
    auto y = c.spawn("a", "y");
    c.at("b").monitor_nodes(x.id(), {}, true);
    y.does([to = x.id()](process& self) { self.send(to, term{atom{"hello"}}); });
    c.run();
    CHECK(x.mail() == texts{"{:nodeup, :a@mem}", ":hello"});
    CHECK(c.disconnect("a", "b"));
    c.run();
    CHECK(x.mail() == texts{"{:nodedown, :a@mem}"});
    x.plays([](process& self) -> task<> {
      auto waiting = self.receive<term>();
      co_await std::move(waiting);
      auto count = self.home().nodes().size();
      self.send(self.self(), term{count});
    });
    CHECK(c.ping("b", "a"));
    c.run();
    CHECK(x.mail() == texts{"1"});
  }
}

TEST_CASE(
  "node_monitor: node_down comes once, after all that the node sent, and its name is gone then") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("b", "x");
    auto y = c.spawn("a", "y");
    CHECK(c.ping("a", "b"));
    c.run();
    c.at("b").monitor_nodes(x.id(), {}, true);
    x.does([to = y.id()](process& self) {
      self.monitor(to);
      self.link(to);
    });
    c.run();
    y.does([to = x.id()](process& self) {
      for (int i = 1; i <= 5; ++i)
        self.send(to, term{i});
    });
    CHECK(c.run_until([&] { return y.is_idle(); }));
    auto stopped = seed % 2 == 0;
    if (stopped)
      c.stop("a");
    else
      c.kill("a"); // what has not left yet is lost
    c.run();
    texts expected{"1", "2", "3", "4", "5"};
    auto mail = x.mail();
    REQUIRE(mail.size() >= 3);
    if (!stopped)
      expected.resize(mail.size() - 3);
    expected.insert(expected.end(),
                    {"{:EXIT, :y, :noconnection}", "{:DOWN, :ref, :process, :y, :noconnection}",
                     "{:nodedown, :a@mem}"});
    CHECK(mail == expected);
    CHECK(c.nodes("b").empty());
  }
}

TEST_CASE("node_monitor: subscriptions count, and one call ends all with the same options") {
  cluster c{{"a", "b"}, 3};
  auto x = c.spawn("a", "x");
  for (auto i : {1, 2})
    c.at("a").monitor_nodes(x.id(), {}, i > 0);
  c.at("a").monitor_nodes(x.id(), with_reason, true);
  CHECK(c.ping("a", "b"));
  c.run();
  auto mail = x.mail();
  std::ranges::sort(mail);
  CHECK(mail == texts{"{:nodeup, :b@mem, []}", "{:nodeup, :b@mem}", "{:nodeup, :b@mem}"});
  c.at("a").monitor_nodes(x.id(), {}, false);
  CHECK(c.disconnect("a", "b"));
  c.run();
  CHECK(x.mail() == down("b", "disconnect"));
}

TEST_CASE("node_monitor: monitor_node stacks, fires once, and connects") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto b = cluster::atom_of("b");
    for (auto on : {true, true, true, false})
      c.at("a").monitor_node(x.id(), b, on);
    c.run();
    CHECK(c.nodes("a") == "b");
    CHECK(x.mail().empty());
    c.cut("a", "b");
    c.run();
    CHECK(x.mail() == texts{"{:nodedown, :b@mem}", "{:nodedown, :b@mem}"});
    c.heal("a", "b");
    CHECK(c.ping("a", "b"));
    c.kill("b");
    c.run();
    CHECK(x.mail().empty());
    c.at("a").monitor_node(x.id(), b, true);
    c.run();
    CHECK(x.mail() == texts{"{:nodedown, :b@mem}"});
    c.at("a").monitor_node(x.id(), cluster::atom_of("a"), true);
    c.at("a").monitor_node(x.id(), b, false);
    c.run();
    CHECK(x.mail().empty());
  }
}
