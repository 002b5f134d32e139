#include "support/global_bench.hpp"
#include "support/texts.hpp"

#include "troupe/actors/server.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::global_bench;
using test::texts;
namespace global = actors::global;
namespace server = actors::server;

constexpr uint64_t seeds = 10;

namespace {

const std::vector<std::string> three{"a", "b", "c"};
const term n{atom{"n"}};

} // namespace

TEST_CASE("global_names: with yes the name is known on all connected nodes (G-01)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto p = g.c.spawn("a", "p"), q = g.c.spawn("b", "q");
    CHECK(g.register_name("a", n, p.id()));
    for (auto& x : three) // nothing ran since
      CHECK(g.whereis(x, n) == p.id());
    for (auto& x : three)
      CHECK_FALSE(g.register_name(x, n, q.id()));
    CHECK(g.registered("c") == std::vector<term>{n});
    CHECK(g.whereis("b", atom{"other"}) == pid{});
  }
}

TEST_CASE("global_names: of many that register one name at once exactly one is told yes (G-01)") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{{"a", "b", "c", "d", "e"}, seed};
    g.connect();
    std::vector<std::shared_ptr<global_bench::waiting<bool>>> all;
    std::vector<pid> who;
    for (auto& x : g.names)
      who.push_back(g.c.spawn(x, "p" + x).id());
    for (size_t i = 0; i < who.size(); ++i)
      all.push_back(g.begin(g.names[i], g.registering(n, who[i])));
    auto begun = g.c.now();
    g.c.run_until([&] { return std::ranges::all_of(all, [](auto& x) { return x->done; }); }, 60s);
    CHECK(g.c.now() - begun < 5s);
    CHECK(std::ranges::count_if(all, [](auto& x) { return x->value == true; }) == 1);
    auto winner = static_cast<size_t>(
      std::ranges::find_if(all, [](auto& x) { return x->value == true; }) - all.begin());
    REQUIRE(winner < who.size());
    for (auto& x : g.names)
      CHECK(g.whereis(x, n) == who[winner]);
  }
}

TEST_CASE("global_names: who joins learns all names, and sync waits for them (G-02)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    auto p = g.c.spawn("a", "p"), q = g.c.spawn("b", "q");
    CHECK(g.register_name("a", n, p.id()));
    CHECK(g.register_name("b", 1.5, q.id()));
    CHECK(g.c.connect("a", "c"));
    auto known = g.ask<bool>("c", [](process& self) -> task<bool> {
      auto syncing = global::sync(self);
      co_await std::move(syncing);
      auto asking = global::whereis_name(self, n);
      auto found = co_await std::move(asking);
      co_return found.has_value();
    });
    CHECK(known == true);
    g.c.ping("c", "b");
    g.c.advance(1s);
    CHECK(g.whereis("a", 1.5) == q.id());
    for (auto& x : three)
      CHECK(g.registered(x) == std::vector<term>{1.5, n});
  }
}

TEST_CASE("global_names: the end of the holder, or of its node, frees the name (G-03)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto p = g.c.spawn("a", "p", false), q = g.c.spawn("b", "q");
    CHECK(g.register_name("c", n, p.id())); // the holder lives on a third node (G-14)
    CHECK(g.register_name("c", 2, q.id()));
    p.does([](process& self) { self.exit(atom{"boom"}); });
    g.c.run();
    for (auto& x : three)
      CHECK(g.whereis(x, n) == pid{});
    CHECK(g.whereis("a", 2) == q.id());
    g.c.kill("b");
    g.c.advance(1s);
    for (auto* x : {"a", "c"})
      CHECK(g.whereis(x, 2) == pid{});
    CHECK(g.register_name("c", 2, g.c.spawn("a", "r").id()));
  }
}

TEST_CASE("global_names: the node that registered does not matter afterwards (G-14)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto p = g.c.spawn("a", "p");
    CHECK(g.register_name("c", n, p.id()));
    g.c.kill("c");
    g.c.advance(1s);
    CHECK(g.whereis("b", n) == p.id());
    CHECK(g.unregister_name("b", n));
    CHECK(g.whereis("a", n) == pid{});
  }
}

TEST_CASE("global_names: a process has one name, and a second one is logged (G-05)") {
  global_bench g{{"a", "b"}, 1};
  g.connect();
  auto p = g.c.spawn("a", "p");
  CHECK(g.register_name("a", n, p.id()));
  g.c.log("b");
  CHECK_FALSE(g.register_name("b", atom{"m"}, p.id()));
  auto lines = g.c.log("b");
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with("error: global: #PID<"));
  CHECK(lines.front().ends_with("> registered under several names: [:m, :n]"));
  CHECK(g.whereis("b", atom{"m"}) == pid{});
  CHECK(g.re_register_name("b", atom{"m"}, p.id())); // as in Erlang
  CHECK(g.registered("a") == std::vector<term>{atom{"m"}, n});
}

