#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

failure make_failure(failure::kind type, const term& reason) {
  auto f = error(reason);
  f.type = type;
  return f;
}

failure::kind kind_of(const term& name) {
  if (name.is_atom(words::error))
    return failure::kind::error;
  if (name.is_atom(words::exit))
    return failure::kind::exit;
  if (!name.is_atom(words::throw_))
    throw bad_argument();
  return failure::kind::thrown;
}

/// What `raise` makes of its arguments; `stack` is nil unless it is `reraise`.
failure raised(const term& what, const term& options) {
  if (what.is(kind::binary))
    return exception("RuntimeError", what.as_binary());
  if (is_exception(what))
    return error(what);
  if (!what.is(kind::atom))
    return exception("ArgumentError",
                     "raise/1 and reraise/2 expect a module name, string or exception "
                     "as the first argument, got: "
                       + inspect_term(what));
  if (auto made = new_exception(what.as_atom(), options))
    return error(*made);
  static const module_table none;
  return undefined_function(none, what.as_atom(), atom{"exception"}, list_of(options));
}

failure with_stack(failure f, const term& stack) {
  f.stack = stack;
  return f;
}

void add_failures(module_adder kernel, module_adder erlang) {
  for (auto m : {kernel, erlang}) {
    m.pure("exit", 1, [](arguments a) -> term { throw make_failure(failure::kind::exit, a[0]); });
    m.pure("throw", 1,
           [](arguments a) -> term { throw make_failure(failure::kind::thrown, a[0]); });
  }
  kernel.pure("raise", 1, [](arguments a) -> term { throw raised(a[0], term::empty_list()); });
  kernel.pure("raise", 2, [](arguments a) -> term { throw raised(a[0], a[1]); });
  kernel.pure("reraise", 2, [](arguments a) -> term {
    throw with_stack(raised(a[0], term::empty_list()), a[1]);
  });
  kernel.pure("reraise", 3,
              [](arguments a) -> term { throw with_stack(raised(a[0], a[1]), a[2]); });
  for (size_t arity : {1, 2, 3}) // Its own line keeps the reason from looking like this function's.
    erlang.pure("error", arity, [](arguments a) -> term {
      auto line = term::tuple({atom{"erl_eval"}, atom{"do_apply"}, 7, term::empty_list()});
      throw with_stack(error(a[0]), term::list({line}));
    });
  erlang.pure("raise", 3, [](arguments a) -> term {
    throw with_stack(make_failure(kind_of(a[0]), a[1]), a[2]);
  });
}

inspect_options options_of(const term& options, const pid& viewer) {
  inspect_options result;
  result.viewer = viewer;
  const auto* pretty = quoted::option(options, atom{"pretty"});
  const auto* width = quoted::option(options, atom{"width"});
  const auto* limit = quoted::option(options, atom{"limit"});
  if (!pretty || !pretty->truthy())
    result.width = 0;
  else if (width && width->is(kind::integer) && width->as_integer() > 0)
    result.width = static_cast<size_t>(width->as_integer());
  if (limit && limit->is(kind::integer) && limit->as_integer() > 0)
    result.limit = static_cast<size_t>(limit->as_integer());
  else if (limit && limit->is_atom(words::infinity))
    result.limit = 0;
  return result;
}

task<term> inspect_value(interpreter&, environment& env, std::vector<term> args) {
  auto viewer = env.process ? env.process->self() : pid{};
  auto options = options_of(or_else(args, 1, term::empty_list()), viewer);
  co_return term{inspect_term(args[0], options)};
}

task<term> apply_list(interpreter& i, environment& env, std::vector<term> args) {
  auto list = args.back().to_vector();
  if (!list)
    throw bad("apply", args, "", args.size() == 2 ? "not a list" : "",
              args.size() == 3 ? "not a list" : "");
  if (args.size() == 2) {
    auto result = co_await i.apply(args[0], std::move(*list), env);
    co_return result;
  }
  if (!args[0].is(kind::atom) || !args[1].is(kind::atom))
    throw bad("apply", args, args[0].is(kind::atom) ? "" : "not an atom",
              args[1].is(kind::atom) ? "" : "not an atom");
  auto result = co_await i.apply(args[0].as_atom(), args[1].as_atom(), std::move(*list), env);
  co_return result;
}

task<term> then(interpreter& i, environment& env, std::vector<term> args) {
  auto result = co_await i.apply(args[1], list_of(args[0]), env);
  co_return result;
}

task<term> tap(interpreter& i, environment& env, std::vector<term> args) {
  co_await i.apply(args[1], list_of(args[0]), env);
  co_return args[0];
}

task<term> is_exported(interpreter& i, environment&, std::vector<term> args) {
  auto arity = integer_at(args, 2);
  bool found = arity >= 0
               && i.modules().find(atom_at(args, 0), atom_at(args, 1), static_cast<size_t>(arity));
  co_return term{found};
}

