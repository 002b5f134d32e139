#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

/// A process of the next life with the number that `old` had in the last one.
std::optional<puppet> with_number(cluster& c, const std::string& node, const pid& old) {
  for (int i = 0; i < 100; ++i)
    if (auto p = c.spawn(node, "stranger"); p.id().id == old.id)
      return p;
  return std::nullopt;
}

} // namespace

TEST_CASE(
  "pid: one of an earlier life is gone, and never the process with its number in the next") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto old = c.spawn("b", "old");
    auto name = old.id();
    CHECK(c.ping("a", "b"));
    c.run();
    c.restart("b");
    c.run();
    auto stranger = with_number(c, "b", name);
    REQUIRE(stranger);
    CHECK(stranger->id() != name);
    x.does([name](process& self) {
      self.send(name, term{1});
      self.exit(name, exit_reason::kill);
      self.link(name);
      self.monitor(name);
      self.unlink(name);
      self.send(name, term{2});
    });
    c.run();
    CHECK(c.nodes("a") == "b");
    CHECK(stranger->is_alive());
    CHECK(stranger->mail().empty());
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :old, :noproc}"});
    x.does([name](process& self) { self.link(name); });
    c.run();
    CHECK(x.mail() == texts{"{:EXIT, :old, :noproc}"});
    // The new life itself gets to see the old name.
    stranger->does([name](process& self) {
      self.send(name, term{3});
      self.monitor(name);
    });
    c.run();
    CHECK(stranger->mail() == texts{"{:DOWN, :ref, :process, :old, :noproc}"});
  }
}

TEST_CASE(
  "connection_table: the newer life of a node wins, old relations end once, and before it is up") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    x.does([to = y.id()](process& self) {
      self.link(to);
      self.monitor(to);
    });
    c.run();
    c.at("a").monitor_nodes(x.id(), {}, true);
    // The machine comes back before its silence is noticed.
    c.power_off("b");
    c.advance(std::chrono::seconds{seed % 30});
    CHECK(c.nodes("a") == "b");
    c.restart("b");
    switch (seed % 3) {
      case 0: CHECK(c.ping("b", "a")); break;
      case 1: CHECK(c.ping({{"b", "a"}, {"a", "b"}}).front()); break;
      case 2: {
        c.ping("a", "b"); // goes out on the dead connection, which is found out
        CHECK(c.ping("a", "b"));
        break;
      }
    }
    c.advance(2s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a");
    CHECK(x.mail()
          == texts{"{:EXIT, :y, :noconnection}", "{:DOWN, :ref, :process, :y, :noconnection}",
                   "{:nodedown, :b@mem}", "{:nodeup, :b@mem}"});
    c.advance(3min);
    CHECK(x.mail().empty());
    CHECK(c.nodes("b") == "a");
    CHECK(c.log("a").empty());
  }
}

TEST_CASE(
  "net_kernel: one side that lost the connection unnoticed by the other dials and gets a new one") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    y.does([to = x.id()](process& self) { self.link(to); });
    c.run();
    c.at("a").monitor_nodes(x.id(), {}, true);
    // b gives the connection up while nothing gets through to a.
    c.silence("a", "b");
    CHECK(c.disconnect("b", "a"));
    c.advance(seed % 2 == 0 ? 0s : 2s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b").empty());
    c.heal("a", "b");
    auto pairs = std::vector<std::pair<std::string, std::string>>{{"b", "a"}};
    if (seed % 3 == 0)
      pairs.emplace_back("a", "b");
    CHECK(c.ping(pairs).front());
    c.advance(10s);
    CHECK(c.nodes("a") == "b");
    CHECK(c.nodes("b") == "a");
    CHECK(x.mail()
          == texts{"{:EXIT, :y, :noconnection}", "{:nodedown, :b@mem}", "{:nodeup, :b@mem}"});
    CHECK(y.mail() == texts{"{:EXIT, :x, :noconnection}"});
    CHECK(c.log("a").empty());
    CHECK(c.log("b").empty());
  }
}

TEST_CASE("net_kernel: whatever happens to the network, in the end the nodes agree") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    cluster::settings how;
    how.ticktime = 4s;
    cluster c{{"a", "b", "c"}, seed, how};
    std::vector<puppet> all;
    const std::vector<std::string> names{"a", "b", "c"};
    for (auto& n : names)
      all.push_back(c.spawn(n, n));
    std::mt19937_64 random{seed};
    for (int i = 0; i < 30; ++i) {
      auto& n = names[random() % 3];
      auto& m = names[random() % 3];
      if (n != m)
        switch (random() % 8) {
          case 0: c.cut(n, m); break;
          case 1: c.cut(n, m, cluster::ending::reset); break;
          case 2: c.silence(n, m); break;
          case 3: c.network().mute(n, m); break;
          case 4: c.freeze(n); break;
          case 5: c.thaw(n); break;
          default: c.heal(n, m); break;
        }
      auto& p = all[random() % 3];
      auto& q = all[random() % 3];
      p.does([to = q.id(), i](process& self) {
        if (to == self.self())
          return;
        self.link(to);
        self.monitor(to);
        self.send(to, term{i});
      });
      c.advance(std::chrono::milliseconds{random() % 3000});
    }
    for (auto& n : names) {
      c.thaw(n);
      for (auto& m : names)
        c.heal(n, m);
    }
    c.advance(30s);
    c.ping({{"a", "b"}, {"b", "c"}, {"c", "a"}});
    c.advance(30s);
    CHECK(c.nodes("a") == "b c");
    CHECK(c.nodes("b") == "a c");
    CHECK(c.nodes("c") == "a b");
    for (size_t i = 0; i < 3; ++i)
      c.at(names[i]).core().deliver([&] {
        signal s;
        s.type = signal::kind::exit;
        s.from = s.to = all[i].id();
        s.value = exit_reason::kill;
        return s;
      }());
    c.advance(30s);
    for (auto& n : names) {
      auto counts = c.at(n).kernel()->snapshot();
      CHECK(counts.connections == 2);
      CHECK(counts.handshakes == 0);
      CHECK(counts.links == 0);
      CHECK(counts.monitors == 0);
      CHECK(counts.held == 0);
    }
  }
}
