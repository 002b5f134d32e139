#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/erpc.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

using namespace troupe;
using namespace troupe::actors;
using erpc::outcome;
using std::chrono::milliseconds;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

const auto a = cluster::atom_of("a");
const auto b = cluster::atom_of("b");
const auto zz = cluster::atom_of("zz");

task<int> add(process&, int x, int y) {
  co_return x + y;
}

/// Who runs this, and whose output it has.
task<std::vector<pid>> who(process& self) {
  std::vector<pid> result{self.self(), self.group_leader()};
  co_return result;
}

task<> say_late(process& self, pid to, int ms) {
  auto sleeping = self.sleep(milliseconds{ms});
  co_await std::move(sleeping);
  self.send(to, term{atom{"late"}});
}

task<int> fail(process& self, std::string how) {
  if (how == "exit")
    self.exit(atom{"bye"});
  if (how == "throw")
    throw term{atom{"ball"}};
  if (how == "kill") {
    self.exit(self.self(), atom{"kill"});
    auto yielding = self.yield();
    co_await std::move(yielding);
  }
  throw std::runtime_error{"boom"};
}

/// What a call gives, as text; failures as Erlang's catch has them.
template <class T>
task<> tell(process& self, atom at, remote_call<T> x, erpc::timeout limit) {
  term told;
  try {
    auto calling = erpc::call(self, at, std::move(x), limit);
    told = to_term(co_await std::move(calling), *self.bridge());
  } catch (const erpc::failure& f) {
    static const atom kinds[] = {atom{"ok"}, atom{"throw"}, atom{"exit"}, atom{"error"}};
    told = term::tuple({kinds[static_cast<size_t>(f.what.type)], f.what.value});
  }
  self.send(self.self(), told);
}

/// `x` makes the call that `make` builds and gets what it gives.
template <class F>
void calls(const puppet& x, atom at, F make, erpc::timeout limit = erpc::default_timeout) {
  x.plays([at, make, limit](process& self) -> task<> { return tell(self, at, make(self), limit); });
}

std::function<remote_call<int>(process&)> failing(const std::string& how) {
  return [how](process& self) { return remote<fail>(self, how); };
}

remote_call<int> adding(process& self) {
  return remote<add>(self, 20, 22);
}

} // namespace

TEST_CASE("erpc: a function of another node runs there in a process of its own") { // RPC-01
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto leader = c.spawn("a", "leader");
    x.does([to = leader.id()](process& self) { self.group_leader(to); });
    for (auto at : {a, b}) {
      calls(x, at, adding);
      calls(x, at, [](process& self) { return remote<who>(self); });
      calls(x, at, [](process& self) { return remote<who>(self); });
      c.run();
      auto mail = x.terms();
      REQUIRE(mail.size() == 3);
      CHECK(mail[0] == term{42});
      CHECK(mail[1].head().as_pid().node == at);
      CHECK(mail[1].head() != mail[2].head());
      CHECK(mail[1].head() != term{x.id()});
      CHECK(mail[1].tail().head() == term{leader.id()});
    }
  }
}

TEST_CASE("erpc: a lambda runs on a node of the same program only") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    cluster::settings other;
    other.build_id = "another";
    c.start("zz", other);
    auto x = c.spawn("a", "x");
    auto make = [](process& self) {
      auto f = [](process& there, int n) -> task<std::string> {
        co_return there.node_name() + std::to_string(n);
      };
      return remote(self, f, 7);
    };
    calls(x, b, make);
    calls(x, zz, make);
    calls(x, zz, adding);
    c.run();
    CHECK(x.mail() == texts{"\"b@mem7\"", "{:error, {:erpc, :other_build}}", "42"});
  }
}

TEST_CASE("erpc: a failure there is the same failure here") { // RPC-12
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    for (auto how : {"exit", "throw", "kill", "raise"})
      calls(x, b, failing(how));
    calls(x, zz, adding);
    calls(x, b, [](process&) { return remote(atom{"nomod"}, atom{"f"}, {term{1}}); });
    calls(x, b, [](process& self) {
      auto unknown = remote<add>(self, 1, 2);
      unknown.what.key = "unknown";
      return unknown;
    });
    c.run();
    auto mail = x.mail();
    REQUIRE(mail.size() == 7);
    CHECK(mail[0] == "{:exit, {:exception, :bye}}");
    CHECK(mail[1] == "{:throw, :ball}");
    CHECK(mail[2] == "{:exit, {:signal, :killed}}");
    CHECK(mail[3].starts_with("{:error, {:exception, %RuntimeError{message: \"boom\"}, [{:native"));
    CHECK(mail[4] == "{:error, {:erpc, :noconnection}}");
    CHECK(mail[5] == "{:error, {:exception, :undef, [{:nomod, :f, [1], []}]}}");
    CHECK(mail[6] == "{:error, {:exception, :undef, [{:native, \"unknown\", {1, 2}, []}]}}");
    CHECK(c.log("a").empty());
  }
}

TEST_CASE("erpc: an uncaught failure ends the caller with Erlang's reason") {
  cluster c{{"a"}, 1};
  auto watcher = c.spawn("a", "watcher");
  auto x = c.spawn("a", "x", false);
  watcher.does([to = x.id()](process& self) { self.monitor(to); });
  x.plays([](process& self) -> task<> {
    auto calling = erpc::call<add>(self, zz, 1, 2);
    co_await std::move(calling);
  });
  c.run();
  CHECK(watcher.mail() == texts{"{:DOWN, :ref, :process, :x, {{:erpc, :noconnection}, []}}"});
}

