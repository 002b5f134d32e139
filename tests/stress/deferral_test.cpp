// What a process has sent leaves while it runs on, without waiting for anything.

#include "support/stress.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;
using test::echo;
using test::stress_there;

namespace {

constexpr int rounds = 20;

[[maybe_unused]] task<> count(process& self, std::atomic<int>* echoes) {
  for (;;) {
    auto waiting = self.receive<atom>();
    static_cast<void>(co_await std::move(waiting));
    ++*echoes;
  }
}

/// Sends twice, then runs until both have come back; and once more.
[[maybe_unused]] task<> run_on(process& self, pid counter, std::atomic<int>* echoes,
                               std::promise<int>* done) {
  for (auto there = false; !there;) { // the other node may not have its process yet
    self.send(atom{"echo"}, atom{stress_there}, self.self());
    auto waiting = self.receive_for<atom>(2s);
    auto answer = co_await std::move(waiting);
    there = answer.has_value();
  }
  auto end = self.core().time().now() + 20s;
  for (int i = 0; i < rounds && *echoes == 2 * i; ++i) {
    self.send(atom{"echo"}, atom{stress_there}, counter);
    self.send(atom{"echo"}, atom{stress_there}, counter);
    while (*echoes < 2 * (i + 1) && self.core().time().now() < end)
      std::this_thread::yield();
  }
  done->set_value(*echoes);
}

} // namespace

TEST_CASE("stress: what a process sends leaves while it runs on") {
  std::atomic<int> echoes{0};
  test::two_programs both{dist::transport_mode::plain, [](node& b) { b.spawn(echo); }};
  auto& a = both.a();
  auto counter = a.spawn(count, &echoes);
  std::promise<int> done;
  auto future = done.get_future();
  a.spawn(run_on, counter, &echoes, &done);
  REQUIRE(future.wait_for(60s) == std::future_status::ready);
  CHECK(future.get() == 2 * rounds);
  both.other().kill_now();
  a.stop();
}
