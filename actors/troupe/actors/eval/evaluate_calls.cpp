#include "troupe/actors/eval/evaluator.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/scope.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// Builds the `fn` that `&and/2` stands for: forms are no functions.
term wrapped_form(const quoted::capture& what, const term& meta) {
  std::vector<term> parameters;
  for (size_t i = 0; i < what.arity; ++i)
    parameters.push_back(quoted::make_variable(atom{"&" + std::to_string(i + 1)}, meta));
  auto list = term::list(parameters);
  auto body = quoted::make_call(what.name, meta, list);
  auto clause = quoted::make_call(words::arrow, meta, term::list({list, body}));
  return quoted::make_call(words::fn, meta, term::list({clause}));
}

/// What `value.name` without a parameter is when the value is no module.
term field_of(const term& value, atom name) {
  const auto* field = value.is(kind::map) ? value.find(name) : nullptr;
  if (!field)
    throw error(term::tuple({words::badkey, name, value}));
  return *field;
}

failure not_a_module(const term& value, atom name) {
  return exception("ArgumentError",
                   "you attempted to apply a function named " + inspect_atom(name) + " on "
                     + inspect_term(value)
                     + ". If you are using Kernel.apply/3, make sure the module is an atom. If you "
                       "are using the dot syntax, such as module.function(), make sure the "
                       "left-hand side of the dot is an atom representing a module");
}

failure no_clause_of_fun(const std::vector<term>& arguments) {
  auto f = no_clause();
  auto line = term::tuple({atom{"erl_eval"}, atom{"-inside-an-interpreted-fun-"},
                           term::list(arguments), term::empty_list()});
  f.stack = term::list({line});
  return f;
}

} // namespace

task<term> evaluator::apply(term function, std::vector<term> arguments, environment& env) {
  for (;;) {
    if (!function.is(kind::fun))
      throw error(words::badfun, function);
    const auto& f = function.as_fun();
    if (f.arity != arguments.size())
      throw error(words::badarity, term::tuple({function, term::list(arguments)}));
    if (env.process && ++env.process->reductions >= host::reductions_max) {
      env.process->reductions = 0;
      co_await env.process->yield();
    }
    if (f.module != words::nil) {
      auto result = co_await call(f.module, f.name, std::move(arguments), env);
      co_return result;
    }
    environment inner;
    inner.process = env.process;
    inner.file = env.file;
    inner.line = env.line;
    inner.depth = env.depth + 1;
    if (inner.depth > environment::depth_max)
      throw error(words::system_limit);
    if (f.bindings.is(kind::map))
      for (const auto& [name, value] : f.bindings.as_map())
        if (name.is(kind::atom))
          inner.variables.emplace(name.as_atom(), value);
    auto n = quoted::as_node(f.clauses);
    const auto* body = n ? select(*n.args, arguments, inner) : nullptr;
    if (!body)
      throw no_clause_of_fun(arguments);
    tail_call next;
    auto result = co_await eval(*body, inner, &next);
    if (!next.pending)
      co_return result;
    function = std::move(next.function);
    arguments = std::move(next.arguments);
  }
}

task<term> evaluator::call(atom module, atom name, std::vector<term> arguments, environment& env) {
  const auto* entry = owner_->modules().find(module, name, arguments.size());
  if (!entry)
    throw undefined_function(owner_->modules(), module, name, arguments);
  if (entry->pure)
    co_return call_pure(*entry, module, name, arguments);
  try {
    auto result = co_await entry->waiting(*owner_, env, arguments);
    co_return result;
  } catch (failure& f) {
    add_place(f, module, name, arguments);
    throw;
  }
}

term evaluator::call_pure(const module_table::entry& entry, atom module, atom name,
                          const std::vector<term>& arguments) const {
  try {
    return entry.pure(arguments);
  } catch (failure& f) {
    add_place(f, module, name, arguments);
    throw;
  }
}

