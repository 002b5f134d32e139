#include "troupe/actors/server.hpp"

#include "support/server_fixture.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::test;
using namespace std::chrono_literals;

constexpr uint64_t seeds = 20;

TEST_CASE("server: calls and casts of one process are served in order, here and elsewhere") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    auto id = f.start(seed % 2 == 0 ? "a" : "b");
    f.user.does([id](process& self) { server::cast(self, id, 5); });
    f.call(f.user, id, "next");
    f.call(f.user, id, "next");
    f.c.run();
    CHECK(f.user.mail() == texts{"{:answer, 16}", "{:answer, 17}"});
    CHECK(f.c.at("a").core().processes().size() <= 4);
  }
}

TEST_CASE("server: an answer may come from elsewhere") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    f.call(f.user, f.start(seed % 2 == 0 ? "a" : "b"), "elsewhere");
    f.c.run();
    CHECK(f.user.mail() == texts{"{:answer, :from_elsewhere}"});
  }
}

TEST_CASE("server: names of this node and of others find it, and free ones nobody") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    atom name{"counter"};
    server::options named;
    named.name = name;
    f.start("b", named);
    auto there = f.c.spawn("b", "there");
    f.call(f.user, {name, cluster::name_of("b")}, "next");
    f.c.run();
    f.call(there, name, "next");
    f.call(f.user, name, "next");
    f.call(f.user, {name, cluster::name_of("a")}, "next");
    f.c.run();
    CHECK(there.mail() == texts{"{:answer, 12}"});
    CHECK(f.user.mail()
          == texts{"{:answer, 11}", "{:noproc, {GenServer, :call, [:counter, :next, 5000]}}",
                   "{:noproc, {GenServer, :call, [{:counter, :a@mem}, :next, 5000]}}"});
    f.user.does([name](process& self) { server::cast(self, name, 1); }); // does not matter
    f.c.run();
    CHECK(f.user.is_alive());
  }
}

TEST_CASE("server: a call that takes too long exits with timeout, and no answer comes later") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    auto id = f.start(seed % 2 == 0 ? "a" : "b");
    f.call(f.user, id, "slow", seed % 3 == 0 ? 20s : 4s);
    f.c.advance(60s);
    if (seed % 3 == 0)
      CHECK(f.user.mail() == texts{"{:answer, :late}"});
    else
      CHECK(f.user.mail() == texts{"{:timeout, {GenServer, :call, [:server, :slow, 4000]}}"});
    CHECK(f.c.at("a").kernel()->snapshot().monitors == 0);
    f.c.advance(60s);
    CHECK(f.c.at("a").core().processes().size() <= 4);
  }
}

TEST_CASE("server: what it sends right after an answer does not overtake the answer") { // MSG-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    auto id = f.c.spawn(seed % 2 == 0 ? "a" : "b", "answers");
    id.plays([](process& self) -> task<> {
      auto waiting = self.receive<term>();
      auto asked = co_await std::move(waiting);
      auto from = server::caller::from_term(asked.as_tuple()[1]);
      server::reply(self, *from, atom{"first"});
      self.send(from->id(), atom{"second"});
      server::reply(self, *from, atom{"third"}); // nobody waits for it
    });
    f.c.run();
    f.user.plays([to = id.id()](process& self) -> task<> {
      auto asking = server::call(self, to, atom{"next"});
      auto answer = co_await std::move(asking);
      self.send(self.self(), term::tuple({atom{"answer"}, answer, self.queue_size()}));
    });
    f.c.run();
    auto mail = f.user.mail();
    std::ranges::sort(mail);
    REQUIRE(mail.size() == 2);
    CHECK(mail[0] == ":second");
    CHECK(mail[1].starts_with("{:answer, :first, "));
    CHECK(f.c.at("a").core().aliases().size() == 0);
  }
}

TEST_CASE("server: a call whose node is lost exits with nodedown") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    auto id = f.start("b");
    f.call(f.user, id, "slow", 30s);
    f.c.advance(1s);
    f.c.kill("b");
    f.c.run();
    f.call(f.user, {atom{"counter"}, cluster::name_of("b")}, "next");
    f.c.advance(20s);
    auto mail = f.user.mail();
    REQUIRE(mail.size() == 2);
    CHECK(mail[0] == "{{:nodedown, :b@mem}, {GenServer, :call, [:server, :slow, 30000]}}");
    CHECK(mail[1]
          == "{{:nodedown, :b@mem}, {GenServer, :call, [{:counter, :b@mem}, :next, 5000]}}");
  }
}

TEST_CASE("server: a process that calls itself exits with calling_self") {
  server_fixture f{1};
  f.call(f.user, f.user.id(), "next");
  f.c.run();
  CHECK(f.user.mail() == texts{"{:calling_self, {GenServer, :call, [:user, :next, 5000]}}"});
}

TEST_CASE("server: how a call that ends the server exits, and what terminate hears") {
  struct {
    const char* request;
    const char* answer;
    const char* reason;
  } cases[] = {
    {"stop", "{:because, {GenServer, :call, [:server, :stop, 5000]}}", ":because"},
    {"stop with an answer", "{:answer, :bye}", ":because"},
    {"wrong", "{{:bad_return_value, :ok}, {GenServer, :call, [:server, :wrong, 5000]}}",
     "{:bad_return_value, :ok}"},
    {"throw",
     "{{%RuntimeError{message: \"boom\"}, []}, {GenServer, :call, [:server, :throw, 5000]}}",
     "{%RuntimeError{message: \"boom\"}, []}"},
  };
  for (auto& x : cases)
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      CAPTURE(seed);
      CAPTURE(x.request);
      server_fixture f{seed};
      std::string at{seed % 2 == 0 ? "a" : "b"};
      f.call(f.user, f.start(at), x.request);
      f.c.run();
      CHECK(f.user.mail() == texts{x.answer});
      std::string reason{x.reason};
      CHECK(f.owner.mail()
            == texts{"{:terminate, " + reason + "}", "{:EXIT, :server, " + reason + "}"});
      auto log = f.c.log(at);
      REQUIRE(log.size() == 1);
      CHECK(log[0].starts_with("error: GenServer #PID<"));
      CHECK(log[0].find(" terminating\n** (stop) ") != std::string::npos);
    }
}

TEST_CASE("server: messages, timeouts and continuations come to their callbacks") {
  server_fixture f{2};
  auto id = f.start("a");
  f.user.does([id](process& self) { self.send(id, 7); });
  f.call(f.user, id, "continue");
  f.c.run();
  CHECK(f.owner.mail() == texts{"{:info, 7}", "{:continued, :more}"});
  f.call(f.user, id, "wait");
  f.c.advance(2s);
  f.call(f.user, id, "wait"); // any message ends the wait
  f.c.advance(2s);
  CHECK(f.owner.mail().empty());
  f.c.advance(2s);
  CHECK(f.owner.mail() == texts{"{:info, :timeout}"});
  f.c.advance(20s);
  CHECK(f.owner.mail().empty());
}