TEST_CASE("global_names: re_register takes a name from anybody, unregister from any node (G-06)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto p = g.c.spawn("a", "p"), q = g.c.spawn("b", "q");
    CHECK(g.re_register_name("c", n, p.id())); // new
    CHECK(g.re_register_name("a", n, q.id())); // taken
    for (auto& x : three)
      CHECK(g.whereis(x, n) == q.id());
    CHECK(p.is_alive());
    CHECK(g.re_register_name("b", n, q.id()));
    CHECK(g.unregister_name("c", n));
    for (auto& x : three)
      CHECK(g.registered(x).empty());
    CHECK(g.unregister_name("c", n));
    CHECK(p.mail().empty());
    CHECK(q.mail().empty());
    CHECK(g.register_name("a", n, p.id()));
  }
}

TEST_CASE("global_names: send reaches the holder, or ends the sender (G-08)") {
  global_bench g{{"a", "b"}, 2};
  g.connect();
  auto p = g.c.spawn("a", "p");
  CHECK(g.register_name("a", n, p.id()));
  auto send = [](const term& name) {
    return [name](process& self) { return global::send(self, name, atom{"hello"}); };
  };
  CHECK(g.ask<pid>("b", send(n)) == p.id());
  g.c.run();
  CHECK(p.mail() == texts{":hello"});
  auto failing = g.begin<pid>("b", send(atom{"nosuch"}));
  g.c.run();
  REQUIRE(failing->ended);
  CHECK(g.c.text_of(*failing->ended) == "{:badarg, {:nosuch, :hello}}");
}

TEST_CASE("global_names: a server is called and cast to by its global name (G-18)") {
  global_bench g{{"a", "b"}, 2};
  g.connect();
  auto p = g.c.spawn("a", "p");
  p.plays([](process& self) -> task<> {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    if (auto from = server::caller::from_term(x.as_tuple()[1]))
      server::reply(self, *from, 42);
  });
  CHECK(g.register_name("a", n, p.id()));
  auto call = [](const term& name) {
    return
      [name](process& self) { return server::call(self, server::ref::global(name), atom{"x"}); };
  };
  CHECK(g.ask<term>("b", call(n)) == term{42});
  auto failing = g.begin<term>("b", call(atom{"nosuch"}));
  g.c.run();
  REQUIRE(failing->ended);
  CHECK(g.c.text_of(*failing->ended)
        == "{:noproc, {GenServer, :call, [{:global, :nosuch}, :x, 5000]}}");
  g.c.spawn("b", "caster").does([](process& self) {
    server::cast(self, server::ref::global(atom{"nosuch"}), 1);
    server::cast(self, server::ref::global(n), 2);
  });
  g.c.run();
  CHECK(p.mail() == texts{"{:\"$gen_cast\", 2}"});
}

TEST_CASE("global_names: a process that has ended gets the name, which is soon gone (G-14)") {
  global_bench g{three, 3};
  g.connect();
  auto p = g.c.spawn("a", "p", false);
  p.does([](process& self) { self.exit(atom{"normal"}); });
  g.c.run();
  CHECK(g.register_name("b", n, p.id()));
  g.c.run();
  for (auto& x : three)
    CHECK(g.whereis(x, n) == pid{});
}

TEST_CASE("global_names: names are there on a node without a network (G-17)") {
  global_bench g{{"a"}, 1};
  auto p = g.c.spawn("a", "p");
  CHECK(g.register_name("a", n, p.id()));
  CHECK_FALSE(g.register_name("a", n, g.c.spawn("a", "q").id()));
  CHECK(g.set_lock("a", atom{"lock"}, atom{"me"}));
  CHECK(g.unregister_name("a", n));
}

TEST_CASE("global_names: who dies while it registers holds up nobody") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto p = g.c.spawn("a", "p");
    auto caller = g.c.at("a").spawn([who = p.id()](process& self) -> task<> {
      auto registering = global::register_name(self, n, who);
      co_await std::move(registering);
    });
    g.c.advance(std::chrono::microseconds{seed * 400});
    g.c.at("a").spawn([caller](process& self) -> task<> {
      self.exit(caller, atom{"kill"});
      co_return;
    });
    g.c.run();
    CHECK(g.re_register_name("c", n, p.id()));
    CHECK(g.whereis("b", n) == p.id());
  }
}
