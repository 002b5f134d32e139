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

namespace {

/// What `start_child` yields.
std::string start_child(supervisor_fixture& f, const child_spec& x) {
  auto result = std::make_shared<term>();
  f.user.plays([x, result, to = f.sup](process& self) -> task<> {
    auto asking = supervisor::start_child(self, to, x);
    auto started = co_await std::move(asking);
    *result = started.to_term();
  });
  f.c.run();
  if (result->is_tagged(atom{"ok"}, 2))
    f.c.call(result->as_tuple()[1].as_pid(), "child");
  return f.c.text_of(*result);
}

std::string start_dynamic(supervisor_fixture& f, const std::string& name, pid* id = nullptr) {
  auto result = std::make_shared<term>();
  f.user.plays([name, result, to = f.sup](process& self) -> task<> {
    std::vector<term> extra(1, atom{name});
    auto asking = supervisor::start_child(self, to, extra);
    auto started = co_await std::move(asking);
    *result = started.to_term();
  });
  f.c.run();
  if (result->is_tagged(atom{"ok"}, 2)) {
    f.c.call(result->as_tuple()[1].as_pid(), name);
    if (id)
      *id = result->as_tuple()[1].as_pid();
  }
  return f.c.text_of(*result);
}

child_spec starting_with(start_result (*f)()) {
  child_spec x;
  x.id = atom{"other"};
  x.start = [f](process&, std::vector<term>) -> task<start_result> { co_return f(); };
  return x;
}

child_spec pattern(const supervisor_fixture& f) {
  child_spec x;
  x.start = supervisor::child_process(dynamic_worker, f.watcher.id());
  return x;
}

flags dynamic(size_t intensity = 1) {
  flags how;
  how.strategy = strategy::simple_one_for_one;
  how.intensity = intensity;
  how.children_max = 3;
  return how;
}

} // namespace

TEST_CASE("supervisor: start_child takes a new id once") {
  supervisor_fixture f{1};
  f.start({}, {f.child("x")});
  CHECK(start_child(f, f.child("y")) == "{:ok, :child}");
  CHECK(start_child(f, f.child("y")) == "{:error, {:already_started, :child}}");
  CHECK(f.ask("terminate_child", atom{"y"}) == ":ok");
  CHECK(start_child(f, f.child("y")) == "{:error, :already_present}");
  CHECK(f.ask(atom{"which_children"}).starts_with("[{:y, :undefined, :worker, :dynamic}, {:x, "));
}

TEST_CASE("supervisor: start_child keeps an ignored child and discards one that failed") {
  supervisor_fixture f{2};
  f.start({}, {});
  auto failing = starting_with([] { return start_result::error(atom{"nope"}); });
  auto spec = "%{id: :other, restart: :permanent, shutdown: 5000, type: :worker}";
  CHECK(start_child(f, failing) == std::string{"{:error, {:nope, "} + spec + "}}");
  auto ignored = starting_with([] { return start_result::ignore(); });
  CHECK(start_child(f, ignored) == ":ignore");
  CHECK(start_child(f, ignored) == "{:error, :already_present}");
  CHECK(f.ask("restart_child", atom{"other"}) == "{:ok, :undefined}");
  CHECK(f.ask("delete_child", atom{"other"}) == ":ok");
  ignored.restart = restart::temporary;
  CHECK(start_child(f, ignored) == ":ignore");
  CHECK(f.ask(atom{"which_children"}) == "[]");
}

TEST_CASE("supervisor: children are ended, restarted and deleted by id") {
  supervisor_fixture f{3};
  f.start({}, {f.child("x"), f.child("t", restart::temporary)});
  CHECK(f.ask("restart_child", atom{"x"}) == "{:error, :running}");
  CHECK(f.ask("delete_child", atom{"x"}) == "{:error, :running}");
  CHECK(f.ask("terminate_child", atom{"x"}) == ":ok");
  CHECK(f.ask("terminate_child", atom{"x"}) == ":ok");
  CHECK(f.ask("terminate_child", atom{"t"}) == ":ok");
  CHECK(f.ask("restart_child", atom{"t"}) == "{:error, :not_found}");
  CHECK(f.ask("delete_child", atom{"t"}) == "{:error, :not_found}");
  CHECK(f.ask("terminate_child", atom{"t"}) == "{:error, :not_found}");
  CHECK(f.ask("restart_child", atom{"x"}).starts_with("{:ok, "));
  CHECK(f.ask("terminate_child", atom{"x"}) == ":ok");
  CHECK(f.ask("delete_child", atom{"x"}) == ":ok");
  CHECK(f.ask(atom{"count_children"}) == "[specs: 0, active: 0, supervisors: 0, workers: 0]");
  CHECK(f.c.log("a").empty());
}

