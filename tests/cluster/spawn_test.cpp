#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

using namespace troupe;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

/// Says where it runs, and stays.
task<> report(process& self, pid to) {
  self.send(to, term::tuple({atom{"here"}, atom{self.node_name()}, self.group_leader()}));
  auto waiting = self.receive<term>();
  self.send(to, co_await std::move(waiting));
}

spawn_what reporter(process& self, const pid& to) {
  return internal::call_of<internal::named<report>>(*self.bridge(), to);
}

spawn_what unknown() {
  spawn_what result;
  result.key = "unknown";
  result.arguments = term::list({term{1}});
  return result;
}

/// `x` spawns a reporter on b, which tells `to`, and sends itself `{:spawned, pid, monitor}`.
void spawn_reporter(const puppet& x, const pid& to, spawn_options options,
                    std::shared_ptr<pid> child = {}) {
  x.plays([to, options, child](process& self) -> task<> {
    auto starting = self.spawn_what_at(cluster::atom_of("b"), reporter(self, to), options);
    auto result = co_await std::move(starting);
    if (child)
      *child = result.id;
    self.send(self.self(), term::tuple({atom{"spawned"}, result.id}));
  });
}

} // namespace

TEST_CASE("spawn: a process on another node has the spawner's group leader") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto leader = c.spawn("a", "leader");
    auto child = std::make_shared<pid>();
    x.does([to = leader.id()](process& self) { self.group_leader(to); });
    spawn_reporter(x, x.id(), {}, child);
    c.run();
    CHECK(child->node == cluster::atom_of("b"));
    c.call(*child, "child");
    auto mail = x.mail();
    std::ranges::sort(mail);
    CHECK(mail == texts{"{:here, :b@mem, :leader}", "{:spawned, :child}"});
    x.does([child](process& self) { self.send(*child, term{5}); });
    c.run();
    CHECK(x.mail() == texts{"5"});
  }
}

TEST_CASE("spawn: a lambda runs on another node of the same program, with its arguments") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    x.plays([](process& self) -> task<> {
      auto starting = self.spawn_at(
        cluster::name_of("b"),
        [](process& there, pid to, int n) -> task<> {
          there.send(to, term::tuple({atom{there.node_name()}, term{2 * n}}));
          co_return;
        },
        self.self(), 21);
      co_await std::move(starting);
    });
    c.run();
    CHECK(x.mail() == texts{"{:b@mem, 42}"});
  }
}

TEST_CASE("spawn: a lambda is refused by another program, a named function is not") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    cluster::settings other;
    other.build_id = "another";
    c.start("b", other);
    auto x = c.spawn("a", "x");
    x.does([](process& self) {
      auto what = reporter(self, self.self());
      self.spawn_request_at(cluster::atom_of("b"), what, {});
      what.same_build = true;
      self.spawn_request_at(cluster::atom_of("b"), what, {.link = true, .monitor = true});
    });
    c.run();
    auto mail = x.mail();
    std::ranges::sort(mail);
    CHECK(mail
          == texts{"{:here, :b@mem, :x}", "{:spawn_reply, :ref, :error, :other_build}",
                   "{:spawn_reply, :ref, :ok, :unknown}"});
    for (auto name : {"a", "b"}) {
      CHECK(c.at(name).kernel()->snapshot().links == 0);
      CHECK(c.at(name).kernel()->snapshot().monitors == 0);
      CHECK(c.at(name).kernel()->snapshot().spawns == 0);
    }
  }
}

TEST_CASE("spawn: on a node that cannot be reached gives a process that ended with noconnection") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    c.cut("a", "b");
    auto child = std::make_shared<pid>();
    spawn_options how;
    how.link = seed % 3 == 1;
    how.monitor = seed % 3 == 2;
    spawn_reporter(x, x.id(), how, child);
    c.run();
    CHECK(child->node == cluster::atom_of("a"));
    c.call(*child, "unknown");
    auto mail = x.mail();
    std::ranges::sort(mail);
    if (how.link)
      CHECK(mail == texts{"{:EXIT, :unknown, :noconnection}", "{:spawned, :unknown}"});
    else if (how.monitor)
      CHECK(mail
            == texts{"{:DOWN, :ref, :process, :unknown, :noconnection}", "{:spawned, :unknown}"});
    else
      CHECK(mail == texts{"{:spawned, :unknown}"});
    auto log = c.log("a");
    REQUIRE(log.size() == 1);
    CHECK(log[0].starts_with("warning: ** Can not start "));
    CHECK(log[0].ends_with(" on :b@mem **"));
  }
}

TEST_CASE("spawn: of an unknown function succeeds, and the process ends with undef") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    x.plays([](process& self) -> task<> {
      spawn_options how;
      how.monitor = true;
      auto starting = self.spawn_what_at(cluster::atom_of("b"), unknown(), how);
      auto result = co_await std::move(starting);
      self.send(self.self(), term{result.id.node});
    });
    c.run();
    auto mail = x.mail();
    std::ranges::sort(mail);
    CHECK(
      mail
      == texts{":b@mem",
               "{:DOWN, :ref, :process, :unknown, {:undef, [{:native, \"unknown\", [1], []}]}}"});
    auto log = c.log("a");
    REQUIRE(log.size() == 1);
    CHECK(log[0].find("undefined function") != std::string::npos);
    CHECK(c.log("b").empty());
  }
}

