#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/process_groups.hpp"
#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <set>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;
namespace pg = actors::pg;

constexpr uint64_t seeds = 20;

namespace {

const std::vector<std::string> names{"a", "b", "c"};

std::vector<pid> members(cluster& c, const std::string& at, bool local, const term& group,
                         atom scope = pg::default_scope) {
  auto found = std::make_shared<std::vector<pid>>();
  c.at(at).spawn(
    [](process& self, std::shared_ptr<std::vector<pid>> out, bool here, term of,
       atom in) -> task<> {
      auto asking = here ? pg::get_local_members(self, of, in) : pg::get_members(self, of, in);
      *out = co_await std::move(asking);
      std::ranges::sort(*out);
    },
    found, local, group, scope);
  c.run();
  return *found;
}

void join(const puppet& x, const term& group, atom scope = pg::default_scope) {
  x.plays([group, scope](process& self) -> task<> {
    auto joining = pg::join(self, group, self.self(), scope);
    co_await std::move(joining);
  });
}

void leave(const puppet& x, const term& group) {
  x.plays([group](process& self) -> task<> {
    auto leaving = pg::leave(self, group, self.self());
    co_await std::move(leaving);
  });
}

void connect_all(cluster& c) {
  c.ping({{"a", "b"}, {"a", "c"}, {"b", "c"}});
  c.run();
}

/// Every node sees the local members of all nodes.
void check_agreement(cluster& c, const term& group) {
  std::vector<pid> expected;
  for (auto& name : names)
    std::ranges::copy(members(c, name, true, group), std::back_inserter(expected));
  std::ranges::sort(expected);
  for (auto& name : names) {
    CAPTURE(name);
    CHECK(members(c, name, false, group) == expected);
  }
}

/// Keeps the members of all groups by what a monitor of the scope tells.
struct follower {
  using groups = std::map<int64_t, std::multiset<pid>>;

  follower(cluster& c, const std::string& at) : now(std::make_shared<groups>()) {
    c.at(at).spawn(run, now);
  }

  static task<> run(process& self, std::shared_ptr<groups> now) {
    auto asking = pg::monitor_scope(self);
    auto first = co_await std::move(asking);
    for (auto& [group, who] : first.groups)
      (*now)[group.as_integer()].insert(who.begin(), who.end());
    for (;;) {
      auto waiting = self.receive<pg::change>();
      auto x = co_await std::move(waiting);
      auto& of = (*now)[x.group.as_integer()];
      for (auto& who : x.who)
        if (x.type == pg::change::kind::join)
          of.insert(who);
        else if (auto i = of.find(who); i != of.end())
          of.erase(i);
        else
          self.exit(atom{"left_without_join"});
    }
  }

  [[nodiscard]] std::vector<pid> of(int64_t group) const {
    auto& x = (*now)[group];
    return {x.begin(), x.end()};
  }

  std::shared_ptr<groups> now;
};

/// Nodes with scopes whose processes join and leave while connections come and go.
struct storm {
  explicit storm(uint64_t seed) : c{names, seed}, random{seed} {
    for (auto& name : names) {
      pg::start(c.at(name));
      if (random() % 2 == 0)
        c.run();
    }
    if (random() % 2 == 0)
      connect_all(c);
  }

  std::string any() { return names[random() % names.size()]; }

  void move() {
    auto& x = crowd[random() % crowd.size()];
    term group{static_cast<int64_t>(random() % 2)};
    switch (random() % 3) {
      case 0: return join(x, group);
      case 1: return leave(x, group);
      case 2: return c.advance(std::chrono::milliseconds{random() % 50});
    }
  }

  void shake() {
    auto x = any();
    auto y = any();
    switch (random() % 6) {
      case 0: return x == y ? void() : c.cut(x, y);
      case 1: return x == y ? void() : c.cut(x, y, cluster::ending::reset);
      case 2: return x == y ? void() : c.heal(x, y);
      case 3: c.disconnect(x, y); return;
      case 4: c.ping(x, y); return;
      case 5:
        for (auto* one : {"a", "b"})
          c.at(one).kernel()->connect(cluster::atom_of("c"), [](bool) {});
        return;
    }
  }

  void settle() {
    for (auto& x : names)
      for (auto& y : names)
        if (x < y)
          c.heal(x, y);
    c.advance(20s);
    connect_all(c);
    c.run();
  }

