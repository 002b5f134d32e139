#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/internal/timer_service.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

using milliseconds = std::optional<std::chrono::milliseconds>;

const atom later{"later"};

std::shared_ptr<reference> send_after(const puppet& x, clock::duration delay, const pid& to,
                                      const term& message) {
  auto result = std::make_shared<reference>();
  x.does([=](process& self) { *result = self.send_after(delay, to, message); });
  return result;
}

/// Runs without letting time pass.
void settle(cluster& c) {
  c.advance(0ms);
}

milliseconds ask(cluster& c, const puppet& x, const std::shared_ptr<reference>& timer,
                 bool cancel) {
  auto result = std::make_shared<milliseconds>();
  x.does(
    [=](process& self) { *result = cancel ? self.cancel_timer(*timer) : self.read_timer(*timer); });
  settle(c);
  return *result;
}

/// Why `x` ended, as seen by `watcher`.
texts ending(cluster& c, const puppet& watcher, const puppet& x, const puppet::part& last) {
  watcher.does([to = x.id()](process& self) { self.monitor(to); });
  settle(c);
  x.plays(last);
  settle(c);
  return watcher.mail();
}

} // namespace

TEST_CASE("timers: a message comes when its time has come, and not before") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    send_after(x, 30ms, y.id(), term{3});
    send_after(x, 10ms, y.id(), term{1});
    send_after(x, 10ms, y.id(), term{2});
    settle(c);
    c.advance(9ms);
    CHECK(y.mail().empty());
    c.advance(1ms);
    CHECK(y.mail() == texts{"1", "2"});
    c.advance(19ms);
    CHECK(y.mail().empty());
    c.advance(1ms);
    CHECK(y.mail() == texts{"3"});
    CHECK(c.at("a").core().timers().size() == 0);
  }
}

TEST_CASE("timers: start_timer sends its own reference, native messages stay native") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto got = std::make_shared<std::pair<bool, std::string>>();
    x.plays([got](process& self) -> task<> {
      auto ref = self.start_timer(5ms, self.self(), term{7});
      auto waiting = self.receive<term>();
      auto message = co_await std::move(waiting);
      got->first = message == term::tuple({atom{"timeout"}, ref, 7});
      self.send_after(5ms, self.self(), std::string{"native"});
      auto text = self.receive<std::string>();
      got->second = co_await std::move(text);
    });
    c.advance(10ms);
    CHECK(got->first);
    CHECK(got->second == "native");
  }
}

TEST_CASE("timers: any process reads and cancels them, each once") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    auto timer = send_after(x, 1000ms, x.id(), later);
    settle(c);
    CHECK(ask(c, y, timer, false) == 1000ms);
    c.advance(400ms);
    CHECK(ask(c, y, timer, false) == 600ms);
    CHECK(ask(c, y, timer, true) == 600ms);
    CHECK(ask(c, y, timer, true) == std::nullopt);
    CHECK(ask(c, x, timer, false) == std::nullopt);
    c.advance(2s);
    CHECK(x.mail().empty());
    auto fired = send_after(x, 10ms, x.id(), later);
    c.advance(10ms);
    CHECK(x.mail() == texts{":later"});
    CHECK(ask(c, x, fired, true) == std::nullopt);
  }
}

TEST_CASE("timers: what is left is rounded up") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  auto timer = send_after(x, 10'400us, x.id(), later);
  settle(c);
  CHECK(ask(c, x, timer, false) == 11ms);
}

TEST_CASE("timers: those of a dead receiver vanish, whoever started them") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    auto timer = send_after(x, 100ms, y.id(), later);
    auto other = send_after(y, 100ms, x.id(), later);
    settle(c);
    y.does([](process& self) { self.exit(exit_reason::normal); });
    settle(c);
    CHECK(ask(c, x, timer, false) == std::nullopt);
    CHECK(ask(c, x, other, false) == 100ms); // its starter is gone, its receiver is not
    auto late = send_after(x, 100ms, y.id(), later);
    settle(c);
    CHECK(ask(c, x, late, false) == std::nullopt);
    CHECK(c.at("a").core().timers().size() == 1);
    c.advance(100ms);
    CHECK(x.mail() == texts{":later"});
  }
}

TEST_CASE("timers: a name is looked up when the time comes") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("a", "y");
    const atom name{"target"};
    x.does([=](process& self) {
      CHECK(self.register_name(name));
      self.send_after(10ms, name, term{1});
      self.send_after(20ms, name, term{2});
      self.send_after(30ms, name, term{3});
    });
    c.advance(10ms);
    x.does([=, to = y.id()](process& self) {
      CHECK(self.unregister_name(name));
      CHECK(self.register_name(name, to));
    });
    c.advance(10ms);
    y.does([=](process& self) { CHECK(self.unregister_name(name)); });
    c.advance(10ms); // to nobody, in silence
    CHECK(x.mail() == texts{"1"});
    CHECK(y.mail() == texts{"2"});
    CHECK(c.log("a").empty());
  }
}

TEST_CASE("timers: other nodes, negative times and nobody end the caller with badarg (MSG-19)") {
  cluster c{{"a", "b"}, 1};
  auto watcher = c.spawn("a", "watcher");
  auto far = c.spawn("b", "far");
  std::vector<puppet::part> mistakes{[to = far.id()](process& self) -> task<> {
                                       self.send_after(1ms, to, later);
                                       co_return;
                                     },
                                     [](process& self) -> task<> {
                                       self.send_after(-1ms, self.self(), later);
                                       co_return;
                                     },
                                     [](process& self) -> task<> {
                                       self.start_timer(1ms, pid{}, later);
                                       co_return;
                                     }};
  for (auto& mistake : mistakes) {
    auto x = c.spawn("a", "x");
    CHECK(ending(c, watcher, x, mistake) == texts{"{:DOWN, :ref, :process, :x, {:badarg, []}}"});
  }
  CHECK(c.nodes("a").empty()); // and nothing is connected for it
}

TEST_CASE("timers: a process of an earlier life gets nothing") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  auto old = x.id();
  old.creation ^= 1;
  auto timer = send_after(x, 10ms, old, later);
  settle(c);
  CHECK(ask(c, x, timer, false) == std::nullopt);
  c.advance(20ms);
  CHECK(x.mail().empty());
}

TEST_CASE("timers: a thousand of them keep one timer of the clock, and come in order") {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    CAPTURE(seed);
    cluster c{{"a"}, seed};
    auto x = c.spawn("a", "x");
    constexpr int count = 3000;
    x.does([](process& self) {
      for (int i = 0; i < count; ++i)
        self.send_after(std::chrono::milliseconds{10 + i / 1500}, self.self(), term{i});
    });
    settle(c);
    CHECK(c.at("a").core().timers().size() == count);
    c.advance(9ms);
    CHECK(x.terms().empty());
    c.advance(2ms);
    auto mail = x.terms();
    REQUIRE(mail.size() == count);
    for (int i = 0; i < count; ++i)
      CHECK(mail[static_cast<size_t>(i)] == term{i});
  }
}

TEST_CASE("timers: all go when the node stops") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  send_after(x, 10ms, x.id(), later);
  settle(c);
  c.at("a").core().timers().stop();
  CHECK(c.at("a").core().timers().size() == 0);
  c.advance(20ms);
  CHECK(x.mail().empty());
  send_after(x, 10ms, x.id(), later);
  c.advance(20ms);
  CHECK(x.mail().empty());
}