/// A failure of a built-in that says nothing else comes from here. Kernel's functions are Erlang's.
void evaluator::add_place(failure& f, atom module, atom name,
                          const std::vector<term>& arguments) const {
  bool ours = f.type == failure::kind::error && f.stack.is(kind::nil)
              && (f.reason.is_atom(words::badarg) || f.reason.is_atom(words::badarith)
                  || f.reason.is_atom(words::function_clause));
  if (!ours)
    return;
  if (module == words::kernel && owner_->modules().find(words::erlang, name, arguments.size()))
    module = words::erlang;
  auto line = term::tuple({module, name, term::list(arguments), term::empty_list()});
  f.stack = term::list({line});
}

task<term> evaluator::local_call(const term& form, environment& env) {
  auto n = quoted::as_node(form);
  auto name = n.head->as_atom();
  auto arity = n.args->is_list() ? quoted::length(*n.args) : 0;
  const auto& modules = owner_->modules();
  auto module = modules.find(words::kernel, name, arity) ? words::kernel : words::helpers;
  const auto* entry = modules.find(module, name, arity);
  if (!entry)
    reject(form, env,
           "undefined function " + std::string{name.text()} + "/" + std::to_string(arity)
             + " (there is no such import)");
  auto arguments = co_await values(*n.args, env);
  if (entry->pure)
    co_return call_pure(*entry, module, name, arguments);
  auto result = co_await call(module, name, std::move(arguments), env);
  co_return result;
}

task<term> evaluator::dot_call(const term& form, environment& env, tail_call* tail) {
  auto n = quoted::as_node(form);
  if (quoted::is_call(*n.head, words::dot, 1) && n.args->is_list())
    return anonymous_call(form, env, tail);
  const auto* name = quoted::is_call(*n.head, words::dot, 2)
                       ? &quoted::as_node(*n.head).args->tail().head()
                       : nullptr;
  if (!name || !name->is(kind::atom) || !n.args->is_list())
    reject(form, env, "invalid call");
  const auto& target = quoted::as_node(*n.head).args->head();
  if (quoted::module_of(target) == words::kernel
      && find_special(name->as_atom(), quoted::length(*n.args)))
    return remote_special(form, env);
  return remote_call(form, target, name->as_atom(), env);
}

/// `Kernel.if(...)` and the like: forms that are no functions.
task<term> evaluator::remote_special(const term& form, environment& env) {
  auto n = quoted::as_node(form);
  auto local
    = quoted::make_call(quoted::as_node(*n.head).args->tail().head().as_atom(), *n.meta, *n.args);
  auto result = co_await eval(local, env);
  co_return result;
}

task<term> evaluator::remote_call(const term& form, const term& target, atom name,
                                  environment& env) {
  auto n = quoted::as_node(form);
  if (!target.is(kind::tuple) && !target.is(kind::atom)) {
    auto list = n.args->is(kind::nil) ? std::string{} : inspect_term(*n.args);
    if (!list.empty())
      list = "(" + list.substr(1, list.size() - 2) + ")";
    reject(form, env,
           "invalid call " + inspect_term(target) + "." + std::string{name.text()} + list);
  }
  auto value = co_await eval(target, env);
  if (value.is(kind::atom) && !(value.is_atom(words::nil) && n.args->is(kind::nil))) {
    auto arguments = co_await values(*n.args, env);
    auto result = co_await call(value.as_atom(), name, std::move(arguments), env);
    co_return result;
  }
  if (!n.args->is(kind::nil))
    throw not_a_module(value, name);
  co_return field_of(value, name);
}

task<term> evaluator::anonymous_call(const term& form, environment& env, tail_call* tail) {
  auto n = quoted::as_node(form);
  auto f = co_await eval(quoted::as_node(*n.head).args->head(), env);
  auto arguments = co_await values(*n.args, env);
  if (tail) {
    tail->pending = true;
    tail->function = std::move(f);
    tail->arguments = std::move(arguments);
    co_return term{};
  }
  auto result = co_await apply(std::move(f), std::move(arguments), env);
  co_return result;
}