TEST_CASE("supervisor: a dynamic one has children by pid, restarts each with its arguments") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    f.start(dynamic(), {pattern(f)});
    pid one;
    pid two;
    CHECK(start_dynamic(f, "one", &one) == "{:ok, :one}");
    CHECK(start_dynamic(f, "two", &two) == "{:ok, :two}");
    CHECK(f.ask(atom{"count_children"}) == "[specs: 1, active: 2, supervisors: 0, workers: 2]");
    CHECK(f.ask(atom{"which_children"})
          == "[{:undefined, :one, :worker, :dynamic}, {:undefined, :two, :worker, :dynamic}]");
    CHECK(f.ask("terminate_child", atom{"one"}) == "{:error, :simple_one_for_one}");
    CHECK(f.ask("restart_child", one) == "{:error, :simple_one_for_one}");
    CHECK(f.ask("delete_child", one) == "{:error, :simple_one_for_one}");
    CHECK(f.ask("terminate_child", f.user.id()) == "{:error, :not_found}");
    CHECK(f.ask("terminate_child", one) == ":ok");
    CHECK(f.ask("terminate_child", one) == ":ok");
    f.forget(f.watcher);
    f.user.does([two](process& self) { self.send(two, term{atom{"bang"}}); });
    f.c.run();
    CHECK(f.watcher.mail() == up({"two"}));
    start_dynamic(f, "three");
    start_dynamic(f, "four");
    CHECK(start_dynamic(f, "five") == "{:error, :max_children}");
    f.forget(f.watcher);
    f.parent.does([](process& self) { self.exit(exit_reason::shutdown); });
    f.c.run();
    auto mail = f.watcher.mail();
    std::ranges::sort(mail);
    CHECK(mail
          == texts{"{:down, :four, :shutdown}", "{:down, :three, :shutdown}",
                   "{:down, :two, :shutdown}"});
  }
}

TEST_CASE("supervisor: a dynamic one without a pattern takes whole specifications") {
  supervisor_fixture f{4};
  f.start(dynamic(), {});
  CHECK(start_child(f, f.child("x")) == "{:ok, :child}");
  CHECK(start_child(f, f.child("x", restart::temporary)) == "{:ok, :child}");
  CHECK(f.ask(atom{"count_children"}) == "[specs: 2, active: 2, supervisors: 0, workers: 2]");
  CHECK(start_dynamic(f, "y").starts_with("{:error, {:invalid_child_spec, "));
}

TEST_CASE("supervisor: a child that takes no arguments refuses those of start_child") {
  supervisor_fixture f{5};
  f.start(dynamic(), {f.child("x")});
  CHECK(start_dynamic(f, "y") == "{:error, {:badarity, [:y]}}");
}

TEST_CASE("supervisor: a child on another node is restarted when the connection breaks") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    auto x = f.child("x");
    x.start
      = supervisor::child_process_at<worker>(cluster::name_of("b"), atom{"x"}, f.watcher.id());
    f.start({strategy::rest_for_one, 3}, {x, f.child("y")});
    auto mail = f.watcher.mail();
    std::ranges::sort(mail);
    CHECK(mail == texts{"{:up, :x, true}", "{:up, :y, false}"});
    CHECK(f.c.disconnect("a", "b"));
    f.c.run();
    mail = f.watcher.mail();
    std::ranges::sort(mail);
    CHECK(mail
          == texts{"{:down, :x, :noconnection}", "{:down, :y, :shutdown}", "{:up, :x, true}",
                   "{:up, :y, false}"});
    CHECK(f.c.log("a").at(0).find("** (exit) no connection") != std::string::npos);
    f.parent.does([](process& self) { self.exit(exit_reason::shutdown); });
    f.c.run();
    CHECK(f.watcher.mail() == texts{"{:down, :y, :shutdown}", "{:down, :x, :shutdown}"});
    for (auto name : {"a", "b"})
      CHECK(f.c.at(name).kernel()->snapshot().links == 0);
  }
}

TEST_CASE("supervisor: a child whose node is gone for good ends it after its restarts") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    supervisor_fixture f{seed};
    auto x = f.child("x");
    x.start
      = supervisor::child_process_at<worker>(cluster::name_of("b"), atom{"x"}, f.watcher.id());
    f.start({strategy::one_for_one, 2}, {f.child("y"), x});
    f.forget(f.watcher);
    f.c.kill("b");
    CHECK(f.c.run_until([&] { return !f.is_alive(); }));
    f.c.run();
    CHECK(f.watcher.mail() == texts{"{:down, :y, :shutdown}"});
    CHECK(f.parent.mail() == texts{"{:EXIT, :sup, :shutdown}"});
  }
}

TEST_CASE("supervisor: requests reach one on another node, but for new specifications") {
  supervisor_fixture f{6};
  f.start({}, {f.child("x")});
  auto far = f.c.spawn("b", "far");
  far.plays([to = f.sup, x = f.child("y")](process& self) -> task<> {
    auto ending = supervisor::terminate_child(self, to, atom{"x"});
    auto ended = co_await std::move(ending);
    auto counting = supervisor::count_children(self, to);
    auto counts = co_await std::move(counting);
    auto starting = supervisor::start_child(self, to, x);
    auto started = co_await std::move(starting);
    self.send(self.self(), term::tuple({ended, counts.specs, counts.active, started.to_term()}));
  });
  f.c.run();
  CHECK(far.mail() == texts{"{:ok, 1, 0, {:error, :remote_supervisor}}"});
}
