#include "support/cluster.hpp"
#include "support/texts.hpp"
#include "troupe/actors/process_groups.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;
namespace pg = actors::pg;

constexpr uint64_t seeds = 20;

namespace {

void start_all(cluster& c, const std::vector<std::string>& names) {
  for (auto& name : names)
    CHECK(pg::start(c.at(name)).fresh);
  c.run();
}

void join(const puppet& x, const term& group) {
  x.plays([group](process& self) -> task<> {
    auto joining = pg::join(self, group, self.self());
    co_await std::move(joining);
  });
}

void leave(const puppet& x, const term& group) {
  x.plays([group](process& self) -> task<> {
    auto leaving = pg::leave(self, group, self.self());
    auto left = co_await std::move(leaving);
    self.send(self.self(), term{left});
  });
}

void monitor_scope(const puppet& x) {
  x.plays([](process& self) -> task<> {
    auto asking = pg::monitor_scope(self);
    auto now = co_await std::move(asking);
    self.send(self.self(), term{static_cast<int64_t>(now.groups.size())});
  });
}

/// What the scopes of a cluster say when asked by a process of theirs.
struct views {
  explicit views(cluster& x) : c(&x) {}

  std::vector<pid> members(const std::string& at, const term& group,
                           atom scope = pg::default_scope) {
    auto found = std::make_shared<std::vector<pid>>();
    c->at(at).spawn(
      [](process& self, std::shared_ptr<std::vector<pid>> out, term of, atom in) -> task<> {
        auto asking = pg::get_members(self, of, in);
        *out = co_await std::move(asking);
        std::ranges::sort(*out);
      },
      found, group, scope);
    c->run();
    return *found;
  }

  size_t groups(const std::string& at) {
    auto found = std::make_shared<size_t>();
    c->at(at).spawn(
      [](process& self, std::shared_ptr<size_t> out) -> task<> {
        auto asking = pg::which_groups(self);
        auto groups = co_await std::move(asking);
        *out = groups.size();
      },
      found);
    c->run();
    return *found;
  }

  cluster* c;
};

std::vector<pid> ids(std::vector<puppet> xs) {
  std::vector<pid> result;
  for (auto& x : xs)
    result.push_back(x.id());
  std::ranges::sort(result);
  return result;
}

void connect_all(cluster& c) {
  c.ping({{"a", "b"}, {"a", "c"}, {"b", "c"}});
  c.run();
}

} // namespace

TEST_CASE(
  "process_groups: without the scope nobody is a member and join ends with noproc (PG-00)") {
  cluster c{{"a"}, 1};
  views v{c};
  CHECK(v.members("a", 1).empty());
  CHECK(v.groups("a") == 0);
  auto x = c.spawn("a", "x");
  auto y = c.spawn("a", "y");
  y.does([to = x.id()](process& self) { self.monitor(to); });
  c.run();
  join(x, 1);
  c.run();
  CHECK(y.mail()
        == texts{"{:DOWN, :ref, :process, :x, {:noproc, {:gen_server, :call, "
                 "[:pg, {:join_local, 1, :x}, :infinity]}}}"});
}

TEST_CASE("process_groups: a scope has one process, which has its name") {
  cluster c{{"a"}, 1};
  auto first = pg::start(c.at("a"));
  CHECK(first.fresh);
  auto second = pg::start(c.at("a"));
  CHECK_FALSE(second.fresh);
  CHECK(second.id == first.id);
  CHECK(c.at("a").core().names().whereis(pg::default_scope) == first.id);
  CHECK_FALSE(pg::start(c.at("a"), atom{"undefined"}).id);
  c.run();
  auto x = c.spawn("a", "x", false);
  auto linked = std::make_shared<pid>();
  x.does([linked](process& self) { *linked = pg::start_link(self, atom{"mine"}).id; });
  c.run();
  CHECK(c.at("a").core().names().whereis(atom{"mine"}) == *linked);
  x.does([](process& self) { self.exit(exit_reason::shutdown); });
  c.run();
  CHECK_FALSE(c.at("a").core().names().whereis(atom{"mine"}));
}

TEST_CASE("process_groups: members of all nodes are known on all, only once they joined (PG-04)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    views v{c};
    if (seed % 2 == 0)
      connect_all(c);
    start_all(c, {"a", "b", "c"});
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    join(x, 1);
    join(y, 1);
    join(y, 1);
    if (seed % 2 != 0)
      connect_all(c);
    c.run();
    for (auto* at : {"a", "b", "c"})
      CHECK(v.members(at, 1) == ids({x, y, y}));
    leave(y, 1);
    leave(x, 2);
    c.run();
    CHECK(y.mail() == texts{"true"});
    CHECK(x.mail() == texts{"false"});
    for (auto* at : {"a", "b", "c"})
      CHECK(v.members(at, 1) == ids({x, y}));
    x.does([](process& self) { self.exit(exit_reason::kill); });
    leave(y, 1);
    c.run();
    for (auto* at : {"a", "b", "c"})
      CHECK(v.groups(at) == 0); // PG-05
  }
}

