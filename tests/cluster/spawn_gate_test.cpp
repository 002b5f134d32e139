#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/erpc.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/rpc.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
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

task<> salute(process& self, pid to) {
  self.send(to, term{atom{"hello"}});
  co_return;
}

task<> intrude(process& self, pid to) {
  self.send(to, term{atom{"intruder"}});
  co_return;
}

task<int> plus(process&, int x, int y) {
  co_return x + y;
}

using maker = std::function<spawn_what(process&)>;

template <auto Fn>
spawn_what native(process& self) {
  return troupe::internal::call_of<troupe::internal::named<Fn>>(*self.bridge(), self.self());
}

/// Spawns on b, and tells itself on which node the new process is.
task<> spawn_and_tell(process& self, maker make, spawn_options how) {
  auto starting = self.spawn_what_at(b, make(self), how);
  auto child = co_await std::move(starting);
  auto told = term::tuple({atom{"node"}, child.id.node});
  self.send(self.self(), told);
}

/// Calls b in all ways, and tells itself what comes of it.
task<> call_and_tell(process& self, maker make) {
  auto calling = rpc::call_what(self, b, make(self), erpc::default_timeout);
  auto value = co_await std::move(calling);
  auto told = term::tuple({atom{"rpc"}, value});
  self.send(self.self(), told);
  auto blocking = rpc::block_call_what(self, b, make(self), erpc::default_timeout);
  value = co_await std::move(blocking);
  told = term::tuple({atom{"block"}, value});
  self.send(self.self(), told);
  erpc::cast_what(self, b, make(self));
}

spawn_what adding(process& self) {
  return remote<plus>(self, 20, 22).what;
}

spawn_what abs_of_minus_3(process&) {
  spawn_what what;
  what.type = spawn_what::form::function;
  what.module = atom{"erlang"};
  what.name = atom{"abs"};
  what.arguments = term::list({term{-3}});
  return what;
}

/// A cluster of a, and of b which lets peers spawn `what`.
struct gate {
  gate(uint64_t seed, const std::string& what) : c({"a"}, seed) {
    cluster::settings how;
    how.adjust = [what](config& y) { y.allow_spawn = what; };
    c.start("b", how);
    for (auto* name : {"a", "b"})
      eval::install(c.at(name));
    x = c.spawn("a", "x");
  }

  /// Sorted: a message of the new process may come before or after the answer.
  texts spawns(maker make, spawn_options how = {}) {
    x.plays([make, how](process& self) { return spawn_and_tell(self, make, how); });
    c.run();
    auto mail = x.mail();
    std::ranges::sort(mail);
    return mail;
  }

  texts calls(maker make) {
    x.plays([make](process& self) { return call_and_tell(self, make); });
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
    gate g{seed, "salute"};
    CHECK(g.spawns(native<salute>) == texts{":hello", "{:node, :b@mem}"});
    CHECK(g.spawns(native<intrude>) == texts{"{:node, :a@mem}"});
    CHECK(g.spawns(native<intrude>, {.monitor = true})
          == texts{"{:DOWN, :ref, :process, :unknown, :notsup}", "{:node, :a@mem}"});
    CHECK(g.spawns(native<intrude>, {.link = true})
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
    gate some{seed, "plus,:lists.*"};
    CHECK(some.calls(adding) == texts{"{:rpc, 42}", "{:block, 42}"});
    texts refused{"{:rpc, {:badrpc, {:EXIT, :notsup}}}", "{:block, {:badrpc, {:EXIT, :notsup}}}"};
    CHECK(some.calls(abs_of_minus_3) == refused);
    gate other{seed, "erlang:abs/1"};
    CHECK(other.calls(adding) == refused);
    CHECK(other.calls(abs_of_minus_3) == texts{"{:rpc, 3}", "{:block, 3}"});
  }
}

TEST_CASE("rpc: a message to rex runs nothing that did not come through the gate") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "plus"};
    CHECK(g.calls(adding) == texts{"{:rpc, 42}", "{:block, 42}"}); // starts rex
    g.x.does([](process& self) {
      auto call = term::tuple({atom{"function"}, atom{"erlang"}, atom{"node"}, term::empty_list()});
      auto ref = self.core().make_reference();
      self.send(atom{"rex"}, b,
                term::tuple({atom{"$rex_call"}, self.self(), ref, self.self(), call}));
      self.send(atom{"rex"}, b, term::tuple({atom{"$rex_call"}, ref}));
    });
    g.c.advance(10s);
    CHECK(g.x.mail().empty());
    CHECK(g.calls(adding) == texts{"{:rpc, 42}", "{:block, 42}"});
  }
}

TEST_CASE("node: a program may decide who spawns what, and change its mind") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    gate g{seed, "salute,intrude"};
    CHECK(g.spawns(native<intrude>).front() == ":intruder");
    std::vector<pid> asked;
    g.c.at("b").restrict_spawn([&](const pid& who, const spawn_what& what) {
      asked.push_back(who);
      return dist::native_name(what.key) == "salute";
    });
    CHECK(g.spawns(native<salute>) == texts{":hello", "{:node, :b@mem}"});
    CHECK(g.spawns(native<intrude>) == texts{"{:node, :a@mem}"});
    CHECK(asked == std::vector{g.x.id(), g.x.id()});
    g.c.at("b").restrict_spawn({});
    CHECK(g.spawns(native<intrude>).front() == ":intruder");
  }
}

TEST_CASE("node: refusals fill no log, and a node may spawn on itself") {
  gate g{1, "none"};
  for (int i = 0; i < 100; ++i)
    g.spawns(native<intrude>);
  CHECK(g.c.log("b").size() == 1);
  g.c.advance(1min);
  g.spawns(native<intrude>);
  CHECK(g.c.log("b")
        == texts{"warning: ** Node :a@mem may not spawn intrude here; 99 more were "
                 "refused **"});
  auto y = g.c.spawn("b", "y");
  y.plays([](process& self) -> task<> {
    auto starting = self.spawn_at<salute>(cluster::name_of("b"), self.self());
    co_await std::move(starting);
  });
  g.c.run();
  CHECK(y.mail() == texts{":hello"});
}
