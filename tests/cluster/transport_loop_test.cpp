// Who runs the transport while processes hold up threads; with real threads.

#include "troupe/internal/transport_loop.hpp"

#include "support/job.hpp"
#include "troupe/internal/caf_system.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

using namespace troupe::internal;
using namespace std::chrono_literals;
using troupe::test::job;

namespace {

constexpr auto patience = 10s;

/// Waits until no thread uses it any more.
void await_return(job& x) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (x.references != 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
}

/// Holds a thread up until it is let go.
class blocker {
public:
  blocker()
    : job_([this](auto*) {
        thread_ = std::this_thread::get_id();
        begun_.set_value();
        gate_.get_future().wait_for(patience);
        ended_.set_value();
      }) {}
  ~blocker() {
    let_go();
    await_return(job_);
  }

  job& what() { return job_; }
  [[nodiscard]] bool has_begun() {
    return begun_.get_future().wait_for(patience) == std::future_status::ready;
  }
  [[nodiscard]] std::thread::id thread() const { return thread_; }
  void let_go() {
    if (!std::exchange(open_, true))
      gate_.set_value();
  }
  [[nodiscard]] bool has_ended() {
    return ended_.get_future().wait_for(patience) == std::future_status::ready;
  }

private:
  std::promise<void> begun_, gate_, ended_;
  std::thread::id thread_;
  bool open_ = false;
  job job_;
};

struct fixture {
  caf_system system{{2, false, false}};
  boost::asio::io_context io{2};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work{
    io.get_executor()};
  transport_loop loop{io};

  fixture() { loop.start(system.get()); }

  /// Runs `x` as a process that was woken by what was read.
  void wake(job& x) {
    boost::asio::post(io, [this, &x] {
      if (auto* unit = transport_loop::current())
        unit->exec_later(&x);
      else
        system.get().scheduler().enqueue(&x);
    });
  }

  /// Returns the thread that does the transport's work; none when nobody does.
  std::thread::id reader() {
    auto said = std::make_shared<std::promise<std::thread::id>>();
    auto future = said->get_future();
    boost::asio::post(io, [said] { said->set_value(std::this_thread::get_id()); });
    return future.wait_for(patience) == std::future_status::ready ? future.get()
                                                                  : std::thread::id{};
  }

  /// Waits until there is a thread again that can take over: then processes run where they are
  /// woken.
  bool runs_inline() {
    auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      std::promise<bool> said;
      job probe{[&](auto* on) { said.set_value(on == transport_loop::current()); }};
      auto future = said.get_future();
      wake(probe);
      auto inside = future.get();
      await_return(probe);
      if (inside)
        return true;
    }
    return false;
  }
};

} // namespace

TEST_CASE("transport_loop: a process runs on the thread that woke it") {
  fixture x;
  CHECK(x.runs_inline());
  CHECK(transport_loop::current() == nullptr); // this is no such thread
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: while a process holds up its thread another reads") {
  fixture x;
  for (int turn = 0; turn < 3; ++turn) { // each time the other one, which stood by
    CAPTURE(turn);
    REQUIRE(x.runs_inline());
    blocker slow;
    x.wake(slow.what());
    REQUIRE(slow.has_begun());
    auto reader = x.reader();
    CHECK(reader != std::thread::id{});
    CHECK(reader != slow.thread());
    slow.let_go();
    CHECK(slow.has_ended());
  }
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: a second process that blocks does not stop the reading either") {
  fixture x;
  REQUIRE(x.runs_inline());
  blocker first, second;
  x.wake(first.what());
  REQUIRE(first.has_begun());
  x.wake(second.what());
  REQUIRE(second.has_begun());
  CHECK(x.reader() != std::thread::id{});
  CHECK(x.reader() != first.thread());
  CHECK(x.reader() != second.thread());
  first.let_go();
  second.let_go();
  CHECK(first.has_ended());
  CHECK(second.has_ended());
  CHECK(x.runs_inline());
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: what waits behind a process that blocks runs elsewhere") {
  fixture x;
  REQUIRE(x.runs_inline());
  blocker slow;
  std::promise<void> ran;
  job behind{[&](auto*) { ran.set_value(); }};
  boost::asio::post(x.io, [&] { // both are woken by one read
    transport_loop::current()->exec_later(&slow.what());
    transport_loop::current()->exec_later(&behind);
  });
  CHECK(ran.get_future().wait_for(patience) == std::future_status::ready);
  await_return(behind);
  REQUIRE(slow.has_begun());
  slow.let_go();
  CHECK(slow.has_ended());
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: a process after a pause is watched, too") {
  fixture x;
  for (int i = 0; i < 5; ++i) {
    CAPTURE(i);
    REQUIRE(x.runs_inline());
    std::promise<void>{}.get_future().wait_for(25ms); // around the time after which nobody watches
    blocker slow;
    x.wake(slow.what());
    REQUIRE(slow.has_begun());
    CHECK(x.reader() != std::thread::id{});
    slow.let_go();
    CHECK(slow.has_ended());
  }
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: a stop does not wait for a process that does not come back") {
  fixture x;
  REQUIRE(x.runs_inline());
  blocker slow;
  x.wake(slow.what());
  REQUIRE(slow.has_begun());
  REQUIRE(x.reader() != std::thread::id{});
  auto began = std::chrono::steady_clock::now();
  CHECK_FALSE(x.loop.stop());
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  slow.let_go(); // its thread ends now, and has left the io_context alone
  CHECK(slow.has_ended());
  auto end = std::chrono::steady_clock::now() + patience;
  auto all = false;
  while (!(all = x.loop.stop()) && std::chrono::steady_clock::now() < end) {
  }
  CHECK(all);
}

TEST_CASE("transport_loop: a stop with nothing to do, and a second one, are quick") {
  fixture x;
  CHECK(x.loop.stop());
  CHECK(x.loop.stop());
}

TEST_CASE("transport_loop: a process that ran long runs elsewhere until it is short again") {
  auto at = troupe::node::start(troupe::config{}, [](auto&, auto&) {});
  REQUIRE(at);
  boost::asio::io_context io{2};
  boost::asio::executor_work_guard work{io.get_executor()};
  transport_loop loop{io};
  // Says where it ran, and how long it takes is up to the sender.
  auto inside = std::make_shared<std::atomic<int>>(-1);
  auto who = (*at)->spawn([inside](troupe::process& self) -> troupe::task<> {
    for (;;) {
      auto waiting = self.receive<int64_t>();
      auto microseconds = co_await std::move(waiting);
      auto until = std::chrono::steady_clock::now() + microseconds * 1us;
      while (std::chrono::steady_clock::now() < until) {
      }
      *inside = transport_loop::current() ? 1 : 0;
    }
  });
  auto& core = (*at)->core();
  loop.start(core.system());
  auto runs_inside = [&](int64_t microseconds) {
    *inside = -1;
    boost::asio::post(io, [&, microseconds] {
      troupe::signal x;
      x.type = troupe::signal::kind::send;
      x.to = who;
      x.payload = caf::make_message(microseconds);
      core.deliver(std::move(x));
    });
    auto end = std::chrono::steady_clock::now() + patience;
    while (*inside < 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return inside->load();
  };
  // How long something takes is up to the machine, too: each is tried until it is so.
  auto until = [&](int wanted, int64_t microseconds) {
    for (int i = 0; i < 1000; ++i)
      if (runs_inside(microseconds) == wanted)
        return true;
    return false;
  };
  CHECK(until(1, 0));
  CHECK(until(0, 400)); // after the first one that was long inside
  CHECK(until(1, 0));   // after one that was short elsewhere
  CHECK(loop.stop());
}
