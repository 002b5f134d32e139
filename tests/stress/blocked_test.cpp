// Processes that hold up their threads, on both nodes at once: nobody else waits for them.

#include "support/stress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <iostream>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::echo;
using test::stress_there;

namespace {

constexpr auto hold = 2s;
/// Half of what it would take at least, were somebody stalled; and what the machine adds.
constexpr auto round_trip_max = 1000ms;

task<> holder(process& self, std::string name) {
  static_cast<void>(self.register_name(atom{name}));
  for (;;) {
    auto waiting = self.receive<term>();
    static_cast<void>(co_await std::move(waiting));
    test::hold_thread(hold);
  }
}

/// Makes the holders of the other node hold, where what they get is read; from `go` on.
task<> nudge(process& self, atom at, int64_t holders, clock::duration time) {
  static_cast<void>(self.register_name(atom{"nudge"}));
  auto waiting = self.receive<atom>();
  static_cast<void>(co_await std::move(waiting));
  auto end = self.core().time().now() + time;
  while (self.core().time().now() < end) {
    for (int64_t i = 0; i < holders; ++i)
      self.send(atom{"holder" + std::to_string(i)}, at, atom{"hold"});
    auto resting = self.sleep(hold);
    co_await std::move(resting);
  }
}

struct times {
  int64_t round_trips = 0;
  clock::duration longest{};
  int64_t lost = 0, downs = 0, failed_pings = 0;
};

task<times> measure_for(process& self, clock::duration time) {
  times x;
  const atom at{stress_there};
  auto end = self.core().time().now() + time;
  while (self.core().time().now() < end) {
    auto began = self.core().time().now();
    self.send(atom{"echo"}, at, self.self());
    auto waiting = self.receive_for<atom>(10s);
    auto answer = co_await std::move(waiting);
    x.lost += !answer;
    auto pinging = self.ping(at);
    x.failed_pings += !co_await std::move(pinging);
    x.longest = std::max(x.longest, self.core().time().now() - began);
    ++x.round_trips;
    auto resting = self.sleep(1ms);
    co_await std::move(resting);
  }
  co_return x;
}

/// While nobody holds a thread up, then while they do.
task<> measure(process& self, clock::duration time, std::promise<std::pair<times, times>>* done) {
  self.home().monitor_nodes(self.self(), {}, true);
  for (auto there = false; !there;) { // the other node may not have its processes yet
    self.send(atom{"echo"}, atom{stress_there}, self.self());
    auto waiting = self.receive_for<atom>(2s);
    auto answer = co_await std::move(waiting);
    there = answer.has_value();
  }
  static_cast<void>(self.flush());
  auto measuring = measure_for(self, time / 4);
  auto quiet = co_await std::move(measuring);
  for (auto node : {test::stress_here, stress_there})
    self.send(atom{"nudge"}, atom{node}, atom{"go"});
  auto again = measure_for(self, time);
  auto busy = co_await std::move(again);
  busy.downs = static_cast<int64_t>(self.flush().size());
  done->set_value({quiet, busy});
}

void run_blocked(dist::transport_mode transport, int64_t holders, const char* name) {
  auto time = std::max<clock::duration>(test::stress_time() / 12, 2500ms);
  auto prepare = [holders](node& x) {
    for (int64_t i = 0; i < holders; ++i)
      x.spawn(holder, "holder" + std::to_string(i));
  };
  test::two_programs both{transport,
                          [&](node& b) {
                            prepare(b);
                            b.spawn(echo);
                            b.spawn(nudge, atom{test::stress_here}, holders, time);
                          },
                          [](config& how) { how.ticktime = 1s; }};
  auto& a = both.a();
  prepare(a);
  a.spawn(nudge, atom{stress_there}, holders, time);
  std::promise<std::pair<times, times>> done;
  auto future = done.get_future();
  a.spawn(measure, time, &done);
  REQUIRE(future.wait_for(time + 60s) == std::future_status::ready);
  auto [quiet, x] = future.get();
  auto ms = [](clock::duration y) { return std::chrono::duration<double, std::milli>(y).count(); };
  std::cout << name << ", " << holders << " held up: " << x.round_trips
            << " times there and back, the longest " << ms(x.longest) << " ms; without "
            << ms(quiet.longest) << " ms\n";
  CHECK(x.lost == 0);
  CHECK(x.failed_pings == 0);
  // Heartbeats went on: the ticktime is half of the time for which a process holds its thread.
  CHECK(x.downs == 0);
  CHECK(x.longest < round_trip_max + 4 * quiet.longest);
  both.other().kill_now();
  a.stop();
}

} // namespace

TEST_CASE("stress: processes that block on both nodes stall nobody, over TLS") {
  run_blocked(dist::transport_mode::tls, 1, "tls");
  run_blocked(dist::transport_mode::tls, 2, "tls");
}

TEST_CASE("stress: processes that block on both nodes stall nobody, over plain TCP") {
  run_blocked(dist::transport_mode::plain, 1, "plain");
  run_blocked(dist::transport_mode::plain, 2, "plain");
}