  cluster c;
  std::mt19937_64 random;
  std::vector<puppet> crowd;
};

} // namespace

TEST_CASE("process_groups: whatever connections did, connected nodes agree, and events add up") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    storm s{seed};
    for (size_t i = 0; i < 9; ++i)
      s.crowd.push_back(s.c.spawn(names[i % 3], "p" + std::to_string(i)));
    std::map<std::string, follower> followers;
    for (auto& name : names)
      followers.emplace(name, follower{s.c, name});
    s.c.run();
    for (int i = 0; i < 60; ++i) {
      s.move();
      if (s.random() % 4 == 0)
        s.shake();
    }
    s.settle();
    REQUIRE(std::ranges::all_of(s.crowd, &puppet::is_idle));
    for (int64_t group : {0, 1}) {
      check_agreement(s.c, group);
      for (auto& [name, f] : followers) {
        CAPTURE(name);
        CHECK(f.of(group) == members(s.c, name, false, group));
      }
    }
  }
}

TEST_CASE("process_groups: joins while two scopes meet are not lost") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    c.ping("a", "b");
    pg::start(c.at("a"));
    if (seed % 2 == 0) // one is there already
      c.run();
    pg::start(c.at("b"));
    for (int i = 0; i < 5; ++i) { // spread over the exchange
      join(x, 1);
      join(y, 1);
      c.run_until([n = seed % 7 + 1]() mutable { return n-- == 0; });
    }
    leave(x, 1);
    c.run();
    auto expected = std::vector<pid>(9, y.id());
    std::fill_n(expected.begin(), 4, x.id());
    std::ranges::sort(expected);
    for (auto* at : {"a", "b"})
      CHECK(members(c, at, false, 1) == expected);
  }
}

TEST_CASE(
  "process_groups: a node that starts again under its name brings nothing of its old life") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    c.ping("a", "b");
    pg::start(c.at("a"));
    pg::start(c.at("b"));
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    join(x, 1);
    join(y, 1);
    c.run();
    if (seed % 2 == 0) {
      c.restart("b");
    } else {
      c.power_off("b");
      c.restart("b");
    }
    c.ping("b", "a");
    pg::start(c.at("b"));
    auto z = c.spawn("b", "z");
    join(z, 1);
    c.advance(100s);
    std::vector<pid> expected{x.id(), z.id()};
    std::ranges::sort(expected);
    for (auto* at : {"a", "b"})
      CHECK(members(c, at, false, 1) == expected);
  }
}

TEST_CASE("process_groups: a scope that ends forgets its members and others forget them, too") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    c.ping("a", "b");
    pg::start(c.at("a"));
    auto scope = pg::start(c.at("b")).id;
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    join(x, 1);
    join(y, 1);
    c.run();
    y.does([scope](process& self) { self.exit(scope, exit_reason::kill); });
    c.run();
    CHECK(members(c, "a", false, 1) == std::vector{x.id()});
    CHECK(members(c, "b", false, 1).empty());
    CHECK(pg::start(c.at("b")).fresh);
    c.run();
    CHECK(members(c, "b", false, 1) == std::vector{x.id()});
    CHECK(members(c, "a", false, 1) == std::vector{x.id()});
  }
}

TEST_CASE("process_groups: scopes know nothing of each other, nor hidden nodes (PG-04, PG-14)") {
  cluster c{{"a", "b"}, 1};
  cluster::settings unseen;
  unseen.hidden = true;
  c.start("h", unseen);
  c.ping({{"a", "b"}, {"h", "a"}});
  c.run();
  const atom other{"other"};
  for (auto* at : {"a", "h"})
    pg::start(c.at(at));
  for (auto* at : {"a", "b"})
    pg::start(c.at(at), other);
  auto x = c.spawn("a", "x");
  auto h = c.spawn("h", "h");
  join(x, 1);
  join(h, 1);
  join(x, 2, other);
  c.run();
  CHECK(members(c, "a", false, 1) == std::vector{x.id()});
  CHECK(members(c, "h", false, 1) == std::vector{h.id()});
  CHECK(members(c, "b", false, 1).empty());
  CHECK(members(c, "b", false, 2, other) == std::vector{x.id()});
  CHECK(members(c, "a", false, 1, other).empty());
}
