// Processes with a link, a monitor, and other options, here and on other nodes.

#include "troupe/actors/eval/spawn_modules.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/eval/spawn_options.hpp"
#include "troupe/internal/node_core.hpp"

namespace troupe::actors::eval {

namespace {

using arguments = std::vector<term>;

failure bad_argument(std::string_view function, const arguments& args, size_t i, const char* why) {
  std::vector<std::string> texts(args.size());
  texts[i] = why;
  return argument_error("erlang", function, args, texts);
}

/// Reads `fun` or `module, function, arguments`, `count` arguments behind the first `skip`.
spawn_what what_of(std::string_view function, const arguments& args, size_t skip, size_t count) {
  auto bad = [&](size_t i, const char* why) { return bad_argument(function, args, i, why); };
  spawn_what what;
  what.arguments = term::empty_list();
  if (count == 1) {
    what.type = spawn_what::form::closure;
    what.callable = args[skip];
    if (!args[skip].is(term::kind::fun))
      throw bad(skip, "not a fun");
    return what;
  }
  if (!args[skip].is(term::kind::atom))
    throw bad(skip, "not an atom");
  if (!args[skip + 1].is(term::kind::atom))
    throw bad(skip + 1, "not an atom");
  if (!args[skip + 2].to_vector())
    throw bad(skip + 2, args[skip + 2].is_list() ? "not a proper list" : "not a list");
  what.type = spawn_what::form::function;
  what.module = args[skip].as_atom();
  what.name = args[skip + 1].as_atom();
  what.arguments = args[skip + 2];
  return what;
}

atom node_of(process& self, std::string_view function, const arguments& args, bool has_node) {
  if (!has_node)
    return self.self().node;
  if (!args[0].is(term::kind::atom))
    throw bad_argument(function, args, 0, "not an atom");
  return args[0].as_atom();
}

task<term> start(process& self, atom at, spawn_what what, spawn_options options) {
  auto monitors = options.monitor;
  auto starting = self.spawn_what_at(at, std::move(what), std::move(options));
  auto started = co_await std::move(starting);
  if (monitors) {
    auto both = term::tuple({started.id, started.monitor});
    co_return both;
  }
  co_return started.id;
}

builtin spawner(std::string_view name, bool has_node, spawn_options options) {
  return [name, has_node, options](interpreter&, environment& env, arguments args) -> task<term> {
    auto& self = process_of(env);
    auto skip = has_node ? 1u : 0u;
    auto at = node_of(self, name, args, has_node);
    return start(self, at, what_of(name, args, skip, args.size() - skip), options);
  };
}

/// Of `fun, options`, `node, fun, options`, `m, f, a, options` or `node, m, f, a, options`.
task<term> spawn_opt(interpreter&, environment& env, arguments args) {
  auto& self = process_of(env);
  auto has_node = args.size() == 3 || args.size() == 5;
  auto skip = has_node ? 1u : 0u;
  auto at = node_of(self, "spawn_opt", args, has_node);
  auto what = what_of("spawn_opt", args, skip, args.size() - skip - 1);
  auto last = args.size() - 1;
  auto given = read_spawn_options(args[last], false);
  if (!given)
    throw bad_argument("spawn_opt", args, last,
                       args[last].is_list() ? "not a proper list" : "not a list");
  if (!given->known)
    throw bad_argument("spawn_opt", args, last, "invalid spawn option");
  return start(self, at, std::move(what), std::move(given->options));
}

struct request_form {
  bool has_node;
  size_t count; ///< Arguments that say what to run.
  bool has_options;
};

/// Some numbers of arguments have two meanings.
request_form form_of(const arguments& args) {
  switch (args.size()) {
    case 1: return {false, 1, false};
    case 2:
      return args[0].is(term::kind::fun) ? request_form{false, 1, true}
                                         : request_form{true, 1, false};
    case 3:
      return args[1].is(term::kind::fun) ? request_form{true, 1, true}
                                         : request_form{false, 3, false};
    case 4:
      return args[2].is(term::kind::atom) ? request_form{true, 3, false}
                                          : request_form{false, 3, true};
    default: return {true, 3, true};
  }
}

/// The answer to a request whose options are wrong, as a message (rule SP-08).
void refuse(process& self, const reference& ref, const spawn_options& asked) {
  if (asked.reply != spawn_replies::all && asked.reply != spawn_replies::errors)
    return;
  auto tag = asked.reply_tag.value_or(atom{"spawn_reply"});
  self.send(self.self(), term::tuple({tag, ref, atom{"error"}, atom{"badopt"}}));
}

term spawn_request(process& self, const arguments& args) {
  auto form = form_of(args);
  auto skip = form.has_node ? 1u : 0u;
  auto at = node_of(self, "spawn_request", args, form.has_node);
  auto what = what_of("spawn_request", args, skip, form.count);
  if (form.count == 1 && what.callable.as_fun().arity != 0)
    throw bad_argument("spawn_request", args, skip, "not a fun");
  auto last = args.size() - 1;
  auto given = read_spawn_options(form.has_options ? args[last] : term::empty_list(), true);
  if (!given)
    throw bad_argument("spawn_request", args, last, "invalid option in list");
  if (given->known)
    return self.spawn_request_at(at, std::move(what), std::move(given->options));
  auto ref = self.core().make_reference();
  refuse(self, ref, given->options);
  return ref;
}

term abandon(process& self, const arguments& args) {
  auto* ref = args[0].get_if<reference>();
  if (!ref)
    throw bad_argument("spawn_request_abandon", args, 0, "not a reference");
  return self.spawn_request_abandon(*ref);
}

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, arguments args) -> task<term> {
    co_return f(process_of(env), args);
  };
}

} // namespace

void add_spawn_modules(module_table& m) {
  struct form {
    std::string_view name;
    spawn_options options;
  };
  static const form forms[]
    = {{"spawn", {}}, {"spawn_link", {.link = true}}, {"spawn_monitor", {.monitor = true}}};
  for (auto& f : forms) {
    for (size_t arity : {1, 3}) {
      m.add("Elixir.Kernel", f.name, arity, spawner(f.name, false, f.options));
      m.add("erlang", f.name, arity, spawner(f.name, false, f.options));
    }
    for (size_t arity : {2, 4}) {
      m.add("Elixir.Node", f.name, arity, spawner(f.name, true, f.options));
      m.add("erlang", f.name, arity, spawner(f.name, true, f.options));
    }
  }
  for (size_t arity : {2, 3, 4, 5}) {
    m.add("erlang", "spawn_opt", arity, spawn_opt);
    m.add(arity % 2 == 0 ? "Elixir.Process" : "Elixir.Node", "spawn", arity, spawn_opt);
  }
  for (size_t arity : {1, 2, 3, 4, 5})
    m.add("erlang", "spawn_request", arity, quick(spawn_request));
  m.add("erlang", "spawn_request_abandon", 1, quick(abandon));
}

} // namespace troupe::actors::eval