TEST_CASE("process_groups: only processes of this node may join (PG-03)") {
  cluster c{{"a", "b"}, 1};
  start_all(c, {"a", "b"});
  auto x = c.spawn("a", "x");
  auto y = c.spawn("b", "y");
  x.plays([other = y.id()](process& self) -> task<> {
    std::vector<pid> both{self.self(), other};
    auto joining = pg::join(self, 1, both);
    std::optional<term> reason;
    try {
      co_await std::move(joining);
    } catch (exit_request& e) {
      reason = e.reason;
    }
    self.send(self.self(), reason.value_or(term{}));
  });
  c.run();
  CHECK(x.mail() == texts{"{{:nolocal, :y}, []}"});
  CHECK(views{c}.members("a", 1).empty());
}

TEST_CASE("process_groups: monitors tell of every change, in order, until demonitored (PG-08)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    connect_all(c);
    start_all(c, {"a", "b"});
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto w = c.spawn("a", "w");
    join(y, 1);
    c.run();
    w.plays([](process& self) -> task<> {
      auto asking = pg::monitor(self, 1);
      auto now = co_await std::move(asking);
      auto waiting = self.receive<pg::change>();
      auto got = co_await std::move(waiting);
      self.send(self.self(), term{got.ref == now.ref && got.type == pg::change::kind::join
                                  && got.who.size() == 1 && now.members.size() == 1});
      auto pause = self.sleep(1s);
      co_await std::move(pause); // more changes queue up
      auto ending = pg::demonitor(self, now.ref);
      auto ended = co_await std::move(ending);
      self.send(self.self(), term{ended});
      auto again = pg::demonitor(self, now.ref);
      auto once_more = co_await std::move(again);
      self.send(self.self(), term{once_more});
    });
    c.run();
    join(x, 2);
    join(x, 1);
    leave(y, 1);
    c.run();
    c.advance(2s);
    join(x, 1);
    c.run();
    CHECK(w.mail() == texts{"true", "true", "false"});

    auto s = c.spawn("b", "s");
    monitor_scope(s);
    c.run();
    CHECK(s.mail() == texts{"2"});
    x.does([](process& self) { self.exit(exit_reason::kill); });
    c.run();
    CHECK(
      s.mail()
      == texts{"{:ref, :leave, 1, [:x]}", "{:ref, :leave, 1, [:x]}", "{:ref, :leave, 2, [:x]}"});
  }
}

TEST_CASE("process_groups: a lost node takes its members, a new connection brings them (PG-06)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    views v{c};
    connect_all(c);
    start_all(c, {"a", "b"});
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto w = c.spawn("a", "w");
    join(x, 1);
    join(y, 1);
    monitor_scope(w);
    c.run();
    static_cast<void>(w.mail());
    if (seed % 3 == 0) {
      c.cut("a", "b");
    } else if (seed % 3 == 1) {
      c.cut("a", "b", cluster::ending::reset);
    } else {
      c.silence("a", "b");
      c.advance(80s);
    }
    c.run();
    CHECK(w.mail() == texts{"{:ref, :leave, 1, [:y]}"});
    CHECK(v.members("a", 1) == ids({x}));
    CHECK(v.members("b", 1) == ids({y}));
    auto z = c.spawn("b", "z");
    join(z, 1);
    leave(y, 1);
    c.run();
    CHECK(c.nodes("a").empty()); // telling of it connects to nobody
    c.heal("a", "b");
    CHECK(c.ping("a", "b"));
    c.run();
    CHECK(w.mail() == texts{"{:ref, :join, 1, [:z]}"});
    CHECK(v.members("a", 1) == ids({x, z}));
    CHECK(v.members("b", 1) == ids({x, z}));
  }
}

TEST_CASE("process_groups: telling of changes connects no node that was disconnected") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    connect_all(c);
    start_all(c, {"a", "b"});
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    c.at("a").kernel()->disconnect(cluster::atom_of("b"), [](bool) {});
    for (int i = 0; i < 10; ++i) {
      join(x, i);
      join(y, i);
    }
    c.run();
    CHECK(c.nodes("a").empty());
  }
}
