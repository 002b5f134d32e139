#include "troupe/dist/spawn_policy.hpp"

#include "troupe/process.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::dist;

namespace game {

task<> join(process&, int) {
  co_return;
}

} // namespace game

namespace {

using form = spawn_what::form;

const pid somebody{atom{"a@h"}, 5, 1};

task<> hidden_one(process&) {
  co_return;
}

template <auto Fn>
spawn_what native() {
  spawn_what x;
  x.key = typeid(internal::named<Fn>).name();
  return x;
}

spawn_what function(const char* module, const char* name, std::vector<term> arguments) {
  spawn_what x;
  x.type = form::function;
  x.module = atom{module};
  x.name = atom{name};
  x.arguments = term::list(arguments);
  return x;
}

spawn_what closure() {
  spawn_what x;
  x.type = form::closure;
  x.arguments = term::empty_list();
  return x;
}

bool allows(const char* policy, const spawn_what& what) {
  auto x = spawn_policy::parse(policy);
  REQUIRE(x);
  return x->allows(somebody, what);
}

const auto io_puts = function("Elixir.IO", "puts", {term{"x"}});
const auto node_0 = function("erlang", "node", {});

} // namespace

TEST_CASE("spawn_policy: all, none, and nothing said") {
  for (auto& what : {io_puts, node_0, closure(), native<game::join>()}) {
    CHECK(spawn_policy{}.allows(somebody, what));
    CHECK(allows("all", what));
    CHECK_FALSE(allows("none", what));
  }
}

TEST_CASE("spawn_policy: functions are named as Elixir or as Erlang does") {
  for (auto* text : {"IO.puts", "IO.*", "IO.puts/1", "Elixir.IO:puts/1", "*:puts", "*.puts/*",
                     "*:*", ":erlang.node, IO.puts", "erlang:node IO.p*"})
    CHECK(allows(text, io_puts));
  for (auto* text :
       {"IO.puts/2", "IO.put", "io:puts", "I.puts", "IO:puts", "closures", "puts", "*"})
    CHECK_FALSE(allows(text, io_puts));
  for (auto* text : {"erlang:node/0", ":erlang.node", "erlang.node", "erl*:n*e"})
    CHECK(allows(text, node_0));
  for (auto* text : {"erlang:node/1", "Erlang.node", "IO.*"})
    CHECK_FALSE(allows(text, node_0));
}

TEST_CASE("spawn_policy: C++ functions go by name or key, funs by a word of their own") {
  auto join = native<game::join>();
  CHECK(native_name(join.key) == "game::join");
  CHECK(native_name(native<hidden_one>().key) == "hidden_one");
  CHECK(allows("game::join", join));
  CHECK(allows("game::*", join));
  CHECK(allows(join.key.c_str(), join));
  CHECK(allows("*", join));
  CHECK(allows("hidden_one", native<hidden_one>()));
  CHECK_FALSE(allows("game::leave", join));
  CHECK_FALSE(allows("closures, *:*", join));
  CHECK(allows("closures", closure()));
  CHECK_FALSE(allows("*:*, *", closure()));
}

TEST_CASE("spawn_policy: apply and workers are asked for what they run in the end") {
  auto applied = function("erlang", "apply", {atom{"Elixir.IO"}, atom{"puts"}, io_puts.arguments});
  CHECK(allows("IO.puts/1", applied));
  CHECK_FALSE(allows("erlang:apply", applied));
  auto twice = function("erlang", "apply", {atom{"erlang"}, atom{"apply"}, applied.arguments});
  CHECK(allows("IO.puts", twice));
  CHECK_FALSE(allows("erlang:*", twice));
  CHECK(allows("closures", function("erlang", "apply", {term{1}, term::empty_list()})));
  CHECK_FALSE(allows("*:*", function("erlang", "apply", {term{1}, atom{"x"}, term::empty_list()})));
  CHECK(allows("erlang:apply", function("erlang", "apply", {term{1}})));

  static auto added = spawn_wrappers::get().add(
    "test worker", [](const spawn_what& x) -> std::optional<spawn_what> {
      if (!x.arguments.is_tuple(1))
        return std::nullopt;
      spawn_what result = x;
      auto depth = x.arguments.as_tuple()[0].get_if<int64_t>();
      if (!depth || *depth > 0) {
        result.arguments = term::tuple({depth ? *depth - 1 : 0});
        return result;
      }
      return function("Elixir.IO", "puts", {term{"x"}});
    });
  CHECK(added);
  spawn_what worker;
  worker.key = "test worker";
  worker.arguments = term::tuple({int64_t{2}});
  CHECK(allows("IO.puts", worker));
  CHECK_FALSE(allows("test*", worker));
  worker.arguments = term::tuple({int64_t{1000}}); // without end
  CHECK_FALSE(allows("IO.puts", worker));
  worker.arguments = term{1};
  CHECK_FALSE(allows("*:*, *, closures", worker));
}

TEST_CASE("spawn_policy: a predicate must agree, too, and sees who asks for what") {
  auto base = spawn_policy::parse("IO.*");
  REQUIRE(base);
  std::vector<std::string> asked;
  auto x = base->with([&](const pid& who, const spawn_what& what) {
    asked.push_back(std::string{who.node.text()} + " " + name_of(what));
    return what.arguments.to_vector()->size() == 1;
  });
  CHECK(x.allows(somebody, io_puts));
  CHECK_FALSE(x.allows(somebody, function("Elixir.IO", "puts", {})));
  CHECK_FALSE(x.allows(somebody, node_0));
  CHECK(asked == std::vector<std::string>{"a@h IO.puts/1", "a@h IO.puts/0"});
  CHECK_FALSE(spawn_policy{}.with([](auto&, auto&) { return false; }).allows(somebody, io_puts));
}

TEST_CASE("spawn_policy: what is no pattern is named") {
  for (auto* text : {"", " , ", "IO.puts/x", ".puts", "IO.", ":", "a:", "IO.puts/"}) {
    CAPTURE(text);
    auto x = spawn_policy::parse(text);
    REQUIRE_FALSE(x);
    CHECK(x.error() == errc::invalid_config);
    CHECK(x.error().context.find("is no pattern: give all, none") != std::string::npos);
  }
  auto mixed = spawn_policy::parse("IO.puts,all");
  REQUIRE_FALSE(mixed);
  CHECK(mixed.error().context == "--allow-spawn 'all' stands alone: give it, or patterns");
}

TEST_CASE("spawn_policy: refusals are told once for each node, and then once a minute") {
  refusal_log log;
  clock::time_point now{};
  const atom a{"a@h"}, b{"b@h"};
  CHECK(log.ask(a, now) == 0);
  for (int i = 0; i < 100; ++i)
    CHECK_FALSE(log.ask(a, now + i * 500ms));
  CHECK(log.ask(b, now) == 0);
  CHECK(log.ask(a, now + 61s) == 100);
  CHECK_FALSE(log.ask(a, now + 62s));
  CHECK(log.ask(a, now + 122s) == 1);
}
