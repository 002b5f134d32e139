#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/erpc.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/rpc.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <utility>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 10;

namespace {

const atom b = cluster::atom_of("b");

task<> greet(process& self, pid to) {
  self.send(to, term{atom{"hello"}});
  co_return;
}

task<> intrude(process& self, pid to) {
  self.send(to, term{atom{"intruder"}});
  co_return;
}

task<int> add(process&, int x, int y) {
  co_return x + y;
}

/// A cluster of a, and of b which lets peers spawn `what`.
struct gate {
  gate(uint64_t seed, const std::string& what) : c({"a"}, seed) {
    cluster::settings how;
    how.adjust = [what](config& x) { x.allow_spawn = what; };
    c.start("b", how);
    for (auto* name : {"a", "b"})
      eval::install(c.at(name));
    x = c.spawn("a", "x");
  }

  /// `x` spawns `Fn` on b and tells itself how the new process relates to it.
  template <auto Fn>
  texts spawns(spawn_options how) {
    x.plays([how](process& self) -> task<> {
      auto what = internal::call_of<internal::named<Fn>>(*self.bridge(), self.self());
      auto starting = self.spawn_what_at(b, std::move(what), how);
      auto child = co_await std::move(starting);
      self.send(self.self(), term::tuple({atom{"node"}, child.id.node}));
    });
    c.run();
    return x.mail();
  }

  template <class F>
  texts calls(F make) {
    x.plays([make](process& self) -> task<> {
      auto calling = rpc::call(self, b, make(self));
      auto value = co_await std::move(calling);
      self.send(self.self(), term::tuple({atom{"rpc"}, value}));
      auto blocking = rpc::block_call(self, b, make(self));
      value = co_await std::move(blocking);
      self.send(self.self(), term::tuple({atom{"block"}, value}));
      erpc::cast(self, b, make(self));
    });
    c.run();
    return x.mail();
  }

  cluster c;
  puppet x;
};

} // namespace

TEST_CASE("node: what peers may not spawn ends before it began, with a reason") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "greet"};
    CHECK(g.spawns<greet>({}) == texts{":hello", "{:node, :b@mem}"});
    CHECK(g.spawns<intrude>({}) == texts{"{:node, :a@mem}"});
    CHECK(g.spawns<intrude>({.monitor = true})
          == texts{"{:DOWN, :ref, :process, :unknown, :notsup}", "{:node, :a@mem}"});
    CHECK(g.spawns<intrude>({.link = true})
          == texts{"{:EXIT, :unknown, :notsup}", "{:node, :a@mem}"});
    auto lines = g.c.log("a");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].starts_with("warning: ** Can not start "));
    CHECK(g.c.log("b") == texts{"warning: ** Node :a@mem may not spawn intrude here **"}); // once
    CHECK(g.c.at("b").kernel()->snapshot().links == 0);
  }
}

TEST_CASE("node: a spawn request that is refused is answered, and nothing else comes") { // SP-08
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "none"};
    g.x.does([](process& self) {
      spawn_what what;
      what.type = spawn_what::form::function;
      what.module = atom{"erlang"};
      what.name = atom{"node"};
      what.arguments = term::empty_list();
      self.spawn_request_at(b, std::move(what), {.link = true, .monitor = true});
    });
    g.c.run();
    CHECK(g.x.mail() == texts{"{:spawn_reply, :ref, :error, :notsup}"});
    CHECK(g.c.log("a").empty());
    CHECK(g.c.log("b") == texts{"warning: ** Node :a@mem may not spawn :erlang.node/0 here **"});
    CHECK(g.c.at("a").kernel()->snapshot().spawns == 0);
  }
}

TEST_CASE("rpc: calls are asked for what they call, also those that rex runs") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    auto native = [](process& self) { return remote<add>(self, 20, 22); };
    auto named = [](process&) { return remote(atom{"erlang"}, atom{"abs"}, {term{-3}}); };
    gate some{seed, "add,:lists.*"};
    CHECK(some.calls(native) == texts{"{:rpc, 42}", "{:block, 42}"});
    texts refused{"{:rpc, {:badrpc, {:EXIT, :notsup}}}", "{:block, {:badrpc, {:EXIT, :notsup}}}"};
    CHECK(some.calls(named) == refused);
    gate other{seed, "erlang:abs/1"};
    CHECK(other.calls(native) == refused);
    CHECK(other.calls(named) == texts{"{:rpc, 3}", "{:block, 3}"});
  }
}

TEST_CASE("rpc: a message to rex runs nothing that did not come through the gate") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "add"};
    auto native = [](process& self) { return remote<add>(self, 20, 22); };
    CHECK(g.calls(native) == texts{"{:rpc, 42}", "{:block, 42}"}); // starts rex
    g.x.does([](process& self) {
      auto call = term::tuple({atom{"function"}, atom{"erlang"}, atom{"node"}, term::empty_list()});
      auto ref = self.core().make_reference();
      self.send(atom{"rex"}, b,
                term::tuple({atom{"$rex_call"}, self.self(), ref, self.self(), call}));
      self.send(atom{"rex"}, b, term::tuple({atom{"$rex_call"}, ref}));
    });
    g.c.advance(10s);
    CHECK(g.x.mail().empty());
    CHECK(g.calls(native) == texts{"{:rpc, 42}", "{:block, 42}"});
  }
}

TEST_CASE("node: a program may decide who spawns what, and change its mind") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "greet,intrude"};
    CHECK(g.spawns<intrude>({}).front() == ":intruder");
    std::vector<pid> asked;
    g.c.at("b").restrict_spawn([&](const pid& who, const spawn_what& what) {
      asked.push_back(who);
      return dist::native_name(what.key) == "greet";
    });
    CHECK(g.spawns<greet>({}) == texts{":hello", "{:node, :b@mem}"});
    CHECK(g.spawns<intrude>({}) == texts{"{:node, :a@mem}"});
    CHECK(asked == std::vector{g.x.id(), g.x.id()});
    g.c.at("b").restrict_spawn({});
    CHECK(g.spawns<intrude>({}).front() == ":intruder");
  }
}

TEST_CASE("node: refusals fill no log, and a node may spawn on itself") {
  gate g{1, "none"};
  for (int i = 0; i < 100; ++i)
    g.spawns<intrude>({});
  CHECK(g.c.log("b").size() == 1);
  g.c.advance(1min);
  g.spawns<intrude>({});
  CHECK(g.c.log("b")
        == texts{"warning: ** Node :a@mem may not spawn intrude here; 99 more were "
                 "refused **"});
  auto y = g.c.spawn("b", "y");
  y.plays([](process& self) -> task<> {
    auto starting = self.spawn_at<greet>(cluster::name_of("b"), self.self());
    co_await std::move(starting);
  });
  g.c.run();
  CHECK(y.mail() == texts{":hello"});
}
