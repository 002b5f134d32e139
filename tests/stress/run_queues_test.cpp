#include "troupe/internal/run_queues.hpp"

#include <caf/resumable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using troupe::internal::run_queues;
using troupe::internal::turn_order;

namespace {

/// A job that is told which worker runs it.
struct job final : caf::resumable {
  explicit job(std::function<void(size_t)> f = {}) : run(std::move(f)) {}

  subtype_t subtype() const override { return unspecified; }
  resume_result resume(caf::execution_unit*, size_t) override { return done; }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}

  std::function<void(size_t)> run;
};

/// Threads that run jobs until they are told to end, each by a job of its own.
class crew {
public:
  explicit crew(size_t workers) : queues(workers) {
    for (size_t i = 0; i < workers; ++i)
      threads_.emplace_back([this, i] { work(i); });
  }
  ~crew() { stop(); }

  void stop() {
    for (size_t i = 0; i < threads_.size(); ++i)
      queues.add(&the_end_);
    for (auto& x : threads_)
      x.join();
    threads_.clear();
  }

  run_queues queues;

private:
  void work(size_t me) {
    for (;;) {
      auto* x = static_cast<job*>(queues.take(me));
      if (x == &the_end_)
        return queues.retire(me);
      x->run(me);
    }
  }

  job the_end_;
  std::vector<std::thread> threads_;
};

bool within(std::chrono::milliseconds limit, const std::function<bool()>& done) {
  auto until = steady_clock::now() + limit;
  while (!done() && steady_clock::now() < until)
    std::this_thread::sleep_for(100us);
  return done();
}

/// Keeps its worker busy until it is released, or for five seconds.
struct blocker {
  void run() {
    begun = true;
    within(5s, [this] { return released.load(); });
    ended = true;
  }
  /// Returns whether it has ended.
  bool release() {
    released = true;
    return within(5s, [this] { return ended.load(); });
  }
  std::atomic<bool> begun{false};
  std::atomic<bool> released{false};
  std::atomic<bool> ended{false};
};

std::chrono::nanoseconds processor_time() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

} // namespace

TEST_CASE("run_queues: what was woken last runs next, the rest in its order") {
  run_queues queues{1};
  job a, b, c, d;
  queues.add_next(0, &a);
  queues.add_next(0, &b); // displaces a
  queues.add_last(0, &c);
  queues.add(&d);
  for (auto* x : {&b, &a, &c, &d})
    CHECK(queues.take(0) == x);
}

TEST_CASE("run_queues: two that wake each other let the others through") {
  run_queues queues{1};
  job ping, own, common;
  queues.add_last(0, &own);
  queues.add(&common);
  queues.add_next(0, &ping);
  auto own_turn = 0u, common_turn = 0u;
  for (uint32_t turn = 1; turn <= 3 * turn_order::slot_turns; ++turn) {
    auto* x = queues.take(0);
    if (x == &ping)
      queues.add_next(0, &ping);
    (x == &own ? own_turn : x == &common ? common_turn : turn) = turn;
  }
  CHECK(own_turn > 0);
  CHECK(own_turn <= turn_order::slot_turns + 2);
  CHECK(common_turn > 0);
  CHECK(common_turn <= turn_order::common_turns);
}

TEST_CASE("run_queues: more than a ring holds is not lost") {
  run_queues queues{1};
  std::vector<job> jobs(2000);
  for (auto& x : jobs)
    queues.add_last(0, &x);
  std::vector<int> had(jobs.size());
  for (size_t i = 0; i < jobs.size(); ++i)
    ++had[static_cast<size_t>(static_cast<job*>(queues.take(0)) - jobs.data())];
  CHECK(std::count(had.begin(), had.end(), 1) == 2000);
}

TEST_CASE("run_queues: what is left is passed on when all ends") {
  run_queues queues{2};
  std::vector<job> jobs(4);
  queues.add_next(0, &jobs[0]);
  queues.add_last(0, &jobs[1]);
  queues.add_last(1, &jobs[2]);
  queues.add(&jobs[3]);
  queues.retire(0); // its jobs move, and stay
  size_t left = 0;
  queues.drain([&](caf::resumable*) { ++left; });
  CHECK(left == 4);
}

TEST_CASE("run_queues: a job from elsewhere wakes a sleeping thread") {
  crew team{2};
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(1ms); // so that all sleep
    std::atomic<bool> ran{false};
    job x{[&](size_t) { ran = true; }};
    team.queues.add(&x);
    CHECK(within(2s, [&] { return ran.load(); }));
  }
}

