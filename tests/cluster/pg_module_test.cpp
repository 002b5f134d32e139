#include "support/cluster.hpp"
#include "support/evaluation.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/process_groups.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <regex>
#include <string>

using namespace troupe;
using namespace troupe::actors;
using test::cluster;

namespace {

const eval::module_table& modules() {
  static const auto* table = [] {
    auto* t = new eval::module_table;
    eval::add_pure_modules(*t);
    eval::add_process_modules(*t);
    eval::add_pg_module(*t);
    return t;
  }();
  return *table;
}

task<std::string> print(process& self, eval::interpreter& run, eval::environment& env,
                        std::string line) {
  auto parsed = eval::parse(line);
  auto evaluating = run.evaluate(std::get<term>(parsed), env);
  std::optional<eval::failure> failed;
  term value;
  try {
    value = co_await std::move(evaluating);
  } catch (eval::failure& f) {
    failed = std::move(f);
  }
  if (failed)
    co_return "** " + eval::format_failure(*failed, self.self(), eval::detail::report);
  inspect_options options;
  options.width = 0;
  co_return inspect_term(value, options);
}

/// A process that evaluates lines, as a console does; its variables stay.
struct console {
  explicit console(cluster& home, const std::string& at)
    : c(&home), out(std::make_shared<std::string>()) {
    eval::install(c->at(at));
    id = c->at(at).spawn(
      [](process& self, std::shared_ptr<std::string> printed) -> task<> {
        eval::process_host host{self};
        eval::interpreter run{modules()};
        eval::environment env;
        env.process = &host;
        std::function<bool(const term&)> is_line
          = [](const term& x) { return x.is_tagged(atom{"line"}, 2); };
        for (;;) {
          auto waiting = self.receive_match(is_line);
          auto next = co_await std::move(waiting);
          std::string line{next->as_tuple()[1].as_binary()};
          auto printing = print(self, run, env, line);
          *printed = co_await std::move(printing);
        }
      },
      out);
  }

  /// Returns what a line prints, with pids and references made equal.
  std::string operator()(const std::string& line) {
    out->clear();
    c->at("a").send(id, term::tuple({atom{"line"}, line}));
    c->advance(std::chrono::milliseconds{100});
    static const std::regex numbers{"#(PID|Reference)<[0-9.]+>"};
    return std::regex_replace(*out, numbers, "#$1");
  }

  cluster* c;
  std::shared_ptr<std::string> out;
  pid id;
};

void check(console& in, const std::vector<test::example>& examples) {
  for (auto& x : examples) {
    std::string source{x.source};
    CAPTURE(source);
    CHECK(in(source) == std::string{x.printed});
  }
}

/// The text that Elixir prints for a call of a scope that does not run.
std::string no_scope(const std::string& scope, const std::string& request) {
  return "** (exit) exited in: :gen_server.call(" + scope + ", " + request
         + ", :infinity)\n    ** (EXIT) no process: the process is not alive or there's no process "
           "currently associated with the given name, possibly because its application isn't "
           "started";
}

const char* const no_table
  = "** (ArgumentError) errors were found at the given arguments:\n\n  * 1st argument: the table "
    "identifier does not refer to an existing ETS table\n";

} // namespace

TEST_CASE("pg_module: without a scope it prints what Elixir prints (PG-00)") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  CHECK(in(":pg.get_members(:g)") == "[]");
  CHECK(in(":pg.get_local_members(:s, :g)") == "[]");
  CHECK(in(":pg.which_groups()") == no_table);
  CHECK(in(":pg.which_local_groups(:s)") == no_table);
  CHECK(in(":pg.join(:g, self())") == no_scope(":pg", "{:join_local, :g, #PID}"));
  CHECK(in(":pg.leave(:g, self())") == no_scope(":pg", "{:leave_local, :g, #PID}"));
  CHECK(in(":pg.monitor(:g)") == no_scope(":pg", "{:monitor, :g}"));
  CHECK(in(":pg.monitor_scope(:s)") == no_scope(":s", ":monitor"));
  CHECK(in(":pg.demonitor(make_ref())") == no_scope(":pg", "{:demonitor, #Reference}"));
}

TEST_CASE("pg_module: starts, refuses and answers as Erlang's module does") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  check(
    in,
    {{"{:ok, s} = :pg.start(:s)", "{:ok, #PID}"},
     {":pg.start(:s) == {:error, {:already_started, s}}", "true"},
     {":pg.start(\"s\")", "** (FunctionClauseError) no function clause matching in :pg.start/1"},
     {":pg.start(:undefined)", "{:error, {:already_started, :undefined}}"},
     {":pg.start_link()", "{:ok, #PID}"},
     {"p = spawn(fn -> Process.sleep(:infinity) end)", "#PID"},
     {":pg.join(:g, :notapid)",
      "** (FunctionClauseError) no function clause matching in :pg.join/3"},
     {":pg.join(:g, [p, :notapid])", "** (ErlangError) Erlang error: {:nolocal, :notapid}"},
     {":pg.leave(:g, 5)", "** (FunctionClauseError) no function clause matching in :pg.leave/3"},
     {":pg.get_members(\"s\", :g)", "[]"},
     {":pg.which_groups(\"s\")",
      "** (FunctionClauseError) no function clause matching in :pg.which_groups/1"},
     {":pg.leave(:g, p)", ":not_joined"},
     {":pg.join(:g, [p, self(), p])", ":ok"},
     {":pg.get_members(:g) == [p, self(), p]", "true"},
     {":pg.join(:h, p)", ":ok"},
     {":pg.which_local_groups()", "[:g, :h]"},
     {":pg.join(:s, {1.0, \"x\"}, p)", ":ok"},
     {":pg.which_groups(:s)", "[{1.0, \"x\"}]"},
     {":pg.leave(:g, [])", ":not_joined"},
     {":pg.leave(:g, [self(), self()])", ":ok"},
     {":pg.get_members(:g) == [p, p]", "true"},
     {":pg.get_local_members(:g) == [p, p]", "true"},
     {":pg.demonitor(5)", "false"}});
}

TEST_CASE("pg_module: monitors print, tell and end as Erlang's (PG-08)") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  check(in, {{":pg.start_link()", "{:ok, #PID}"},
             {"p = spawn(fn -> Process.sleep(:infinity) end)", "#PID"},
             {":pg.join(:g, p)", ":ok"},
             {"{r, [^p]} = :pg.monitor(:g)", "{#Reference, [#PID]}"},
             {"{r2, _} = :pg.monitor_scope()", "{#Reference, %{g: [#PID]}}"},
             {":pg.join(:g, p)", ":ok"},
             {"receive do {^r, :join, :g, [^p]} -> :told end", ":told"},
             {"receive do {^r2, :join, :g, [^p]} -> :told end", ":told"},
             {"Process.exit(p, :kill)", "true"},
             {":pg.which_groups()", "[]"},
             {"receive do {^r2, :leave, g, x} -> {g, x} end", "{:g, [#PID]}"},
             {"{:pg.demonitor(r), :pg.demonitor(r)}", "{:ok, false}"},
             {"{:pg.demonitor(:pg, r2), :pg.demonitor(r2)}", "{:ok, false}"},
             {"receive do x -> x after 0 -> :nothing end", ":nothing"}});
}
