// Four senders, a reader that is slow, and connections that are lost at random moments.

#include "support/stress.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::stress_there;

namespace {

constexpr int64_t senders = 4;
/// Far above the outbound budget of one connection, far below what would come without one.
constexpr int64_t growth_max = 192 * 1024 * 1024;

struct load {
  int64_t sender = 0, number = 0;
  std::string ballast;
};
TROUPE_MESSAGE(load, sender, number, ballast);

/// What one side saw.
struct seen {
  int64_t received = 0, disorder = 0, gaps = 0, ups = 0, downs = 0, out_of_turn = 0, resident = 0;
};
TROUPE_MESSAGE(seen, received, disorder, gaps, ups, downs, out_of_turn, resident);

/// A node is up, down, up, down: each once.
void count_event(seen& total, const term& x) {
  static const atom up{"nodeup"};
  auto is_up = x.is_tagged(up, 2);
  if (is_up != (total.ups == total.downs))
    ++total.out_of_turn;
  ++(is_up ? total.ups : total.downs);
}

bool is_event(const term& x) {
  return x.is_tagged(atom{"nodeup"}, 2) || x.is_tagged(atom{"nodedown"}, 2);
}

/// Holds up the thread that reads the network, now and then.
void slow_down(troupe::clock& time) {
  time.after(1ms, [&time] {
    test::hold_thread(4ms);
    slow_down(time);
  });
}

void count_load(seen& total, std::array<int64_t, senders>& last, const load& x) {
  auto& before = last.at(static_cast<size_t>(x.sender));
  ++total.received;
  total.disorder += x.number <= before;
  total.gaps += x.number > before + 1;
  before = x.number;
}

/// Takes what comes, and tells who asks what it saw.
task<> reader(process& self) {
  static_cast<void>(self.register_name(atom{"reader"}));
  slow_down(self.core().time());
  seen total;
  std::array<int64_t, senders> last{};
  for (auto node : self.home().nodes()) {
    static_cast<void>(node);
    ++total.ups; // it came before this process listened
  }
  self.home().monitor_nodes(self.self(), {}, true);
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    load one;
    if (from_term(x, one, *self.bridge())) {
      count_load(total, last, one);
    } else if (is_event(x)) {
      count_event(total, x);
    } else if (x.is(term::kind::pid)) {
      total.resident = test::resident_bytes();
      self.send(x.as_pid(), total);
    }
  }
}

/// Cuts the connection from the other side.
task<> other_cutter(process& self, uint64_t seed) {
  std::mt19937_64 random{seed};
  for (;;) {
    auto resting = self.sleep(std::chrono::milliseconds{100 + random() % 900});
    co_await std::move(resting);
    auto cutting = self.disconnect(atom{test::stress_here});
    static_cast<void>(co_await std::move(cutting));
  }
}

struct control {
  std::atomic<bool> over{false};
  std::atomic<int64_t> sent{0};
  std::atomic<int64_t> running{0};
};

task<> sender(process& self, int64_t index, uint64_t seed, control* all) {
  std::mt19937_64 random{seed + static_cast<uint64_t>(index)};
  for (int64_t i = 1; !all->over; ++i) {
    load x{index, i, std::string(random() % (i % 64 == 0 ? 100'000 : 20'000), 'x')};
    auto sending = self.send_paced(atom{"reader"}, atom{stress_there}, std::move(x));
    co_await std::move(sending);
    ++all->sent;
  }
  --all->running;
}

/// Watches the other node, cuts the connection now and then, and asks the reader at the end.
task<> observer(process& self, uint64_t seed, clock::duration time, control* all,
                std::promise<std::pair<seen, seen>>* done) {
  std::mt19937_64 random{seed};
  seen mine;
  mine.ups = 1;
  self.home().monitor_nodes(self.self(), {}, true);
  auto end = self.core().time().now() + time;
  while (self.core().time().now() < end) {
    auto waiting = self.receive_match(is_event, std::chrono::milliseconds{20 + random() % 500});
    auto x = co_await std::move(waiting);
    if (x) {
      count_event(mine, *x);
    } else {
      auto cutting = self.disconnect(atom{stress_there});
      static_cast<void>(co_await std::move(cutting));
    }
    mine.resident = std::max(mine.resident, test::resident_bytes());
  }
  all->over = true;
  seen theirs;
  for (int tries = 0; tries < 100 && theirs.received == 0; ++tries) {
    self.send(atom{"reader"}, atom{stress_there}, self.self());
    auto asking = self.receive_for<seen>(500ms);
    auto answer = co_await std::move(asking);
    theirs = answer.value_or(seen{});
  }
  for (auto x : self.flush())
    if (is_event(x))
      count_event(mine, x);
  done->set_value({mine, theirs});
}

void run_traffic(dist::transport_mode transport, const char* name) {
  auto seed = test::stress_seed();
  std::cout << name << ": TROUPE_STRESS_SEED=" << seed << '\n';
  CAPTURE(seed);
  test::two_programs both{transport, [seed](node& b) {
                            b.spawn(reader);
                            b.spawn(other_cutter, seed + 1000);
                          }};
  auto& a = both.a();
  auto before = test::resident_bytes();
  control all;
  all.running = senders;
  std::promise<std::pair<seen, seen>> done;
  auto future = done.get_future();
  auto time = test::stress_time() / 3;
  a.spawn(observer, seed, clock::duration{time}, &all, &done);
  for (int64_t i = 0; i < senders; ++i)
    a.spawn(sender, i, seed, &all);
  size_t held = 0;
  int64_t most = 0;
  while (future.wait_for(10ms) != std::future_status::ready) {
    held = std::max(held, a.kernel()->snapshot().held_senders);
    most = std::max(most, test::resident_bytes() - before);
  }
  auto [mine, theirs] = future.get();
  auto limit = std::chrono::steady_clock::now() + 30s;
  while (all.running > 0 && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  std::cout << name << ": " << all.sent << " sent, " << theirs.received << " received, "
            << mine.downs << " and " << theirs.downs << " times down, at most " << held
            << " held, resident " << most / 1024 << " KiB more, there " << theirs.resident / 1024
            << " KiB\n";
  CHECK(all.running == 0);
  CHECK(theirs.received > 0);
  CHECK(theirs.disorder == 0);
  CHECK(theirs.gaps <= senders * (theirs.downs + 1));
  CHECK(mine.downs > 0);
  CHECK(mine.out_of_turn == 0);
  CHECK(theirs.out_of_turn == 0);
  if (held == 0)
    std::cout << "not checked: memory, nobody had to be held\n";
  CHECK(most < growth_max);
  CHECK(theirs.resident < 2 * growth_max);
  a.stop();
}

} // namespace

TEST_CASE("stress: order, node_down once per loss, and bounded memory over TLS") {
  run_traffic(dist::transport_mode::tls, "tls");
}

TEST_CASE("stress: order, node_down once per loss, and bounded memory over plain TCP") {
  run_traffic(dist::transport_mode::plain, "plain");
}
