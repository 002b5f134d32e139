#include "troupe/actors/eval/interpreter.hpp"

#include "support/evaluation.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::eval;
using test::evaluation;
using test::example;

namespace {

/// Every line in an environment of its own.
template <size_t Size>
void check_all(const example (&examples)[Size]) {
  for (const auto& [source, printed] : examples) {
    evaluation run;
    CAPTURE(source);
    CHECK(run(source).value_or("waits") == printed);
  }
}

} // namespace

TEST_CASE("interpreter: literals and containers evaluate to themselves") {
  check_all({
    {"1", "1"},
    {"-1.5", "-1.5"},
    {":a", ":a"},
    {"nil", "nil"},
    {"Enum", "Enum"},
    {"\"a\\n\"", "\"a\\n\""},
    {"'abc'", "'abc'"},
    {"{1, {}, {2}}", "{1, {}, {2}}"},
    {"[1, [2 | 3]]", "[1, [2 | 3]]"},
    {"[a: 1, b: 2]", "[a: 1, b: 2]"},
    {"%{:a => 1, \"b\" => 2}", "%{:a => 1, \"b\" => 2}"},
    {"1..3", "1..3"},
    {"3..1", "3..1//-1"},
    {"1..9//2", "1..9//2"},
    {"~w(a b)a", "[:a, :b]"},
    {"~w(a b)", "[\"a\", \"b\"]"},
    {"~s(a#{1})", "\"a1\""},
    {"~c(ab)", "'ab'"},
    {"<<65, \"b\", 8364::utf8>>", "\"Ab€\""},
    {"%RuntimeError{message: \"a\"}", "%RuntimeError{message: \"a\"}"},
  });
}

TEST_CASE("interpreter: texts take values in as to_string gives them") {
  check_all({
    {"\"a#{1 + 1}b\"", "\"a2b\""},
    {"\"#{:a}#{nil}#{1.0}#{'c'}#{[]}\"", "\"a1.0c\""},
    {"\"#{[1, \"a\"]}\"", "<<1, 97>>"},
  });
}

TEST_CASE("interpreter: variables live as long as their scope") {
  check_all({
    {"x = 1; x + 1", "2"},
    {"x = 1; x = x + 1; x", "2"},
    {"y = (x = 2; x + 1); {x, y}", "{2, 3}"},
    {"x = 1; if(true, do: (x = 2; x)) + x", "3"},
    {"x = 1; case 2 do x -> x end + x", "3"},
    {"x = 1; (fn x -> x end).(5) + x", "6"},
    {"x = 1; for(x <- [2], do: x) ++ [x]", "[2, 1]"},
    {"if (x = 1), do: 2\nx", "1"},
    {"x = 1; f = fn -> x end; x = 2; {x, f.()}", "{2, 1}"},
  });
}

TEST_CASE("interpreter: a line that fails binds nothing") {
  evaluation run;
  CHECK(run("x = 1") == "1");
  CHECK(run("x = 2; 1 = x")->starts_with("** (MatchError)"));
  CHECK(run("x") == "1");
}

TEST_CASE("interpreter: a closure keeps only the variables it uses") {
  evaluation run;
  CHECK(run("a = 1; b = 2; c = 3").has_value());
  CHECK(run("f = fn c -> (fn d -> {a, c, d} end).(4) end").has_value());
  const auto& f = run.env.variables.at(atom{"f"}).as_fun();
  CHECK(f.bindings == term::map({{atom{"a"}, 1}}));
  CHECK(f.creator == run.host.self());
  CHECK(f.arity == 1);
}