TEST_CASE("spawn: the reply to a request comes before anything of the new process") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    x.does([](process& self) {
      self.spawn_request_at(cluster::atom_of("b"), reporter(self, self.self()), {});
      self.spawn_request_at(cluster::atom_of("b"), unknown(), {.link = true, .monitor = true});
      self.spawn_request_at(cluster::atom_of("zz"), unknown(), {.link = true, .monitor = true});
    });
    c.run();
    auto mail = x.mail();
    auto at = [&](const std::string& start) {
      return std::ranges::find_if(mail, [&](auto& t) { return t.starts_with(start); })
             - mail.begin();
    };
    REQUIRE(mail.size() == 6);
    CHECK(at("{:spawn_reply, :ref, :ok") < at("{:here"));
    CHECK(at("{:spawn_reply, :ref, :ok") < at("{:EXIT, :unknown, {:undef"));
    CHECK(at("{:EXIT") < at("{:DOWN"));
    CHECK(std::ranges::count(mail, "{:spawn_reply, :ref, :error, :noconnection}") == 1);
    CHECK(std::ranges::count(mail, "{:spawn_reply, :ref, :ok, :unknown}") == 2);
  }
}

TEST_CASE("spawn: a request to the own node is answered like any other") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    x.does([](process& self) {
      self.spawn_request_at(cluster::atom_of("a"), reporter(self, self.self()), {});
      self.spawn_request_at(cluster::atom_of("a"), unknown(), {.link = true, .monitor = true});
    });
    c.run();
    auto mail = x.mail();
    REQUIRE(mail.size() == 5);
    CHECK(std::ranges::count(mail, "{:spawn_reply, :ref, :ok, :unknown}") == 2);
    CHECK(std::ranges::count(mail, "{:here, :a@mem, :x}") == 1);
    CHECK(std::ranges::count_if(mail,
                                [](auto& t) { return t.starts_with("{:EXIT, :unknown, {:undef"); })
          == 1);
    CHECK(std::ranges::count_if(mail, [](auto& t) { return t.starts_with("{:DOWN, :ref, "); })
          == 1);
    CHECK(mail[0].starts_with("{:spawn_reply"));
  }
}

TEST_CASE("spawn: a linked process does not outlive a spawner that ended before the reply") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto watcher = c.spawn("a", "watcher");
    auto x = c.spawn("a", "x");
    auto linked = seed % 2 == 0;
    x.does([to = watcher.id(), linked](process& self) {
      self.spawn_request_at(cluster::atom_of("b"), reporter(self, to), {.link = linked});
      self.exit(atom{"impatient"});
    });
    c.run();
    CHECK_FALSE(x.is_alive());
    CHECK(watcher.mail() == texts{"{:here, :b@mem, :x}"});
    CHECK(c.at("b").core().processes().size() == (linked ? 1 : 2)); // the logger is one
    CHECK(c.at("a").kernel()->snapshot().links == 0);
    CHECK(c.at("b").kernel()->snapshot().links == 0);
  }
}

TEST_CASE("spawn: a break while the reply is awaited is noconnection, once") {
  for (uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    CHECK(c.ping("a", "b"));
    c.run();
    x.does([](process& self) {
      self.spawn_request_at(cluster::atom_of("b"), reporter(self, self.self()),
                            {.link = true, .monitor = true});
    });
    c.advance(std::chrono::microseconds{100 * seed});
    c.cut("a", "b", cluster::ending::reset);
    c.run();
    auto mail = x.mail();
    REQUIRE(!mail.empty());
    if (mail[0] == "{:spawn_reply, :ref, :error, :noconnection}") {
      CHECK(mail.size() == 1);
    } else {
      CHECK(mail[0] == "{:spawn_reply, :ref, :ok, :unknown}");
      CHECK(std::ranges::count(mail, "{:EXIT, :unknown, :noconnection}") == 1);
      CHECK(std::ranges::count(mail, "{:DOWN, :ref, :process, :unknown, :noconnection}") == 1);
    }
    CHECK(c.at("b").core().processes().size() == 1); // linked, so it ended too
  }
}

TEST_CASE("spawn: without a link the process survives its spawner and the spawner's node") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto witness = c.spawn("b", "witness");
    auto x = c.spawn("a", "x");
    auto child = std::make_shared<pid>();
    spawn_reporter(x, witness.id(), {}, child);
    c.run();
    c.kill("a");
    c.run();
    CHECK(witness.mail().size() == 1);
    witness.does([child](process& self) { self.send(*child, term{7}); });
    c.run();
    CHECK(witness.mail() == texts{"7"});
  }
}
