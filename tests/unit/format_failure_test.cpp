#include "troupe/actors/eval/interpreter.hpp"

#include "support/evaluation.hpp"
#include "troupe/actors/eval/failures.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::eval;
using test::evaluation;
using test::example;

namespace {

template <size_t Size>
void check_all(const example (&examples)[Size]) {
  for (const auto& [source, printed] : examples) {
    evaluation run;
    CAPTURE(source);
    CHECK(run(source).value_or("waits") == printed);
  }
}

term stack_of(const char* module, const char* function, std::vector<term> args) {
  auto line = term::tuple({atom{module}, atom{function}, term::list(args), term::empty_list()});
  return term::list({line});
}

} // namespace

TEST_CASE("format_failure: Erlang reasons become Elixir's exceptions") {
  check_all({
    {"{:ok, _} = 2", "** (MatchError) no match of right hand side value: 2\n"},
    {"case 1 do 2 -> 3 end", "** (CaseClauseError) no case clause matching: 1\n"},
    {"cond do false -> 1 end", "** (CondClauseError) no cond clause evaluated to a truthy value\n"},
    {"try do 1 else 2 -> 3 end", "** (TryClauseError) no try clause matching: 1\n"},
    {"(fn a -> a end).(1, 2)",
     "** (BadArityError) #Function<42.3316493/1 in :erl_eval.expr/6> with arity 1 called with 2 "
     "arguments (1, 2)\n"},
    {"3.(1)", "** (BadFunctionError) expected a function, got: 3\n"},
    {"%{a: 1}.b", "** (KeyError) key :b not found in: %{a: 1}\n"},
    {"%{ab: 1}.a", "** (KeyError) key :a not found in: %{ab: 1}. Did you mean:\n\n      * :ab\n\n"},
    {"nil.foo",
     "** (KeyError) key :foo not found in: nil. If you are using the dot syntax, such as "
     "map.field, make sure the left-hand side of the dot is a map\n"},
    {"self().a",
     "** (KeyError) key :a not found in: #PID<0.108.0>. If you are using the dot syntax, such as "
     "map.field, make sure the left-hand side of the dot is a map\n"},
    {"nil and 1", "** (BadBooleanError) expected a boolean on left-side of \"and\", got: nil\n"},
    {"%{1 | a: 1}", "** (BadMapError) expected a map, got: 1\n"},
    {":erlang.error(:abc)", "** (ErlangError) Erlang error: :abc\n"},
    {":erlang.error({:erpc, :noconnection})",
     "** (ErlangError) Erlang error: {:erpc, :noconnection}\n"},
    {"Enum.sum(nil)",
     "** (Protocol.UndefinedError) protocol Enumerable not implemented for nil of type Atom\n"},
    {"\"#{{1}}\"",
     "** (Protocol.UndefinedError) protocol String.Chars not implemented for {1} of type Tuple\n"},
  });
}

TEST_CASE("format_failure: exceptions, exits and throws name what they are") {
  check_all({
    {"raise \"boom\"", "** (RuntimeError) boom\n"},
    {"raise ArgumentError", "** (ArgumentError) argument error\n"},
    {"raise ArgumentError, \"abc\"", "** (ArgumentError) abc\n"},
    {"raise KeyError, key: :a, term: %{}", "** (KeyError) key :a not found in: %{}\n"},
    {"raise %RuntimeError{message: \"abc\"}", "** (RuntimeError) abc\n"},
    {"raise 1",
     "** (ArgumentError) raise/1 and reraise/2 expect a module name, string or exception as "
     "the first argument, got: 1\n"},
    {"raise Foo",
     "** (UndefinedFunctionError) function Foo.exception/1 is undefined (module Foo is not "
     "available)\n    Foo.exception([])\n"},
    {"throw {:a, self()}", "** (throw) {:a, #PID<0.108.0>}\n"},
    {"exit(:bye)", "** (exit) :bye\n"},
    {"exit(:noconnection)", "** (exit) no connection\n"},
    {"exit({{:nodedown, :a@b}, {GenServer, :call, [:x, 1]}})",
     "** (exit) exited in: GenServer.call(:x, 1)\n    ** (EXIT) no connection to a@b\n"},
  });
}