TEST_CASE("run_queues: no job is lost and none runs twice, however they come") {
  constexpr size_t count = 2000, rounds = 40;
  std::vector<std::atomic<size_t>> runs(count);
  std::atomic<size_t> total{0};
  std::vector<std::unique_ptr<job>> jobs;
  crew team{4};
  for (size_t i = 0; i < count; ++i)
    jobs.push_back(std::make_unique<job>([&, i](size_t worker) {
      auto ran = ++runs[i];
      if (ran < rounds) {
        if ((i + ran) % 3 == 0)
          team.queues.add(jobs[i].get());
        else if ((i + ran) % 3 == 1)
          team.queues.add_next(worker, jobs[i].get());
        else
          team.queues.add_last(worker, jobs[i].get());
      }
      ++total;
    }));
  for (auto& x : jobs)
    team.queues.add(x.get());
  CHECK(within(20s, [&] { return total >= count * rounds; }));
  team.stop();
  CHECK(total == count * rounds);
  for (auto& x : runs)
    if (x != rounds)
      CHECK(x == rounds);
}

TEST_CASE("run_queues: a third job runs while two pairs keep two threads busy") {
  crew team{2};
  std::atomic<bool> ended{false};
  std::atomic<size_t> turns{0};
  std::vector<std::unique_ptr<job>> pairs;
  for (size_t i = 0; i < 4; ++i)
    pairs.push_back(std::make_unique<job>([&, i](size_t worker) {
      ++turns;
      if (!ended)
        team.queues.add_next(worker, pairs[i ^ 1].get());
    }));
  team.queues.add(pairs[0].get());
  team.queues.add(pairs[2].get());
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> ran{false};
    job third{[&](size_t) { ran = true; }};
    team.queues.add(&third);
    CHECK(within(2s, [&] { return ran.load(); }));
  }
  CHECK(turns > 100);
  ended = true;
  team.stop();
}

TEST_CASE("run_queues: what waits behind a job that does not end is run by another thread") {
  crew team{3};
  for (int round = 0; round < 5; ++round) {
    blocker stuck;
    std::atomic<int> ran{0};
    job behind{[&](size_t) { ++ran; }};
    job further{[&](size_t) { ++ran; }};
    job first{[&](size_t worker) {
      team.queues.add_next(worker, &further);
      team.queues.add_next(worker, &behind); // `further` moves to the ring
      stuck.run();
    }};
    team.queues.add(&first);
    CHECK(within(2s, [&] { return ran == 2; }));
    CHECK(stuck.begun);
    CHECK(stuck.release());
    std::this_thread::sleep_for(round * 1ms);
  }
}

TEST_CASE("run_queues: the slot of the last busy thread but one is looked after, too") {
  crew team{3};
  std::this_thread::sleep_for(2ms); // all sleep, and nobody watches
  blocker one, two;
  std::atomic<bool> ran{false};
  job behind{[&](size_t) { ran = true; }};
  job first{[&](size_t) { one.run(); }};
  job second{[&](size_t worker) {
    team.queues.add_next(worker, &behind);
    two.run();
  }};
  team.queues.add(&first);
  team.queues.add(&second);
  CHECK(within(2s, [&] { return ran.load(); }));
  CHECK(one.release());
  CHECK(two.release());
}

TEST_CASE("run_queues: threads end while jobs are queued, and these are left") {
  for (int round = 0; round < 20; ++round) {
    std::atomic<size_t> ran{0};
    std::vector<std::unique_ptr<job>> jobs;
    size_t left = 0;
    {
      crew team{2};
      for (size_t i = 0; i < 400; ++i)
        jobs.push_back(std::make_unique<job>([&](size_t) { ++ran; }));
      for (size_t i = 0; i < 200; ++i)
        team.queues.add(jobs[i].get());
      std::thread more{[&] {
        for (size_t i = 200; i < 400; ++i)
          team.queues.add(jobs[i].get());
      }};
      team.stop();
      more.join();
      team.queues.drain([&](caf::resumable*) { ++left; });
    }
    CHECK(ran + left == 400);
  }
}

TEST_CASE("run_queues: threads without work take no processor time") {
  crew team{4};
  std::this_thread::sleep_for(20ms);
  auto before = processor_time();
  std::this_thread::sleep_for(100ms);
  CHECK(processor_time() - before < 10ms);
}