TEST_CASE("interpreter: functions are called with a dot, captured with an ampersand") {
  check_all({
    {"(fn -> 1 end).()", "1"},
    {"(fn 1 -> :one; _ -> :other end).(2)", ":other"},
    {"(fn x, y when x > y -> :gt; _, _ -> :le end).(2, 1)", ":gt"},
    {"(&(&1 + &2)).(1, 2)", "3"},
    {"(&{&1, [&2]}).(1, 2)", "{1, [2]}"},
    {"(&String.upcase/1).(\"a\")", "\"A\""},
    {"(&+/2).(1, 2)", "3"},
    {"(&and/2).(true, false)", "false"},
    {"&hd/1", "&:erlang.hd/1"},
    {"&Nomod.foo/1", "&Nomod.foo/1"},
    {"apply(fn x -> x end, [1])", "1"},
    {"apply(String, :upcase, [\"a\"])", "\"A\""},
    {"m = String; m.upcase(\"a\")", "\"A\""},
    {"Kernel.if(true, do: 1)", "1"},
    {"[1, 2] |> Enum.map(& &1 + 1) |> Enum.sum", "5"},
    {"1 |> then(fn x -> x + 1 end)", "2"},
    {"2 |> (&(&1 * 3)).()", "6"},
  });
}

TEST_CASE("interpreter: branches evaluate what they choose") {
  check_all({
    {"if 1, do: 2, else: 3", "2"},
    {"if nil, do: 2", "nil"},
    {"unless false, do: 1, else: 2", "1"},
    {"cond do false -> 1; 2 -> 3 end", "3"},
    {"case {1, 2} do {a, a} -> 1; {a, b} when a < b -> {b, a} end", "{2, 1}"},
    {"false and raise(\"no\")", "false"},
    {"true or raise(\"no\")", "true"},
    {"nil && raise(\"no\")", "nil"},
    {"1 || raise(\"no\")", "1"},
    {"nil || 2", "2"},
    {"not true", "false"},
    {"!1", "false"},
    {"1 in [1, 2]", "true"},
    {"3 not in 1..2", "true"},
  });
}

TEST_CASE("interpreter: maps are read, updated and matched") {
  check_all({
    {"%{a: 1}.a", "1"},
    {"%{a: %{b: 2}}.a.b", "2"},
    {"m = %{a: 1}; %{m | a: 2}", "%{a: 2}"},
    {"%{a: 1}[:b]", "nil"},
    {"[a: 1][:a]", "1"},
    {"nil[:a]", "nil"},
    {"%{a: x} = %{a: 1, b: 2}; x", "1"},
  });
}

TEST_CASE("interpreter: receive takes the first message that a clause takes") {
  evaluation run;
  CHECK(run("send(self(), 1); send(self(), {:a, 2}); send(self(), :b)") == ":b");
  CHECK(run("receive do {:a, x} when x > 1 -> x end") == "2");
  CHECK(run("receive do x -> x end") == "1");
  CHECK(run("receive do :c -> 1 after 0 -> :late end") == ":late");
  CHECK(run("receive do after 0 -> :late end") == ":late");
  CHECK(run("x = :b; receive do ^x -> :pinned end") == ":pinned");
  CHECK(run.host.mailbox.empty());
}

TEST_CASE("interpreter: receive waits for its message") {
  evaluation run;
  run.start("{:got, receive do {:a, x} -> x end}");
  CHECK(run.resume() == std::nullopt);
}

TEST_CASE("interpreter: try, catch, rescue, else and after work together") {
  check_all({
    {"try do raise \"a\" rescue e -> e end", "%RuntimeError{message: \"a\"}"},
    {"try do raise \"a\" rescue e in RuntimeError -> e.message end", "\"a\""},
    {"try do raise \"a\" rescue ArgumentError -> 1; _ in [KeyError, RuntimeError] -> 2 end", "2"},
    {"try do hd([]) rescue ArgumentError -> :arg end", ":arg"},
    {"try do 1 / 0 rescue e -> e end",
     "%ArithmeticError{message: \"bad argument in arithmetic expression\"}"},
    {"try do throw(1) catch x -> x end", "1"},
    {"try do exit(1) catch :exit, x -> x end", "1"},
    {"try do 1 = 2 catch :error, x -> x end", "{:badmatch, 2}"},
    {"try do throw(1) catch kind, x -> {kind, x} end", "{:throw, 1}"},
    {"try do 1 rescue _ -> 2 else x -> {:else, x} end", "{:else, 1}"},
    {"try do 1 after send(self(), :done) end; receive do x -> x end", ":done"},
    {"try do (try do throw(1) after send(self(), :done) end) catch _ -> receive do x -> x end end",
     ":done"},
    {"try do throw(1) catch 2 -> 3 end", "** (throw) 1\n"},
    {"try do raise \"a\" rescue e -> reraise e, __STACKTRACE__ end", "** (RuntimeError) a\n"},
  });
}

