#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

using whole = std::optional<process_info>;

std::shared_ptr<whole> start_info(const puppet& x, const pid& who) {
  auto result = std::make_shared<whole>();
  x.plays([=](process& self) -> task<> {
    auto asking = self.info(who);
    *result = co_await std::move(asking);
  });
  return result;
}

whole info(cluster& c, const puppet& x, const pid& who) {
  auto result = start_info(x, who);
  c.run();
  CHECK(x.is_idle());
  return *result;
}

/// Single items as text; "none" for a process that is gone.
std::string items(cluster& c, const puppet& x, const pid& who, std::vector<atom> wanted) {
  auto result = std::make_shared<std::string>("no answer");
  x.plays([=, &c](process& self) -> task<> {
    auto asking = self.info(who, wanted);
    auto values = co_await std::move(asking);
    *result = values ? c.text_of(term::list(*values)) : "none";
  });
  c.run();
  return *result;
}

std::string alive(cluster& c, const puppet& x, const pid& who) {
  auto result = std::make_shared<std::string>("no answer");
  x.plays([=](process& self) -> task<> {
    auto asking = self.is_alive(who);
    auto yes = co_await std::move(asking);
    *result = yes ? "alive" : "dead";
  });
  c.run();
  return *result;
}

task<> idle(process& self) {
  auto waiting = self.receive<std::string>();
  co_await std::move(waiting);
}

} // namespace

TEST_CASE("process_info: a process tells what it has, after what was sent to it before") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto far = c.spawn("b", "far");
    auto child = std::make_shared<pid>();
    auto got = std::make_shared<whole>();
    x.plays([=, to = far.id()](process& self) -> task<> {
      *child = self.spawn_link([to](process& me) -> task<> {
        me.monitor(to);
        me.dictionary().put(atom{"key"}, 5);
        CHECK(me.register_name(atom{"child"}));
        me.trap_exit(true);
        auto idling = idle(me);
        co_await std::move(idling);
      });
      self.monitor(*child);
      self.send(*child, term{1});
      self.send(*child, term{2});
      auto asking = self.info(*child);
      *got = co_await std::move(asking);
    });
    c.run();
    c.call(*child, "child");
    REQUIRE(got->has_value());
    auto& told = **got;
    CHECK(told.answered);
    CHECK(told.id == *child);
    CHECK(told.links == std::vector<pid>{x.id()});
    CHECK(told.monitored_by == std::vector<pid>{x.id()});
    CHECK(told.parent == x.id());
    CHECK(told.initial_call.as_tuple()[0] == term{atom{"native"}});
    CHECK(told.memory > 0);
    auto later = *info(c, x, *child);
    CHECK(later.message_queue_len == 2);
    CHECK(later.registered_name == atom{"child"});
    CHECK(later.status == atom{"waiting"});
    CHECK(later.monitors == std::vector<term>{term::tuple({atom{"process"}, far.id()})});
    CHECK(later.dictionary == std::vector<term_pair>{{atom{"key"}, 5}});
    CHECK(later.trap_exit);
    CHECK(later.priority == atom{"normal"});
    CHECK(later.group_leader == told.group_leader);
    CHECK(items(c, x, *child, {atom{"messages"}, atom{"links"}}) == "[[1, 2], [:x]]");
  }
}

TEST_CASE("process_info: one that ended is none, at once and also when it ends meanwhile") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    auto z = c.spawn("a", "z");
    y.does([](process& self) { self.exit(exit_reason::normal); });
    z.does([](process& self) { self.exit(exit_reason::normal); });
    auto meanwhile = start_info(x, z.id());
    c.run();
    CHECK(x.is_idle());
    CHECK((!*meanwhile || (*meanwhile)->id == z.id()));
    CHECK_FALSE(info(c, x, y.id()));
    CHECK(items(c, x, y.id(), {atom{"links"}}) == "none");
    CHECK(alive(c, x, y.id()) == "dead");
    auto old = x.id();
    old.creation ^= 1;
    CHECK(alive(c, x, old) == "dead"); // PID-04f
    CHECK_FALSE(info(c, x, old));
  }
}