TEST_CASE("format_failure: the shell says which arguments were wrong") {
  check_all({
    {"1 / 0", "** (ArithmeticError) bad argument in arithmetic expression: 1 / 0\n"
              "    :erlang./(1, 0)\n"},
    {"-:a", "** (ArithmeticError) bad argument in arithmetic expression: -(:a)\n"
            "    :erlang.-(:a)\n"},
    {"div(1, 0)", "** (ArithmeticError) bad argument in arithmetic expression: div(1, 0)\n"
                  "    :erlang.div(1, 0)\n"},
    {"hd([])", "** (ArgumentError) errors were found at the given arguments:\n\n"
               "  * 1st argument: not a nonempty list\n\n    :erlang.hd([])\n"},
    {"elem({1}, 3)", "** (ArgumentError) errors were found at the given arguments:\n\n"
                     "  * 1st argument: out of range\n\n    :erlang.element(4, {1})\n"},
    {"(fn 1 -> 2 end).(3)",
     "** (FunctionClauseError) no function clause matching in "
     ":erl_eval.\"-inside-an-interpreted-fun-\"/1    \n    \n"
     "    The following arguments were given to :erl_eval.\"-inside-an-interpreted-fun-\"/1:\n"
     "    \n        # 1\n        3\n    \n"},
    {"Nomod.nofun(1)",
     "** (UndefinedFunctionError) function Nomod.nofun/1 is undefined (module Nomod "
     "is not available)\n    Nomod.nofun(1)\n"},
    {"Enum.mapp([1], 2)",
     "** (UndefinedFunctionError) function Enum.mapp/2 is undefined or private. "
     "Did you mean:\n\n      * map/2\n\n    Enum.mapp([1], 2)\n"},
    {"String.foo", "** (UndefinedFunctionError) function String.foo/0 is undefined or private\n"
                   "    String.foo()\n"},
  });
}

TEST_CASE("format_failure: a report of a process says less than the shell") {
  auto f = error(atom{"badarith"});
  f.stack = stack_of("erlang", "/", {1, 0});
  CHECK(format_failure(f, {}, detail::report)
        == "(ArithmeticError) bad argument in arithmetic expression");
  auto g = argument_error("erlang", "send", {atom{"nobody"}, 1}, {"invalid destination"});
  CHECK(format_failure(g, {}, detail::report)
        == "(ArgumentError) errors were found at the given arguments:\n\n"
           "  * 1st argument: invalid destination\n");
  CHECK(format_stack(g, {}) == "    :erlang.send(:nobody, 1)\n");
}

TEST_CASE("format_failure: reasons that are only words are told in words") {
  auto text = [](const term& x) { return format_exit(x, {}); };
  CHECK(text(atom{"normal"}) == "normal");
  CHECK(text(atom{"killed"}) == "killed");
  CHECK(text(atom{"shutdown"}) == "shutdown");
  CHECK(text(atom{"noconnection"}) == "no connection");
  CHECK(
    text(atom{"noproc"})
    == "no process: the process is not alive or there's no process currently associated with the "
       "given name, possibly because its application isn't started");
  CHECK(text(atom{"timeout"}) == "time out");
  CHECK(text(atom{"bye"}) == ":bye");
  CHECK(text(term::tuple({atom{"shutdown"}, 1})) == "shutdown: 1");
  CHECK(text(term::tuple({atom{"foo"}, term::list({1})})) == "{:foo, [1]}");
  CHECK(text(term::tuple({atom{"foo"}, term::empty_list()})) == "{:foo, []}");
}

TEST_CASE("format_failure: a reason with a stack is an exception that was raised") {
  auto boom = make_exception("RuntimeError", {{"message", "boom"}});
  CHECK(format_exit(term::tuple({boom, term::empty_list()}), {})
        == "an exception was raised:\n    ** (RuntimeError) boom");
  auto undef = term::tuple({atom{"undef"}, stack_of("Elixir.Nomod", "nofun", {1})});
  CHECK(format_exit(undef, {})
        == "an exception was raised:\n    ** (UndefinedFunctionError) function Nomod.nofun/1 is "
           "undefined (module Nomod is not available)\n        Nomod.nofun(1)");
  auto badmatch = term::tuple({atom{"badmatch"}, 1});
  CHECK(format_exit(term::tuple({badmatch, term::empty_list()}), {})
        == "an exception was raised:\n    ** (MatchError) no match of right hand side value: 1");
}