TEST_CASE("interpreter: with stops at the first step that does not match") {
  check_all({
    {"with {:ok, x} <- {:ok, 1}, y = x + 1, do: {x, y}", "{1, 2}"},
    {"with {:ok, x} <- :error, do: x", ":error"},
    {"with {:ok, x} <- :error do x else :error -> :no end", ":no"},
    {"with x when x > 1 <- 1, do: x", "1"},
    {"with {:ok, _} <- 1 do 2 else 3 -> 4 end",
     "** (WithClauseError) no with clause matching: 1\n"},
  });
}

TEST_CASE("interpreter: for generates, filters and collects") {
  check_all({
    {"for x <- 1..3, do: x * 2", "[2, 4, 6]"},
    {"for x <- [1, 2], y <- [3, 4], x + y > 4, do: {x, y}", "[{1, 4}, {2, 3}, {2, 4}]"},
    {"for {:ok, x} <- [{:ok, 1}, 2], do: x", "[1]"},
    {"for {k, v} <- %{a: 1}, into: %{}, do: {v, k}", "%{1 => :a}"},
    {"for x <- [\"a\", \"b\"], into: \"\", do: x", "\"ab\""},
    {"for x <- [1, 1, 2], uniq: true, do: x", "[1, 2]"},
    {"for x <- [1, 2], reduce: 0 do acc -> acc + x end", "3"},
  });
}

TEST_CASE("interpreter: nothing of a line runs that names what does not exist") {
  evaluation run;
  CHECK(run("send(self(), 1); nope")
        == "** (CompileError) iex:1: undefined function nope/0 (there is no such import)\n");
  CHECK(run.host.mailbox.empty());
  CHECK(run("foo(1)")
        == "** (CompileError) iex:1: undefined function foo/1 (there is no such import)\n");
  CHECK(run("fn -> nope end")
        == "** (CompileError) iex:1: undefined function nope/0 (there is no such import)\n");
  CHECK(run("&foo/1")
        == "** (CompileError) iex:1: undefined function foo/1 (there is no such import)\n");
}

TEST_CASE("interpreter: a call at the end of a function needs no memory") {
  evaluation run;
  CHECK(run("f = fn f, n -> if n == 0 do :done else f.(f, n - 1) end end").has_value());
  auto beyond = std::to_string(2 * environment::depth_max);
  CHECK(run("f.(f, " + beyond + ")") == ":done");
  CHECK(run("g = fn g, n -> case n do 0 -> 0; _ -> 1 + g.(g, n - 1) end end").has_value());
  CHECK(run("g.(g, 10000)") == "10000");
  CHECK(run("g.(g, " + beyond + ")") == "** (SystemLimitError) a system limit has been reached\n");
}

TEST_CASE("interpreter: code that never waits lets others run") {
  evaluation run;
  CHECK(run("Enum.each(1..10000, fn x -> x end)") == ":ok");
  CHECK(run.host.yields == 10000 / host::reductions_max);
}

TEST_CASE("interpreter: a fun whose form is none fails, and nothing else") {
  for (auto form : {term{}, term::tuple({atom{"fn"}, 1, 2}),
                    term::tuple({atom{"fn"}, term::empty_list(), term::list({1, 2})})}) {
    evaluation run;
    fun f;
    f.arity = 0;
    f.clauses = form;
    run.env.variables.emplace(atom{"f"}, term{f});
    CHECK(run("f.()")->starts_with("** (FunctionClauseError)"));
  }
}