TEST_CASE("process_info: who was killed before is not alive any more") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    CHECK(alive(c, x, y.id()) == "alive");
    CHECK(alive(c, x, x.id()) == "alive");
    auto after = std::make_shared<bool>(true);
    x.plays([=, to = y.id()](process& self) -> task<> {
      self.exit(to, exit_reason::kill);
      auto asking = self.is_alive(to);
      *after = co_await std::move(asking);
    });
    c.run();
    CHECK_FALSE(*after);
    auto live = c.at("a").processes();
    CHECK(std::ranges::find(live, x.id()) != live.end());
    CHECK(std::ranges::find(live, y.id()) == live.end());
  }
}

TEST_CASE("process_info: two that ask each other both get an answer") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    auto of_y = start_info(x, y.id());
    auto of_x = start_info(y, x.id());
    c.run();
    REQUIRE(of_x->has_value());
    REQUIRE(of_y->has_value());
    CHECK((*of_x)->id == x.id());
  }
}

TEST_CASE("process_info: of itself a process knows that it runs") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  CHECK(items(c, x, x.id(), {atom{"status"}, atom{"trap_exit"}, atom{"parent"}})
        == "[:running, true, :undefined]");
}

TEST_CASE("process_info: a process of another node, or a wrong item, is badarg (PID-05)") {
  cluster c{{"a", "b"}, 1};
  auto watcher = c.spawn("a", "watcher");
  auto far = c.spawn("b", "far").id();
  std::vector<puppet::part> mistakes{[far](process& self) -> task<> {
                                       auto asking = self.info(far);
                                       co_await std::move(asking);
                                     },
                                     [far](process& self) -> task<> {
                                       auto asking = self.is_alive(far);
                                       co_await std::move(asking);
                                     },
                                     [](process& self) -> task<> {
                                       std::vector<atom> wrong{atom{"no_such_item"}};
                                       auto asking = self.info(self.self(), wrong);
                                       co_await std::move(asking);
                                     }};
  for (auto& mistake : mistakes) {
    auto x = c.spawn("a", "x");
    watcher.does([to = x.id()](process& self) { self.monitor(to); });
    c.run();
    x.plays(mistake);
    c.run();
    CHECK(watcher.mail() == texts{"{:DOWN, :ref, :process, :x, {:badarg, []}}"});
  }
  CHECK(c.nodes("a").empty());
}

TEST_CASE("process_info: a process started from elsewhere names its parent there") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto child = std::make_shared<pid>();
    x.plays([=](process& self) -> task<> {
      auto starting = self.spawn_at<idle>(cluster::name_of("b"));
      *child = co_await std::move(starting);
    });
    c.run();
    auto told = info(c, y, *child);
    REQUIRE(told);
    CHECK(told->parent == x.id());
    CHECK(told->message_queue_len == 0);
    CHECK(told->dictionary.empty()); // SP-12
    CHECK(told->links.empty());
    CHECK_FALSE(told->trap_exit);
  }
}

TEST_CASE("process_info: flags are remembered, and wrong ones refused") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  x.does([](process& self) {
    CHECK(self.flag(atom{"priority"}, atom{"high"}) == term{atom{"normal"}});
    CHECK(self.flag(atom{"priority"}, atom{"low"}) == term{atom{"high"}});
    CHECK_FALSE(self.flag(atom{"priority"}, atom{"urgent"}));
    CHECK_FALSE(self.flag(atom{"min_heap_size"}, -1));
    CHECK_FALSE(self.flag(atom{"no_flag"}, 1));
  });
  c.run();
  CHECK(info(c, x, x.id())->priority == atom{"low"});
}

TEST_CASE("process_info: one that runs without waiting is described from outside after a while") {
  config how;
  how.threads = 2;
  auto started = node::start(how, [](auto&, auto&) {});
  REQUIRE(started);
  auto& n = **started;
  std::atomic<bool> stop{false};
  auto busy = n.spawn([&stop](process&) -> task<> {
    while (!stop)
      std::this_thread::yield();
    co_return;
  });
  std::promise<whole> told;
  n.spawn([&told, busy](process& self) -> task<> {
    auto asking = self.info(busy);
    auto x = co_await std::move(asking);
    told.set_value(x);
  });
  auto answer = told.get_future();
  auto in_time = answer.wait_for(30s) == std::future_status::ready;
  stop = true;
  REQUIRE(in_time);
  auto x = answer.get();
  REQUIRE(x);
  CHECK_FALSE(x->answered);
  CHECK(x->id == busy);
  CHECK(x->status == atom{"running"});
  CHECK(x->links.empty());
}