/// `get_in(value, keys)`: what is missing is nil all the way down.
term value_in(arguments a) {
  auto result = a[0];
  for (const auto& key : list_at(a, 1)) {
    const auto* found = lookup(result, key);
    result = found ? *found : term{};
  }
  return result;
}

term put_in(const term& where, std::span<const term> keys, const term& value) {
  if (keys.empty())
    return value;
  if (!where.is(kind::map))
    throw error(words::badmap, where);
  const auto* old = where.find(keys[0]);
  auto inner = put_in(old ? *old : term{}, keys.subspan(1), value);
  return where.put(keys[0], std::move(inner));
}

task<term> update_in(interpreter& i, environment& env, std::vector<term> args) {
  auto old = value_in(args);
  auto value = co_await i.apply(args[2], list_of(std::move(old)), env);
  auto keys = list_at(args, 1);
  co_return put_in(args[0], keys, value);
}

task<term> message_of(interpreter&, environment& env, std::vector<term> args) {
  auto viewer = env.process ? env.process->self() : pid{};
  co_return term{exception_message(args[0], viewer)};
}

task<term> exit_text_of(interpreter&, environment& env, std::vector<term> args) {
  auto viewer = env.process ? env.process->self() : pid{};
  co_return term{format_exit(args[0], viewer)};
}

/// `Exception.format/2,3` and `format_banner/2,3`.
task<term> failure_text_of(interpreter&, environment& env, std::vector<term> args) {
  auto viewer = env.process ? env.process->self() : pid{};
  auto f = make_failure(kind_of(args[0]), args[1]);
  if (args.size() > 2)
    f.stack = args[2];
  auto text = "** " + format_failure(f, viewer, detail::report);
  auto lines = format_stack(f, viewer, detail::report);
  if (!lines.empty())
    text += "\n" + lines;
  co_return term{text};
}

void add_exception_module(module_adder m) {
  m.waiting("message", 1, message_of);
  m.waiting("format_exit", 1, exit_text_of);
  m.waiting("format", 2, failure_text_of);
  m.waiting("format", 3, failure_text_of);
  m.waiting("format_banner", 2, failure_text_of);
  m.pure("normalize", 2, [](arguments a) {
    return a[0].is_atom(words::error) ? normalize(a[1], term::empty_list()) : a[1];
  });
  m.pure("normalize", 3,
         [](arguments a) { return a[0].is_atom(words::error) ? normalize(a[1], a[2]) : a[1]; });
  m.pure("exception?", 1, [](arguments a) { return term{is_exception(a[0])}; });
}

term charlist_of(arguments a) {
  if (a[0].is_list())
    return a[0];
  if (a[0].is(kind::binary) || a[0].is(kind::atom) || a[0].is_number())
    return term::charlist(to_string(a[0]));
  throw no_protocol("List.Chars", a[0]);
}

} // namespace

void add_kernel(module_table& modules) {
  module_adder kernel{modules, "Elixir.Kernel"}, erlang{modules, "erlang"};
  add_failures(kernel, erlang);
  for (size_t arity : {2, 3}) {
    kernel.waiting("apply", arity, apply_list);
    erlang.waiting("apply", arity, apply_list);
  }
  erlang.waiting("function_exported", 3, is_exported);
  kernel.waiting("function_exported?", 3, is_exported);
  kernel.waiting("inspect", 1, inspect_value);
  kernel.waiting("inspect", 2, inspect_value);
  kernel.pure("require", 1, [](arguments a) { return a[0]; }); // All modules are loaded.
  kernel.waiting("then", 2, then);
  kernel.waiting("tap", 2, tap);
  kernel.waiting("update_in", 3, update_in);
  kernel.pure("get_in", 2, value_in);
  kernel.pure("put_in", 3, [](arguments a) { return put_in(a[0], list_at(a, 1), a[2]); });
  kernel.pure("to_string", 1, [](arguments a) { return term{to_string(a[0])}; });
  kernel.pure("to_charlist", 1, charlist_of);
  module_adder{modules, "Elixir.String.Chars"}.pure(
    "to_string", 1, [](arguments a) { return term{to_string(a[0])}; });
  add_exception_module({modules, "Elixir.Exception"});
  module_adder function{modules, "Elixir.Function"};
  function.pure("identity", 1, [](arguments a) { return a[0]; });
  function.pure("capture", 3, [](arguments a) {
    troupe::fun f;
    f.module = atom_at(a, 0);
    f.name = atom_at(a, 1);
    f.arity = static_cast<uint32_t>(integer_at(a, 2) & 0xFF);
    return term{std::move(f)};
  });
  module_adder{modules, "Elixir.Module"}.pure("concat", 2, [](arguments a) {
    auto left = to_string(a[0]), right = to_string(a[1]);
    auto rest = right.starts_with("Elixir.") ? right.substr(7) : right;
    return make_atom((left.starts_with("Elixir.") ? left : "Elixir." + left) + "." + rest);
  });
}

} // namespace troupe::actors::eval::builtins
