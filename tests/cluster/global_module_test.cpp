#include "support/cluster.hpp"
#include "support/evaluation.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/global_names.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <regex>
#include <string>

using namespace troupe;
using namespace troupe::actors;
using test::cluster;

namespace {

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
    global::start(c->at(at));
    id = c->at(at).spawn(
      [](process& self, std::shared_ptr<std::string> printed) -> task<> {
        eval::process_host host{self};
        eval::interpreter run{eval::all_modules()};
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

} // namespace

TEST_CASE("global_module: names print what Elixir prints (G-01 to G-08)") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  check(in,
        {{"p = self()", "#PID"},
         {":global.register_name(:a, 5)",
          "** (FunctionClauseError) no function clause matching in :global.register_name/2"},
         {":global.register_name(:a, 5, :x)",
          "** (FunctionClauseError) no function clause matching in :global.register_name/3"},
         {":global.register_name(:a, p, :x)",
          "** (FunctionClauseError) no function clause matching in :global.allow_tuple_fun/1"},
         {":global.register_name(:a, p, fn a -> a end)",
          "** (FunctionClauseError) no function clause matching in :global.allow_tuple_fun/1"},
         {":global.register_name({:t, 1.0}, p)", ":yes"},
         {":global.register_name(:b, p)", ":no"},
         {":global.registered_names()", "[t: 1.0]"},
         {":global.whereis_name({:t, 1.0}) == p", "true"},
         {":global.whereis_name({:t, 1})", ":undefined"},
         {":global.re_register_name(:b, 5)",
          "** (FunctionClauseError) no function clause matching in :global.re_register_name/2"},
         {":global.re_register_name(:b, p)", ":yes"},
         {"Enum.sort(:global.registered_names())", "[:b, {:t, 1.0}]"},
         {":global.unregister_name(:b)", ":ok"},
         {":global.unregister_name(:nosuch)", ":ok"},
         {":global.send(:nosuch, 1)", "** (exit) {:badarg, {:nosuch, 1}}"},
         {":global.send({:t, 1.0}, 1) == p", "true"},
         {"receive do x -> x after 0 -> :nothing end", "1"},
         {":global.sync()", ":ok"},
         {":global.disconnect()", "[]"},
         {":global.register_name(:c, spawn(fn -> :ok end), {:global, :random_exit_name})", ":yes"},
         {":global.re_register_name(:d, p, &:global.notify_all_name/3)", ":yes"}});
}

TEST_CASE("global_module: locks print what Elixir prints (G-15)") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  check(
    in,
    {{":global.set_lock(:bad)",
      "** (FunctionClauseError) no function clause matching in :global.set_lock/4"},
     {":global.set_lock({:a, :b}, :x)",
      "** (ArgumentError) errors were found at the given arguments:\n\n  * 2nd argument: not a "
      "list\n"},
     {":global.set_lock({:a, :b}, [node()], -1)",
      "** (FunctionClauseError) no function clause matching in :global.set_lock/3"},
     {":global.set_lock({:a, :b}, [node()], :y)",
      "** (FunctionClauseError) no function clause matching in :global.set_lock/3"},
     {":global.set_lock({:a, :b})", "true"},
     {":global.set_lock({:a, :b}, [node()], 0)", "true"},
     {":global.set_lock({:a, :c}, [node()], 0)", "false"},
     {":global.trans({:a, :c}, fn -> 5 end, [node()], 0)", ":aborted"},
     {":global.trans({:a, :b}, fn -> 5 end)", "5"},
     {":global.trans({:a, :b}, fn -> raise \"x\" end)", "** (RuntimeError) x"},
     {":global.set_lock({:a, :c}, [node()], 0)", "true"}, // trans gave it back
     {":global.trans(:bad, fn -> 5 end)",
      "** (FunctionClauseError) no function clause matching in :global.set_lock/4"},
     {":global.trans({:z, :b}, :nofun)", "** (BadFunctionError) expected a function, got: :nofun"},
     {":global.del_lock({:a, :c})", "true"},
     {":global.del_lock(:bad)",
      "** (FunctionClauseError) no function clause matching in :global.del_lock/2"},
     {":global.del_lock({:a, :c}, [node()])", "true"},
     {":global.set_lock({:q, :b}, [])", "true"},
     {":global.set_lock({:q, :b}, [1], 0)", "true"}});
}

TEST_CASE("global_module: resolvers do and return what Erlang's do (G-10, G-11)") {
  cluster c{{"a"}, 1};
  console in{c, "a"};
  check(in, {{"p = self()", "#PID"},
             {":global.random_notify_name(:a, p, p) == p", "true"},
             {":global.notify_all_name(:a, p, p)", ":none"},
             {"receive do x -> x after 0 -> :nothing end", "{:global_name_conflict, :a}"},
             {"receive do {x, _, ^p} -> x after 0 -> :nothing end", ":global_name_conflict"}});
}
