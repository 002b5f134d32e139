#include "troupe/actors/supervisor.hpp"

#include "support/supervisor_fixture.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::test;
using namespace std::chrono_literals;

constexpr uint64_t seeds = 20;

TEST_CASE("supervisor: children start in order and end in the opposite one, with the parent") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    f.start({}, {f.child("x"), f.child("y"), f.child("z")});
    auto mail = f.watcher.mail();
    std::ranges::sort(mail); // of different senders
    CHECK(mail == up({"x", "y", "z"}));
    auto reason = atom{seed % 2 == 0 ? "shutdown" : "because"};
    f.parent.does([reason](process& self) { self.exit(reason); });
    f.c.run();
    CHECK(f.watcher.mail()
          == texts{"{:down, :z, :shutdown}", "{:down, :y, :shutdown}", "{:down, :x, :shutdown}"});
    CHECK_FALSE(f.is_alive());
  }
}

TEST_CASE("supervisor: rest_for_one ends later children in reverse and starts them in order") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    f.start({strategy::rest_for_one},
            {f.child("x"), f.child("y"), f.child("t", restart::temporary), f.child("z")});
    f.forget(f.watcher);
    f.tell("y", atom{"bang"});
    auto mail = f.watcher.mail();
    REQUIRE(mail.size() == 4);
    CHECK(texts(mail.begin(), mail.begin() + 2)
          == texts{"{:down, :z, :shutdown}", "{:down, :t, :shutdown}"});
    std::ranges::sort(mail);
    CHECK(texts(mail.begin() + 2, mail.end()) == up({"y", "z"}));
    CHECK(f.ask("terminate_child", atom{"t"}) == "{:error, :not_found}");
    auto log = f.c.log("a");
    REQUIRE(log.size() == 1);
    CHECK(log[0].starts_with("error: Child :y of Supervisor #PID<"));
    CHECK(log[0].find(" terminated\n** (exit) :bang\n") != std::string::npos);
  }
}

TEST_CASE("supervisor: one_for_all starts all children anew") {
  supervisor_fixture f{1};
  f.start({strategy::one_for_all}, {f.child("x"), f.child("y", restart::transient)});
  f.tell("y", exit_reason::normal);
  f.forget(f.watcher);
  f.tell("x", atom{"bang"});
  auto mail = f.watcher.mail();
  std::ranges::sort(mail);
  CHECK(mail == up({"x", "y"}));
}

TEST_CASE("supervisor: too many restarts within the period end it with shutdown") {
  supervisor_fixture f{2};
  flags how;
  how.intensity = 2;
  f.start(how, {f.child("x"), f.child("y")});
  f.forget(f.watcher);
  f.tell("y", atom{"bang"});
  f.tell("y", exit_reason::normal);
  f.forget(f.watcher);
  SUBCASE("in time") {
    f.tell("y", atom{"bang"});
    CHECK(f.watcher.mail() == texts{"{:down, :x, :shutdown}"});
    CHECK(f.parent.mail() == texts{"{:EXIT, :sup, :shutdown}"});
    auto log = f.c.log("a");
    REQUIRE(log.size() == 4);
    CHECK(log[3].find("caused shutdown\n** (exit) :reached_max_restart_intensity")
          != std::string::npos);
  }
  SUBCASE("later") {
    f.c.advance(6s);
    f.tell("y", atom{"bang"});
    CHECK(f.watcher.mail() == up({"y"}));
    CHECK(f.is_alive());
  }
}

TEST_CASE("supervisor: a restart that fails is tried again, and each try counts") {
  for (int last : {3, 5}) {
    CAPTURE(last);
    supervisor_fixture f{3};
    flags how;
    how.intensity = 3;
    auto starts = std::make_shared<int>(0);
    child_spec x;
    x.id = atom{"flaky"};
    x.start = flaky(starts, 2, last, f.watcher.id());
    f.start(how, {x});
    f.forget(f.watcher);
    f.tell("flaky", atom{"oops"});
    CHECK(*starts == 4);
    CHECK(f.is_alive() == (last == 3));
    if (last == 3)
      CHECK(f.watcher.mail() == up({"flaky"}));
    CHECK(f.c.log("a").size() == (last == 3 ? 3 : 5));
  }
}

