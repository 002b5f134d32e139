#include "support/global_bench.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <random>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::global_bench;
using test::puppet;
using test::texts;
namespace global = actors::global;

constexpr uint64_t seeds = 10;

namespace {

const term n{atom{"n"}};

/// Keeps the process on the greater node; written down once per call.
std::vector<term> decisions;
task<pid> keep_greater(process&, term name, pid x, pid y) {
  decisions.push_back(std::move(name));
  co_return x.node < y.node ? y : x;
}

task<pid> fail(process& self, term, pid, pid) {
  self.exit(atom{"boom"});
  co_return pid{};
}

/// Nodes a and b, which gave one name to two processes while they were apart.
struct halves {
  halves(uint64_t seed, const global::resolver& how)
    : g{{"a", "b"}, seed}, p(g.c.spawn("a", "p")), q(g.c.spawn("b", "q")) {
    if (seed % 2 == 0) { // they were connected before
      g.connect();
      g.c.cut("a", "b");
      g.c.advance(1s);
      g.c.heal("a", "b");
    }
    CHECK(g.register_name("a", n, p.id(), how));
    CHECK(g.register_name("b", n, q.id(), how));
    CHECK(g.register_name("b", 7, g.c.spawn("b", "r").id(), how));
    CHECK(g.whereis("a", 7) == pid{});
    for (auto* x : {"a", "b"})
      g.c.log(x);
    g.connect();
    g.c.advance(2s);
    CHECK(g.whereis("a", 7) == g.whereis("b", 7));
    CHECK(g.whereis("a", 7));
  }

  pid holder() {
    CHECK(g.whereis("a", n) == g.whereis("b", n));
    return g.whereis("a", n);
  }

  global_bench g;
  puppet p, q;
};

} // namespace

TEST_CASE("global_names: in a split each side drops the other side's names (G-21)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{{"a", "b", "c"}, seed};
    g.connect();
    auto p = g.c.spawn("a", "p"), q = g.c.spawn("c", "q");
    CHECK(g.register_name("b", n, p.id()));
    for (auto* x : {"a", "b"})
      g.c.cut(x, "c");
    g.c.advance(1s);
    CHECK(g.whereis("b", n) == p.id());
    CHECK(g.whereis("c", n) == pid{});
    CHECK(g.register_name("c", n, q.id()));
    CHECK(g.whereis("c", n) == q.id());
    CHECK(g.whereis("b", n) == p.id());
  }
}

TEST_CASE("global_names: when halves meet the process on the greater node is killed (G-09)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    halves x{seed, {}};
    CHECK(x.holder() == x.p.id());
    CHECK(x.p.is_alive());
    CHECK_FALSE(x.q.is_alive());
    CHECK(x.g.c.log("b").empty());
    auto lines = x.g.c.log("a");
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().starts_with("info: global: Name conflict terminating {:n, #PID<"));
  }
}

TEST_CASE("global_names: random_notify_name tells the loser, who lives (G-10)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    halves x{seed, global::resolver::random_notify()};
    CHECK(x.holder() == x.p.id());
    CHECK(x.p.mail().empty());
    CHECK(x.q.mail() == texts{"{:global_name_conflict, :n}"});
    CHECK(x.q.is_alive());
  }
}

TEST_CASE("global_names: notify_all_name tells both, and the name is free (G-11)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    halves x{seed, global::resolver::notify_all()};
    CHECK(x.holder() == pid{});
    CHECK(x.p.mail() == texts{"{:global_name_conflict, :n, :q}"});
    CHECK(x.q.mail() == texts{"{:global_name_conflict, :n, :p}"});
  }
}

TEST_CASE("global_names: a resolver of one's own decides, once per clash (G-12)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    decisions.clear();
    halves x{seed, global::resolver::of<keep_greater>()};
    CHECK(x.holder() == x.q.id());
    CHECK(x.p.is_alive());
    CHECK(decisions == std::vector<term>{n});
    halves y{seed, global::resolver::of<fail>()};
    CHECK(y.holder() == pid{});
    CHECK(y.p.is_alive());
    CHECK(y.q.is_alive());
  }
}

