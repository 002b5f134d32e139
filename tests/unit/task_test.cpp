#include "troupe/task.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace troupe;

namespace {

using journal = std::vector<std::string>;

/// Waits until the fiber is resumed.
struct break_off {
  bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() noexcept {}
};

/// Writes down when it goes.
struct guard {
  journal& log;
  std::string name;
  guard(journal& l, std::string n) : log(l), name(std::move(n)) {}
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;
  ~guard() { log.push_back("~" + name); }
};

task<int> plus(int x, int y) {
  co_return x + y;
}

task<std::string> greet(std::string name) {
  co_await break_off{};
  auto n = co_await plus(1, 2);
  co_return name + std::to_string(n);
}

/// Goes down `depth` frames and waits in the innermost.
task<int> descend(int depth) {
  if (depth == 0) {
    co_await break_off{};
    co_return 0;
  }
  auto n = co_await descend(depth - 1);
  co_return n + 1;
}

task<> guarded(journal& log, int depth) {
  guard g{log, std::to_string(depth)};
  if (depth == 0)
    co_await break_off{};
  else
    co_await guarded(log, depth - 1);
  log.push_back("left " + std::to_string(depth));
}

task<> throws(journal& log, int depth) {
  guard g{log, std::to_string(depth)};
  if (depth == 0)
    throw std::runtime_error{"deep"};
  co_await throws(log, depth - 1);
}

std::string text_of(const std::exception_ptr& x) {
  if (!x)
    return "nothing";
  try {
    std::rethrow_exception(x);
  } catch (const std::exception& e) {
    return e.what();
  } catch (int n) {
    return std::to_string(n);
  }
}

} // namespace

TEST_CASE("task: does not run before it is awaited") {
  auto started = false;
  auto body = [](bool& x) -> task<> {
    x = true;
    co_return;
  };
  { auto never = body(started); }
  CHECK_FALSE(started);
  fiber f;
  f.start(body(started));
  CHECK_FALSE(started);
  f.resume();
  CHECK(started);
  CHECK(f.done());
}

TEST_CASE("task: values come through nested tasks that wait") {
  std::string result;
  auto body = [](std::string& out) -> task<> {
    out = co_await greet("ada");
    out += co_await greet("bob");
  };
  fiber f;
  f.start(body(result));
  f.resume();
  CHECK_FALSE(f.done());
  f.resume();
  CHECK(result == "ada3");
  f.resume();
  CHECK(f.done());
  CHECK(result == "ada3bob3");
  CHECK(text_of(f.unwind()) == "nothing");
}

TEST_CASE("task: a value that cannot be copied moves out") {
  auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  int seen = 0;
  auto body = [](auto& f, int& out) -> task<> {
    auto x = co_await f();
    out = *x;
  };
  fiber f;
  f.start(body(make, seen));
  f.resume();
  CHECK(seen == 7);
}

TEST_CASE("task: an exception passes through all frames that do not catch it, innermost first") {
  journal log;
  fiber f;
  f.start(throws(log, 2));
  f.resume();
  CHECK(f.done());
  CHECK(log == journal{"~0", "~1", "~2"});
  CHECK(text_of(f.unwind()) == "deep");
}

TEST_CASE("task: an exception can be caught, and the fiber goes on") {
  journal log;
  auto body = [](journal& l) -> task<> {
    try {
      co_await throws(l, 1);
    } catch (const std::runtime_error& x) {
      l.push_back(x.what());
    }
    co_await break_off{};
    l.push_back("after");
  };
  fiber f;
  f.start(body(log));
  f.resume();
  CHECK_FALSE(f.done());
  f.resume();
  CHECK(f.done());
  CHECK(log == journal{"~0", "~1", "deep", "after"});
  CHECK(text_of(f.unwind()) == "nothing");
}

TEST_CASE("task: what is thrown need not be a std::exception") {
  auto body = []() -> task<> {
    co_await break_off{};
    throw 7;
  };
  fiber f;
  f.start(body());
  f.resume();
  f.resume();
  CHECK(text_of(f.unwind()) == "7");
}

TEST_CASE("task: a fiber that waits is unwound from the innermost frame outwards") {
  journal log;
  {
    fiber f;
    f.start(guarded(log, 3));
    f.resume();
    CHECK(log.empty());
    SUBCASE("by its owner") {
      CHECK(text_of(f.unwind()) == "nothing");
      CHECK(text_of(f.unwind()) == "nothing");
    }
    SUBCASE("by its destructor") {}
  }
  CHECK(log == journal{"~0", "~1", "~2", "~3"});
}

TEST_CASE("task: a fiber that was never resumed is unwound too") {
  journal log;
  {
    fiber f;
    f.start(guarded(log, 3));
  }
  CHECK(log.empty());
}

TEST_CASE("task: unwinding destroys tasks that were made but not awaited") {
  auto alive = std::make_shared<int>(0);
  auto inner = [](std::shared_ptr<int>) -> task<> { co_return; };
  auto body = [](auto& make, std::shared_ptr<int> x) -> task<> {
    auto unused = make(x);
    co_await break_off{};
    co_await std::move(unused);
  };
  {
    fiber f;
    f.start(body(inner, alive));
    f.resume();
    CHECK(alive.use_count() == 3);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("task: depth costs heap, not stack") {
  constexpr int depth = 100'000;
  int result = 0;
  auto body = [](int& out) -> task<> { out = co_await descend(depth); };
  fiber f;
  f.start(body(result));
  f.resume();
  SUBCASE("when it returns") {
    f.resume();
    CHECK(f.done());
    CHECK(result == depth);
  }
  SUBCASE("when it is unwound") {
    f.unwind();
    CHECK(result == 0);
  }
}

TEST_CASE("task: an exception comes up from any depth") {
  journal log;
  fiber f;
  f.start(throws(log, 10'000));
  f.resume();
  CHECK(log.size() == 10'001);
  CHECK(text_of(f.unwind()) == "deep");
}

TEST_CASE("task: a long loop of awaits that need not wait uses no stack") {
  int64_t sum = 0;
  auto body = [](int64_t& out) -> task<> {
    for (int i = 0; i < 200'000; ++i)
      out += co_await plus(i, 1);
  };
  fiber f;
  f.start(body(sum));
  f.resume();
  CHECK(f.done());
  CHECK(sum == int64_t{200'000} * 200'001 / 2);
}
