#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/rpc.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

using namespace troupe;
using namespace troupe::actors;
using std::chrono::milliseconds;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

const auto a = cluster::atom_of("a");
const auto b = cluster::atom_of("b");
const auto zz = cluster::atom_of("zz");

task<atom> where(process& self) {
  co_return self.self().node;
}

task<int> half(process& self, int x) {
  if (x % 2)
    self.exit(atom{"odd"});
  if (x < 0)
    throw std::runtime_error{"negative"};
  co_return x / 2;
}

task<> wait(process& self, int ms) {
  auto sleeping = self.sleep(milliseconds{ms});
  co_await std::move(sleeping);
}

task<term> badrpc(process&) {
  co_return term::tuple({atom{"badrpc"}, 3});
}

task<int> ask_nobody(process& self) {
  auto asking = erpc::call<half>(self, zz, 2);
  co_return co_await std::move(asking);
}

task<std::string> repeat(process&, std::string text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i)
    result += text;
  co_return result;
}

template <class T>
term text_of(process& self, const rpc::reply<T>& x) {
  return x ? to_term(*x, *self.bridge()) : term::tuple({atom{"badrpc"}, x.badrpc()});
}

/// `x` makes a call and gets what it gives.
template <class F>
void calls(const puppet& x, atom at, F make, rpc::timeout limit = rpc::default_timeout) {
  x.plays([at, make, limit](process& self) -> task<> {
    auto calling = rpc::call(self, at, make(self), limit);
    auto done = co_await std::move(calling);
    self.send(self.self(), text_of(self, done));
  });
}

} // namespace

TEST_CASE("rpc: a call gives the value, or why there is none") { // RPC-01 to RPC-03, RPC-20
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    calls(x, b, [](process& self) { return remote<where>(self); });
    calls(x, a, [](process& self) { return remote<where>(self); });
    calls(x, b, [](process& self) { return remote<half>(self, 8); });
    calls(x, b, [](process& self) { return remote<half>(self, 3); });
    calls(x, zz, [](process& self) { return remote<half>(self, 8); });
    calls(x, b, [](process& self) { return remote<badrpc>(self); });
    calls(x, b, [](process& self) { return remote<half>(self, -2); });
    calls(x, b, [](process& self) { return remote<ask_nobody>(self); });
    c.run();
    auto mail = x.mail();
    REQUIRE(mail.size() == 8);
    CHECK(mail[7].starts_with("{:badrpc, {:EXIT, {{:erpc, :noconnection}, [{:native, "));
    mail.pop_back();
    CHECK(mail[6].starts_with("{:badrpc, {:EXIT, {%RuntimeError{message: \"negative\"}, [{:nati"));
    mail.pop_back();
    CHECK(mail
          == texts{":b@mem", ":a@mem", "4", "{:badrpc, {:EXIT, :odd}}", "{:badrpc, :nodedown}",
                   "{:badrpc, 3}"});
  }
}