TEST_CASE("global_names: hidden connections, and nodes that do not connect to all, share no names "
          "(HID-05, MESH-02)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{{"a", "b"}, seed};
    cluster::settings how;
    how.hidden = seed % 2 == 0;
    how.connect_all = how.hidden;
    g.c.start("x", how);
    g.start("x");
    g.connect();
    g.c.ping("x", "a");
    g.c.ping("b", "x");
    auto p = g.c.spawn("a", "p"), q = g.c.spawn("x", "q");
    CHECK(g.register_name("a", n, p.id()));
    CHECK(g.whereis("x", n) == pid{});
    CHECK(g.register_name("x", n, q.id()));
    g.c.advance(2s);
    CHECK(g.whereis("b", n) == p.id());
    CHECK(g.whereis("x", n) == q.id());
    CHECK(g.register_name("b", 5, q.id())); // its process may have a name all the same
    CHECK(g.whereis("a", 5) == q.id());
    auto synced = g.ask<bool>("a", [](process& self) -> task<bool> {
      auto syncing = global::sync(self);
      co_await std::move(syncing);
      co_return true;
    });
    CHECK(synced == true); // which does not wait for x
    g.c.kill("x");
    g.c.advance(2s);
    CHECK(g.whereis("a", 5) == pid{});
    CHECK(g.is_whole());
  }
}

namespace {

/// Nodes whose processes take and leave names while connections and nodes come and go.
struct storm {
  explicit storm(uint64_t seed) : g{{"a", "b", "c", "d"}, seed}, random{seed} { g.connect(); }

  std::string any() { return g.names[random() % g.names.size()]; }
  term name() { return static_cast<int64_t>(random() % 3); }

  void move() {
    auto x = any(), y = any();
    auto who = g.c.at(y).spawn([](process& self) -> task<> {
      auto waiting = self.receive<term>();
      co_await std::move(waiting);
    });
    g.c.call(who, "w" + std::to_string(++last));
    switch (random() % 4) {
      case 0:
      case 1: g.begin<bool>(x, g.registering(name(), who)); break;
      case 2:
        g.begin<bool>(x, [which = name(), who](process& self) -> task<bool> {
          auto setting = global::re_register_name(self, which, who);
          co_await std::move(setting);
          co_return true;
        });
        break;
      default:
        g.begin<bool>(x, [which = name()](process& self) -> task<bool> {
          auto taking = global::unregister_name(self, which);
          co_await std::move(taking);
          co_return true;
        });
    }
  }

  void shake() {
    auto x = any(), y = any();
    if (x == y)
      return g.c.advance(std::chrono::milliseconds{random() % 500});
    switch (random() % 8) {
      case 0: return g.c.cut(x, y);
      case 1: return g.c.cut(x, y, cluster::ending::reset);
      case 2:
      case 3: return g.c.heal(x, y);
      case 4: g.c.at(x).kernel()->disconnect(cluster::atom_of(y), [](bool) {}); return;
      case 5:
      case 6: g.c.at(x).kernel()->connect(cluster::atom_of(y), [](bool) {}); return;
      default: g.c.restart(x); g.start(x);
    }
  }

  void settle() {
    for (auto& x : g.names)
      for (auto& y : g.names)
        if (x < y)
          g.c.heal(x, y);
    g.c.advance(20s); // what was cut is noticed, and acted upon
    for (int i = 0; i < 5 && !g.is_whole(); ++i) {
      g.connect();
      g.c.advance(10s);
    }
  }

  /// Every node has the same names, each with one live holder.
  void check() {
    CHECK(g.is_whole());
    auto all = g.registered("a");
    for (auto& x : g.names) {
      CAPTURE(x);
      CHECK(g.registered(x) == all);
      for (auto& one : all) {
        auto holder = g.whereis("a", one);
        CHECK(holder);
        CHECK(g.whereis(x, one) == holder);
        auto home = std::string{holder.node.text().substr(0, 1)};
        CHECK(g.c.at(home).core().processes().find(holder.id).handle);
      }
    }
    for (auto& x : g.names) { // and nothing is left locked
      auto fresh = g.c.spawn(x, "fresh");
      CHECK(g.re_register_name(x, atom{"fresh"}, fresh.id()));
      CHECK(g.whereis("a", atom{"fresh"}) == fresh.id());
    }
  }

  global_bench g;
  std::mt19937_64 random;
  uint64_t last = 0;
};

} // namespace

TEST_CASE("global_names: whatever happened, whole clusters agree on names with live holders") {
  for (uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    CAPTURE(seed);
    storm s{seed};
    for (int i = 0; i < 60; ++i) {
      if (s.random() % 2 == 0)
        s.move();
      else
        s.shake();
      s.g.c.advance(std::chrono::milliseconds{s.random() % 60});
    }
    s.settle();
    s.check();
  }
}