task<term> evaluator::function(const term& form, environment& env, tail_call*) {
  co_return make_closure(form, env);
}

term evaluator::make_closure(const term& fn, environment& env) const {
  auto n = quoted::as_node(fn);
  auto first = n.args->is(kind::cons) ? quoted::as_clause(n.args->head()) : std::nullopt;
  if (!first)
    reject(fn, env, "invalid fn");
  for (const auto* form : quoted::elements(*n.args)) {
    auto clause = quoted::as_clause(*form);
    if (!clause || clause->patterns.size() != first->patterns.size())
      reject(fn, env, "cannot mix clauses with different arities in anonymous functions");
  }
  troupe::fun f;
  f.arity = static_cast<uint32_t>(first->patterns.size());
  if (env.process) {
    f.creator = env.process->self();
    f.index = env.process->next_number();
  }
  f.clauses = fn;
  std::vector<term_pair> captured;
  for (auto name : free_variables(fn))
    if (auto i = env.variables.find(name); i != env.variables.end())
      captured.emplace_back(name, i->second);
  f.bindings = term::map(std::move(captured));
  return term{std::move(f)};
}

task<term> evaluator::capture(const term& form, environment& env, tail_call*) {
  auto n = quoted::as_node(form);
  auto what = quoted::as_capture(n.args->head(), *n.meta);
  if (!what)
    reject(form, env,
           "invalid args for &, expected one of:\n\n"
           "  * &Mod.fun/arity to capture a remote function, such as &Enum.map/2\n"
           "  * &fun/arity to capture a local or imported function, such as &is_atom/1\n"
           "  * &some_code(&1, ...) containing at least one argument as &1, such as "
           "&List.flatten(&1)");
  if (what->skips) {
    auto last = std::to_string(what->arity), before = std::to_string(what->arity - 1);
    reject(form, env,
           "capture argument &" + last + " cannot be defined without &" + before
             + " (you cannot skip arguments, all arguments must be numbered)");
  }
  if (what->form.is(kind::tuple))
    co_return make_closure(what->form, env);
  if (what->target.is_atom(words::nil))
    co_return named_function(*what, *n.meta, env);
  auto module = co_await eval(what->target, env);
  if (!module.is(kind::atom))
    throw not_a_module(module, what->name);
  troupe::fun f;
  f.module = module.as_atom();
  f.name = what->name;
  f.arity = static_cast<uint32_t>(what->arity);
  co_return term{std::move(f)};
}

term evaluator::named_function(const quoted::capture& what, const term& meta,
                               environment& env) const {
  if (is_special_form(what.name))
    return make_closure(wrapped_form(what, meta), env);
  const auto& modules = owner_->modules();
  troupe::fun f;
  f.name = what.name;
  f.arity = static_cast<uint32_t>(what.arity);
  for (auto module : {words::erlang, words::kernel, words::helpers}) {
    bool imported = module != words::erlang || modules.find(words::kernel, what.name, what.arity);
    if (!imported || !modules.find(module, what.name, what.arity))
      continue;
    f.module = module;
    return term{std::move(f)};
  }
  auto text = std::string{what.name.text()} + "/" + std::to_string(what.arity);
  reject(quoted::make_call(what.name, meta, term::empty_list()), env,
         "undefined function " + text + " (there is no such import)");
}

task<term> evaluator::pipe(const term& form, environment& env, tail_call* tail) {
  const auto& args = *quoted::as_node(form).args;
  auto call = quoted::piped(args.head(), args.tail().head());
  if (!call)
    throw exception("ArgumentError", "cannot pipe " + inspect_term(args.head()) + " into "
                                       + inspect_term(args.tail().head())
                                       + ", can only pipe into local calls foo(), remote calls "
                                         "Foo.bar() or anonymous function calls foo.()");
  auto result = co_await eval(*call, env, tail);
  co_return result;
}

} // namespace troupe::actors::eval
