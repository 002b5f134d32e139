#include "troupe/actors/eval/pattern.hpp"

#include "support/evaluation.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::eval;
using test::evaluation;

namespace {

/// What the variables of `pattern` are after `pattern = value`, or why it does not match.
std::string matched(std::string_view pattern, std::string_view value, std::string_view result) {
  evaluation run;
  auto source = std::string{pattern} + " = " + std::string{value} + "; " + std::string{result};
  return run(source).value_or("waits");
}

bool fits(std::string_view pattern, std::string_view value) {
  evaluation run;
  auto source = "match?(" + std::string{pattern} + ", " + std::string{value} + ")";
  return run(source) == "true";
}

} // namespace

TEST_CASE("pattern: literals match what is identical") {
  CHECK(fits("1", "1"));
  CHECK_FALSE(fits("1", "1.0"));
  CHECK(fits("-1", "-1"));
  CHECK(fits(":a", ":a"));
  CHECK(fits("\"a\"", "\"a\""));
  CHECK(fits("Enum", "Enum"));
  CHECK(fits("'ab'", "[97, 98]"));
  CHECK(fits("nil", "nil"));
  CHECK_FALSE(fits("nil", "false"));
}

TEST_CASE("pattern: variables bind, and the same variable twice wants one value") {
  CHECK(matched("{a, b}", "{1, 2}", "{b, a}") == "{2, 1}");
  CHECK(matched("{a, a}", "{1, 1}", "a") == "1");
  CHECK(matched("{a, a}", "{1, 2}", "a")
        == "** (MatchError) no match of right hand side value: {1, 2}\n");
  CHECK(matched("{_, _}", "{1, 2}", ":ok") == ":ok");
  CHECK(matched("a = {b, _}", "{1, 2}", "{a, b}") == "{{1, 2}, 1}");
}

TEST_CASE("pattern: tuples match tuples of their size") {
  CHECK(fits("{}", "{}"));
  CHECK(fits("{:a, {_, 2}}", "{:a, {1, 2}}"));
  CHECK_FALSE(fits("{_, _}", "{1, 2, 3}"));
  CHECK_FALSE(fits("{_}", "[1]"));
}

TEST_CASE("pattern: lists match by element, head and tail") {
  CHECK(fits("[]", "[]"));
  CHECK_FALSE(fits("[]", "[1]"));
  CHECK_FALSE(fits("[_]", "[]"));
  CHECK(matched("[a, b | c]", "[1, 2, 3, 4]", "{a, b, c}") == "{1, 2, [3, 4]}");
  CHECK(matched("[a | b]", "[1 | 2]", "{a, b}") == "{1, 2}");
  CHECK(matched("[a: x, b: y]", "[a: 1, b: 2]", "{x, y}") == "{1, 2}");
  CHECK(matched("[1, 2] ++ rest", "[1, 2, 3]", "rest") == "[3]");
}

TEST_CASE("pattern: maps match maps that have the keys") {
  CHECK(matched("%{a: x}", "%{a: 1, b: 2}", "x") == "1");
  CHECK(fits("%{}", "%{a: 1}"));
  CHECK_FALSE(fits("%{a: 1}", "%{a: 2}"));
  CHECK_FALSE(fits("%{a: nil}", "%{}"));
  CHECK(matched("%{\"k\" => {x}}", "%{\"k\" => {1}}", "x") == "1");
  CHECK(matched("k = :a; %{^k => x}", "%{a: 1}", "x") == "1");
  CHECK(matched("%RuntimeError{message: m}", "%RuntimeError{message: \"a\"}", "m") == "\"a\"");
  CHECK(matched("%name{}", "%RuntimeError{message: \"a\"}", "name") == "RuntimeError");
  CHECK_FALSE(fits("%RuntimeError{}", "%{message: 1}"));
  CHECK(matched("x..y", "1..2", "{x, y}") == "{1, 2}");
}

TEST_CASE("pattern: a text may have a known beginning") {
  CHECK(matched("\"a\" <> rest", "\"abc\"", "rest") == "\"bc\"");
  CHECK(matched("\"a\" <> \"b\" <> rest", "\"abc\"", "rest") == "\"c\"");
  CHECK(fits("\"a\" <> \"b\"", "\"ab\""));
  CHECK_FALSE(fits("\"a\" <> \"b\"", "\"abc\""));
  CHECK_FALSE(fits("\"b\" <> _", "\"abc\""));
  CHECK_FALSE(fits("\"b\" <> _", ":b"));
}

TEST_CASE("pattern: a pin stands for the value that is there") {
  CHECK(matched("x = 1; {^x, y}", "{1, 2}", "y") == "2");
  CHECK(matched("x = 1; {^x, y}", "{3, 2}", "y")
        == "** (MatchError) no match of right hand side value: {3, 2}\n");
  CHECK(matched("^z", "5", ":ok")
        == "** (CompileError) iex:1: undefined variable ^z. No variable \"z\" has been defined "
           "before the current pattern\n");
}

TEST_CASE("pattern: what is no pattern is rejected") {
  CHECK(matched("foo(1)", "1", ":ok")
        == "** (CompileError) iex:1: cannot find or invoke local foo/1 inside match\n");
  evaluation run;
  pattern_match m{run.env};
  CHECK_THROWS_AS((void)m.match(term::tuple({1, 2, 3, 4}), 1), failure);
}

TEST_CASE("pattern: a match that fails binds nothing") {
  evaluation run;
  CHECK(run("case {1, 2} do {x, 3} -> x; _ -> binding() end") == "[]");
}

TEST_CASE("guard: a failure inside means false, and only guards may be called") {
  evaluation run;
  CHECK(run("case :a do x when hd(x) == 1 -> 1; _ -> 2 end") == "2");
  CHECK(run("case :a do x when x + 1 > 1 or true -> 1; _ -> 2 end") == "2");
  CHECK(run("case 1 do x when is_atom(x) when x == 1 -> 1; _ -> 2 end") == "1");
  CHECK(run("case 2 do x when x in [1, 2] and not is_nil(x) -> :in end") == ":in");
  CHECK(run("case %{a: 1} do x when x.a == 1 -> :field end") == ":field");
  CHECK(run("case 1 do x when :erlang.is_integer(x) and x in 1..3 -> :yes end") == ":yes");
  CHECK(run("case 1 do x when inspect(x) == 1 -> 1 end")
        == "** (CompileError) iex:1: cannot find or invoke local inspect/1 inside guard\n");
}