TEST_CASE("erpc: after a timeout the function runs on and its answer never appears") { // RPC-04b
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto witness = c.spawn("a", "witness");
    auto late = [to = witness.id()](process& self) { return remote<say_late>(self, to, 300); };
    CHECK(c.ping("a", "b"));
    calls(x, seed % 2 ? a : b, late, milliseconds{100});
    c.advance(milliseconds{200});
    CHECK(x.mail() == texts{"{:error, {:erpc, :timeout}}"});
    CHECK(witness.mail().empty());
    c.advance(milliseconds{400});
    CHECK(x.mail().empty());
    CHECK(witness.mail() == texts{":late"});
    CHECK(c.at("a").core().processes().size() == 3); // both, and the logger
    CHECK(c.at("a").kernel()->snapshot().monitors == 0);
    CHECK(c.at("b").kernel()->snapshot().monitors == 0);
  }
}

TEST_CASE("erpc: a call of a node that stands still ends in time, and for good") { // CONN-08f
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    if (seed % 2)
      CHECK(c.ping("a", "b"));
    c.freeze("b");
    auto begin = c.now();
    calls(x, b, adding, milliseconds{1000});
    CHECK(c.run_until([&] { return x.is_idle(); }));
    CHECK(c.now() - begin == milliseconds{1000});
    c.thaw("b");
    c.advance(std::chrono::seconds{10});
    CHECK(x.mail() == texts{"{:error, {:erpc, :timeout}}"});
    CHECK(c.at("b").core().processes().size() == 1);
  }
}

TEST_CASE("erpc: the caller's end neither stops the function nor leaves anything") { // RPC-04b
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto witness = c.spawn("b", "witness");
    calls(x, b, [to = witness.id()](process& self) { return remote<say_late>(self, to, 300); });
    c.advance(milliseconds{100});
    witness.does([to = x.id()](process& self) { self.exit(to, atom{"kill"}); });
    c.advance(milliseconds{100});
    CHECK_FALSE(x.is_alive());
    CHECK(c.at("a").core().processes().size() == 1);
    CHECK(witness.mail().empty());
    c.advance(milliseconds{200});
    CHECK(witness.mail() == texts{":late"});
  }
}

TEST_CASE("erpc: a node that is lost during the call is noconnection") { // RPC-12
  for (uint64_t seed = 0; seed < 2 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto late = [to = x.id()](process& self) { return remote<say_late>(self, to, 10'000); };
    calls(x, b, late, std::nullopt);
    c.advance(std::chrono::microseconds{300 * seed});
    c.cut("a", "b", cluster::ending::reset);
    c.run();
    CHECK(x.mail() == texts{"{:error, {:erpc, :noconnection}}"});
  }
}

TEST_CASE("erpc: a multicall has one entry per node, in their order") { // RPC-13
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    auto x = c.spawn("a", "x");
    CHECK(c.ping("a", "c"));
    c.freeze("c");
    x.plays([](process& self) -> task<> {
      std::vector<atom> nodes{b, zz, a, cluster::atom_of("c"), b};
      auto calling = erpc::multicall(self, nodes, remote<add>(self, 1, 2), milliseconds{500});
      auto answers = co_await std::move(calling);
      for (auto& y : answers)
        self.send(self.self(), y ? term{*y} : y.what.value);
    });
    CHECK(c.run_until([&] { return x.is_idle(); }));
    c.run();
    CHECK(x.mail() == texts{"3", "{:erpc, :noconnection}", "3", "{:erpc, :timeout}", "3"});
    c.thaw("c");
    c.advance(std::chrono::seconds{10});
    CHECK(x.mail().empty());
  }
}

TEST_CASE("erpc: an answer can be waited for, looked for, and given up") { // RPC-15
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto witness = c.spawn("b", "witness");
    x.plays([to = witness.id()](process& self) -> task<> {
      auto tell = [&](const std::optional<outcome>& y) {
        self.send(self.self(), y ? y->value : term{atom{"no_response"}});
      };
      auto r = erpc::send_request(self, b, remote<say_late>(self, to, 100));
      auto early = erpc::wait_response(self, r, milliseconds{20});
      tell(co_await std::move(early));
      auto late = erpc::wait_response(self, r, milliseconds{200});
      tell(co_await std::move(late));
      r = erpc::send_request(self, b, remote<add>(self, 1, 2));
      std::function<bool(const term&)> is_down
        = [](const term& y) { return y.is_tagged(atom{"DOWN"}, 5); };
      auto waiting = self.receive_match(is_down);
      auto message = co_await std::move(waiting);
      tell(erpc::check_response(atom{"other"}, r));
      tell(erpc::check_response(*message, r));
      r = erpc::send_request(self, b, remote<say_late>(self, to, 100));
      auto given_up = erpc::receive_response(self, r, milliseconds{20});
      tell(co_await std::move(given_up));
      auto again = erpc::receive_response(self, r, milliseconds{20});
      tell(co_await std::move(again));
    });
    c.advance(std::chrono::seconds{1});
    CHECK(x.mail()
          == texts{":no_response", ":ok", ":no_response", "3", "{:erpc, :timeout}",
                   "{:erpc, :badarg}"});
  }
}