TEST_CASE("supervisor: a start that fails ends the children before it and is the error") {
  supervisor_fixture f{4};
  auto before = f.c.at("a").core().processes().size();
  child_spec bad;
  bad.id = atom{"bad"};
  bad.start
    = [](process&, std::vector<term>) -> task<start_result> { throw exit_request{atom{"boom"}}; };
  f.start({}, {f.child("x"), bad, f.child("y")});
  auto mail = f.parent.mail();
  std::ranges::sort(mail);
  REQUIRE(mail.size() == 2);
  CHECK(mail[1]
        == "{:started, {:error, {:shutdown, {:failed_to_start_child, :bad, {:EXIT, :boom}}}}}");
  CHECK(mail[0].ends_with("{:shutdown, {:failed_to_start_child, :bad, {:EXIT, :boom}}}}"));
  CHECK(f.c.at("a").core().processes().size() == before);
  f.start({}, {f.child("x"), f.child("x")});
  mail = f.parent.mail();
  REQUIRE(mail.size() == 2);
  std::ranges::sort(mail);
  CHECK(mail[1] == "{:started, {:error, {:start_spec, {:duplicate_child_name, :x}}}}");
}

TEST_CASE("supervisor: a child that does not end in its time is killed, and that is reported") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    auto x = f.child("x");
    x.shutdown = supervisor::shutdown{100ms};
    auto y = f.child("y");
    y.shutdown = supervisor::shutdown::brutal_kill();
    f.start({}, {x, y});
    f.tell("x", atom{"stubborn"});
    f.forget(f.watcher);
    auto before = f.c.now();
    CHECK(f.ask("terminate_child", atom{"x"}).empty()); // still at it
    f.c.advance(200ms);
    CHECK(f.user.mail() == texts{":ok"});
    CHECK(f.c.now() - before < 1s);
    CHECK(f.ask("terminate_child", atom{"y"}) == ":ok");
    CHECK(f.watcher.mail().empty()); // neither had a say
    auto log = f.c.log("a");
    REQUIRE(log.size() == 1);
    CHECK(log[0].find(" shut down abnormally\n** (exit) killed\n") != std::string::npos);
    CHECK(log[0].find("\nShutdown: 100\n") != std::string::npos);
  }
}

TEST_CASE("supervisor: one that is killed takes its children with it") {
  supervisor_fixture f{5};
  auto sup = f.start({}, {f.child("x"), f.child("y")});
  f.forget(f.watcher);
  f.user.does([sup](process& self) { self.exit(sup, exit_reason::kill); });
  f.c.run();
  auto mail = f.watcher.mail();
  std::ranges::sort(mail);
  CHECK(mail == texts{"{:down, :x, :killed}", "{:down, :y, :killed}"});
  CHECK(f.parent.mail() == texts{"{:EXIT, :sup, :killed}"});
}

TEST_CASE("supervisor: supervisors below it end their children before it goes on") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    child_spec below;
    below.id = atom{"below"};
    below.start = supervisor::child_supervisor({}, {f.child("y"), f.child("z")});
    below.type = supervisor::child_type::supervisor;
    f.start({}, {f.child("x"), below});
    f.forget(f.watcher);
    auto counts = f.ask(atom{"count_children"});
    CHECK(counts == "[specs: 2, active: 2, supervisors: 1, workers: 1]");
    f.parent.does([](process& self) { self.exit(exit_reason::shutdown); });
    f.c.run();
    CHECK(f.watcher.mail()
          == texts{"{:down, :z, :shutdown}", "{:down, :y, :shutdown}", "{:down, :x, :shutdown}"});
  }
}