TEST_CASE("rpc: a large value comes back whole") {
  cluster c{{"a", "b"}, 1};
  auto x = c.spawn("a", "x");
  x.plays([](process& self) -> task<> {
    auto calling = rpc::call<repeat>(self, b, std::string{"0123456789"}, size_t{300'000});
    auto done = co_await std::move(calling);
    self.send(self.self(), term{done ? done->size() : size_t{0}});
  });
  c.run();
  CHECK(x.mail() == texts{"3000000"});
}

TEST_CASE("rpc: a call ends with its timeout, and with the node") { // RPC-03, RPC-04b
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    CHECK(c.ping("a", "b"));
    calls(
      x, b, [](process& self) { return remote<wait>(self, 200); }, milliseconds{50});
    c.advance(milliseconds{500});
    CHECK(x.mail() == texts{"{:badrpc, :timeout}"});
    calls(x, b, [](process& self) { return remote<wait>(self, 10'000); });
    c.advance(milliseconds{500});
    c.kill("b");
    c.run();
    CHECK(x.mail() == texts{"{:badrpc, :nodedown}"});
  }
}

TEST_CASE("rpc: a cast tells nothing, its crash is logged at the caller's node") { // RPC-05
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto begin = c.now();
    x.does([](process& self) {
      rpc::cast(self, zz, remote<where>(self));
      rpc::cast(self, b, remote<where>(self));
      rpc::cast(self, a, remote<where>(self));
      rpc::cast(self, b, remote<half>(self, 3));
    });
    CHECK(c.run_until([&] { return x.is_idle(); }));
    CHECK(c.now() == begin); // it waits for nothing (CONN-08b)
    c.run();
    CHECK(c.log("a").empty());
    x.does([](process& self) { rpc::cast(self, b, remote<half>(self, -2)); });
    c.run();
    CHECK(x.mail().empty());
    auto log = c.log("a");
    REQUIRE(log.size() == 1);
    CHECK(log[0].find("** (RuntimeError) negative") != std::string::npos);
    CHECK(c.log("b").empty());
  }
}

TEST_CASE("rpc: a multicall has failures as results and silent nodes apart") { // RPC-06
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    auto x = c.spawn("a", "x");
    CHECK(c.ping({{"a", "b"}, {"a", "c"}}) == std::vector<bool>{true, true});
    c.run();
    c.freeze("c");
    x.plays([](process& self) -> task<> {
      auto nodes = rpc::all_nodes(self);
      nodes.push_back(zz);
      auto calling = rpc::multicall(self, nodes, remote<where>(self), milliseconds{500});
      auto all = co_await std::move(calling);
      for (auto& y : all.results)
        self.send(self.self(), text_of(self, y));
      for (auto y : all.bad_nodes)
        self.send(self.self(), term::tuple({atom{"bad"}, y}));
      auto failing = rpc::multicall(self, std::vector<atom>{b}, remote<half>(self, 3));
      auto failed = co_await std::move(failing);
      self.send(self.self(), text_of(self, failed.results[0]));
    });
    CHECK(c.run_until([&] { return x.is_idle(); }));
    c.run();
    CHECK(x.mail()
          == texts{":a@mem", ":b@mem", "{:bad, :c@mem}", "{:bad, :zz@mem}",
                   "{:badrpc, {:EXIT, :odd}}"});
  }
}

TEST_CASE("rpc: block calls run in one process, one after the other") { // RPC-07, IO-16
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto leader = c.spawn("a", "leader");
    auto served = [](process& self) -> task<> {
      auto name = [](process& there) -> task<std::vector<term>> {
        auto called = there.core().names().name_of(there.self());
        std::vector<term> result{called ? term{*called} : term{}, there.group_leader()};
        co_return result;
      };
      auto asking = rpc::block_call(self, b, remote(self, name));
      auto done = co_await std::move(asking);
      auto slow = rpc::block_call(self, b, remote<wait>(self, 300));
      co_await std::move(slow);
      auto failing = rpc::block_call(self, b, remote<half>(self, 3));
      auto failed = co_await std::move(failing);
      self.send(self.self(), text_of(self, done));
      self.send(self.self(), text_of(self, failed));
    };
    puppet callers[] = {c.spawn("a", "x"), c.spawn("a", "y")};
    for (auto& x : callers) {
      x.does([to = leader.id()](process& self) { self.group_leader(to); });
      x.plays(served);
    }
    c.advance(milliseconds{550});
    CHECK_FALSE(callers[0].is_idle()); // its last call is behind the other's
    c.advance(milliseconds{150});
    for (auto& x : callers)
      CHECK(x.mail() == texts{"[:rex, :leader]", "{:badrpc, {:EXIT, :odd}}"});
  }
}

TEST_CASE("rpc: the answer to an asynchronous call is there when it is asked for") { // RPC-08
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    x.plays([](process& self) -> task<> {
      auto slow = rpc::async_call(self, b, remote<wait>(self, 100));
      auto fast = rpc::async_call(self, b, remote<half>(self, 4));
      auto lost = rpc::async_call(self, zz, remote<half>(self, 4));
      auto now = rpc::nb_yield(self, slow);
      auto none = co_await std::move(now);
      self.send(self.self(), term{none.has_value()});
      auto first = rpc::yield(self, fast);
      self.send(self.self(), text_of(self, co_await std::move(first)));
      auto second = rpc::nb_yield(self, slow, milliseconds{200});
      auto some = co_await std::move(second);
      self.send(self.self(), text_of(self, *some));
      auto third = rpc::yield(self, lost);
      self.send(self.self(), text_of(self, co_await std::move(third)));
    });
    CHECK(c.run_until([&] { return x.is_idle(); }));
    c.run();
    CHECK(x.mail() == texts{"false", "2", ":ok", "{:badrpc, :nodedown}"});
  }
}

TEST_CASE("rpc: a message to a name reaches all nodes that have it") { // RPC-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    y.does([](process& self) { self.core().names().add(atom{"clerk"}, self.self()); });
    c.run();
    x.plays([](process& self) -> task<> {
      std::vector<atom> nodes{zz, b, a, cluster::atom_of("c")};
      rpc::abcast(self, nodes, atom{"clerk"}, 1);
      auto sending = rpc::sbcast(self, nodes, atom{"clerk"}, 2);
      auto done = co_await std::move(sending);
      for (auto z : done.good)
        self.send(self.self(), term::tuple({atom{"good"}, z}));
      for (auto z : done.bad)
        self.send(self.self(), term{z});
    });
    c.run();
    CHECK(x.mail() == texts{"{:good, :b@mem}", ":zz@mem", ":a@mem", ":c@mem"});
    CHECK(y.mail() == texts{"1", "2"});
  }
}
