#include "troupe/spawn.hpp"

#include "../support/fake_bridge.hpp"
#include "troupe/process.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::internal;

namespace spawn_test {

task<> named_function(process&, int64_t, std::string) {
  co_return;
}

} // namespace spawn_test

namespace {

using spawn_test::named_function;

/// Stands for the process in bodies that do not look at it.
process& nobody() {
  alignas(process) static std::byte storage[sizeof(process)];
  return *reinterpret_cast<process*>(storage);
}

task<> one(process&, term) {
  co_return;
}

task<> two(process&, term) {
  co_return;
}

/// Calls `root` and runs it to its end.
void run(const root_function& root) {
  fiber f;
  f.start(root(nobody()));
  f.resume();
  CHECK(f.done());
  if (auto thrown = f.unwind())
    std::rethrow_exception(thrown);
}

term text_or_number(const spawn_what& what, size_t i) {
  return what.arguments.as_tuple()[i];
}

} // namespace

TEST_CASE("spawn: the table finds a function by its key") {
  function_table table;
  CHECK(table.add("one", &one));
  CHECK(table.add("two", &two));
  CHECK((table.find("one")->start() == &one));
  CHECK((table.find("two")->start() == &two));
  CHECK((table.find("three") == nullptr));
}

TEST_CASE("spawn: a function may be registered again, but two of one key make it unusable") {
  function_table table;
  table.add("key", &one);
  table.add("key", &one);
  REQUIRE(table.find("key"));
  CHECK((table.find("key")->start() == &one));
  table.add("key", &two);
  CHECK(table.find("key") == nullptr);
  table.add("key", &one);
  CHECK(table.find("key") == nullptr);
}

TEST_CASE("spawn: what a function is called is made once") {
  function_table table;
  table.add("one", &one);
  auto* found = table.find("one");
  REQUIRE(found);
  auto known = found->origin("one");
  REQUIRE(known);
  CHECK(known->text == "one");
  CHECK(known.get() == found->origin("one").get());
  CHECK(table.find("two") == nullptr);
}

TEST_CASE("spawn: a named function crosses by its name, good for every program that has it") {
  test::fake_bridge bridge;
  auto what = call_of<named<&named_function>>(bridge, 7, "seven");
  CHECK(what.type == spawn_what::form::native);
  CHECK_FALSE(what.same_build);
  CHECK(demangle(what.key.c_str()).find("spawn_test::named_function") != std::string::npos);
  REQUIRE(function_table::get().find(what.key));
  CHECK(what.arguments == term::tuple({7, "seven"}));
}

TEST_CASE("spawn: a lambda crosses by its type, good for programs of the same build only") {
  test::fake_bridge bridge;
  auto f = [](process&, std::vector<std::string>) -> task<> { co_return; };
  auto what = call_of<decltype(f)>(bridge, std::vector<std::string>{"a"});
  CHECK(what.same_build);
  REQUIRE(function_table::get().find(what.key));
  CHECK(what.arguments == term::tuple({term::list({"a"})}));
}

TEST_CASE("spawn: two lambdas of one function have keys of their own") {
  test::fake_bridge bridge;
  auto f = [](process&) -> task<> { co_return; };
  auto g = [](process&) -> task<> { co_return; };
  auto x = call_of<decltype(f)>(bridge), y = call_of<decltype(g)>(bridge);
  CHECK(x.key != y.key);
  CHECK((function_table::get().find(x.key)->start() != function_table::get().find(y.key)->start()));
  CHECK(x.arguments == term::tuple({}));
}

TEST_CASE("spawn: arguments cross as what the parameters are, not as what was passed") {
  test::fake_bridge bridge;
  auto f = [](process&, double, const std::string&) -> task<> { co_return; };
  auto what = call_of<decltype(f)>(bridge, 1, "text");
  CHECK(text_or_number(what, 0) == term{1.0});
  CHECK(text_or_number(what, 1) == term{"text"});
}

TEST_CASE("spawn: a root runs the function with its arguments, which move into it") {
  auto seen = std::make_shared<std::string>();
  auto body = [seen](process&, std::unique_ptr<int> n, const std::string& text) -> task<> {
    *seen = std::to_string(*n) + text;
    co_return;
  };
  run(root_of(body, std::make_unique<int>(7), "x"));
  CHECK(*seen == "7x");
}

TEST_CASE(
  "spawn: a parameter that is a reference refers to something that lives as long as the body") {
  std::string seen;
  run(root_of(
    [&seen](process&, const std::string& text, const double& number) -> task<> {
      seen = text + (number == 1.0 ? "!" : "?");
      co_return;
    },
    "a text too long for the string's own buffer", 1));
  CHECK(seen == "a text too long for the string's own buffer!");
}

TEST_CASE("spawn: a parameter that is a view looks at an argument that lives as long as the body") {
  std::string seen;
  auto root = root_of(
    [&seen](process&, std::string_view text) -> task<> {
      seen = text;
      co_return;
    },
    std::string{"a text too long for the string's own buffer"});
  run(root);
  CHECK(seen == "a text too long for the string's own buffer");
}

TEST_CASE("spawn: a generic body takes its arguments as they were passed") {
  int64_t seen = 0;
  run(root_of(
    [&seen](process&, auto x, auto text) -> task<> {
      static_assert(std::is_same_v<decltype(text), const char*>);
      seen = x;
      co_return;
    },
    7, "text"));
  CHECK(seen == 7);
}

TEST_CASE("spawn: a body may change what it captured, and may be a function's pointer") {
  int seen = 0;
  run(root_of([&seen, n = 1](process&) mutable -> task<> {
    seen = ++n;
    co_return;
  }));
  CHECK(seen == 2);
  run(root_of(&named_function, 7, "seven"));
}

TEST_CASE("spawn: the captures of a lambda live as long as its body runs") {
  auto witness = std::make_shared<int>(7);
  std::weak_ptr<int> alive = witness;
  auto body = [witness = std::move(witness)](process&) -> task<> {
    co_await std::suspend_always{};
    CHECK(*witness == 7);
  };
  fiber f;
  {
    auto root = root_of(std::move(body));
    f.start(root(nobody()));
  }
  f.resume();
  CHECK_FALSE(f.done());
  CHECK(alive.use_count() > 0);
  f.resume();
  CHECK(f.done());
  f.unwind();
  CHECK(alive.expired());
}

TEST_CASE("spawn: what a root throws comes out of its fiber") {
  auto body = [](process&) -> task<> {
    throw exit_request{atom{"oops"}};
    co_return;
  };
  try {
    run(root_of(body));
    FAIL("nothing was thrown");
  } catch (const exit_request& x) {
    CHECK(x.reason == term{atom{"oops"}});
  }
}

TEST_CASE("spawn: arguments of another form end the process with badarg and say whose they were") {
  try {
    bad_arguments(typeid(named<&named_function>).name(), term::tuple({1}));
  } catch (const exit_request& x) {
    REQUIRE(x.reason.is_tagged(atom{"badarg"}, 2));
    auto where = x.reason.as_tuple()[1].head();
    REQUIRE(where.is_tagged(atom{"native"}, 3));
    CHECK(where.as_tuple()[1].as_binary().find("named_function") != std::string_view::npos);
    CHECK(where.as_tuple()[2] == term::tuple({1}));
  }
}
