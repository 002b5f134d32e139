#include "troupe/actors/internal/remote_worker.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/dist/spawn_policy.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"

#include <exception>
#include <utility>

namespace troupe::actors::internal {

namespace {

using form = spawn_what::form;

const atom tag_native{"native"};
const atom tag_function{"function"};
const atom tag_closure{"closure"};

term place_of(const spawn_what& what) {
  switch (what.type) {
    case form::native: {
      auto name = troupe::internal::demangle(what.key.c_str());
      return term::tuple({tag_native, name, what.arguments, term::empty_list()});
    }
    case form::function:
      return term::tuple({what.module, what.name, what.arguments, term::empty_list()});
    case form::closure: break;
  }
  return term::tuple({what.callable, what.arguments, term::empty_list()});
}

// -- the worker ---------------------------------------------------------------------------------

/// The value of `what`; throws what the function throws.
task<term> value_of(process& self, spawn_what what) {
  if (what.type == form::native) {
    auto call = remote_functions::get().find(what.key);
    if (!call) {
      auto missing = eval::error(exit_reason::undef);
      missing.stack = term::list({place_of(what)});
      throw missing;
    }
    auto calling = call(self, what.arguments);
    auto value = co_await std::move(calling);
    co_return value;
  }
  eval::process_host host{self};
  eval::interpreter run{eval::all_modules()};
  eval::environment env;
  env.process = &host;
  auto arguments = what.arguments.to_vector().value_or(std::vector<term>{});
  auto calling = what.type == form::closure
                   ? run.apply(what.callable, std::move(arguments), env)
                   : run.apply(what.module, what.name, std::move(arguments), env);
  auto value = co_await std::move(calling);
  co_return value;
}

/// Whether what runs is nothing but `erlang:error`, which has no other place.
bool is_error_itself(const spawn_what& what) {
  return what.type == form::function && what.module == atom{"erlang"} && what.name == atom{"error"};
}

/// The stack as Erlang has it: what failed is its first line.
term stack_of(const eval::failure& f, const spawn_what& what) {
  if (!f.stack.is(term::kind::cons) || is_error_itself(what))
    return term::list({place_of(what)});
  return eval::plain_stack(f);
}

outcome error_of(term reason, term stack) {
  return {outcome::kind::error,
          term::tuple({atom{"exception"}, std::move(reason), std::move(stack)})};
}

outcome exit_of(term reason) {
  return {outcome::kind::exit, term::tuple({atom{"exception"}, std::move(reason)})};
}

outcome outcome_of(const std::exception_ptr& thrown, const spawn_what& what) {
  try {
    std::rethrow_exception(thrown);
  } catch (const eval::failure& f) {
    if (f.type == eval::failure::kind::thrown)
      return {outcome::kind::thrown, f.reason};
    return f.type == eval::failure::kind::exit ? exit_of(f.reason)
                                               : error_of(f.reason, stack_of(f, what));
  } catch (const erpc::failure& x) { // of a call that the function made itself
    if (x.what.type == outcome::kind::error)
      return error_of(x.what.value, term::list({place_of(what)}));
    return x.what.type == outcome::kind::exit ? exit_of(x.what.value) : x.what;
  } catch (const exit_request& x) {
    return exit_of(x.reason);
  } catch (const term& x) {
    return {outcome::kind::thrown, x};
  } catch (const std::exception& x) {
    auto exception = eval::make_exception("RuntimeError", {{"message", term{x.what()}}});
    return error_of(exception, term::list({place_of(what)}));
  } catch (...) {
    return error_of(atom{"nocatch"}, term::list({place_of(what)}));
  }
}

/// The process of a call; `id` is a reference.
task<> execute_call(process& self, reference id, term what) {
  auto known = what_of(what);
  if (!known)
    self.exit(atom{"badarg"});
  auto running = run_here(self, std::move(*known));
  auto done = co_await std::move(running);
  self.exit(answer_of(id, done));
}

/// The process of a cast. A crash is told as Erlang does, but for what a process may end with.
task<> execute_cast(process& self, term what) {
  auto known = what_of(what);
  if (!known)
    self.exit(atom{"badarg"});
  auto running = run_here(self, std::move(*known));
  auto done = co_await std::move(running);
  if (done.type == outcome::kind::ok)
    co_return;
  if (done.type == outcome::kind::exit)
    self.exit(done.value.as_tuple()[1]);
  eval::failure f;
  f.type
    = done.type == outcome::kind::thrown ? eval::failure::kind::thrown : eval::failure::kind::error;
  f.reason = done.value;
  if (done.type == outcome::kind::error) {
    f.reason = done.value.as_tuple()[1];
    f.stack = done.value.as_tuple()[2];
  }
  auto viewer = self.group_leader();
  self.core().report_crash(viewer, self.self(),
                           eval::format_failure(f, viewer, eval::detail::report));
  self.exit(eval::exit_reason_of(f));
}

/// Who may spawn what is asked for what the worker would run, the last of its arguments.
template <auto Worker, size_t Arity>
const bool is_unwrapped
  = dist::spawn_wrappers::get().add(typeid(troupe::internal::named<Worker>).name(),
                                    [](const spawn_what& x) -> std::optional<spawn_what> {
                                      return x.arguments.is_tuple(Arity)
                                               ? what_of(x.arguments.as_tuple().back())
                                               : std::nullopt;
                                    });
template const bool is_unwrapped<execute_call, 2>;
template const bool is_unwrapped<execute_cast, 1>;

} // namespace

term form_of(const spawn_what& x) {
  switch (x.type) {
    case form::native: return term::tuple({tag_native, x.key, x.arguments});
    case form::function: return term::tuple({tag_function, x.module, x.name, x.arguments});
    case form::closure: break;
  }
  return term::tuple({tag_closure, x.callable, x.arguments});
}

std::optional<spawn_what> what_of(const term& x) {
  spawn_what result;
  if (x.is_tagged(tag_native, 3) && x.as_tuple()[1].is(term::kind::binary)) {
    result.key = x.as_tuple()[1].as_binary();
  } else if (x.is_tagged(tag_function, 4) && x.as_tuple()[1].is(term::kind::atom)
             && x.as_tuple()[2].is(term::kind::atom)) {
    result.type = form::function;
    result.module = x.as_tuple()[1].as_atom();
    result.name = x.as_tuple()[2].as_atom();
  } else if (x.is_tagged(tag_closure, 3)) {
    result.type = form::closure;
    result.callable = x.as_tuple()[1];
  } else {
    return std::nullopt;
  }
  result.arguments = x.as_tuple().back();
  return result;
}

task<outcome> run_here(process& self, spawn_what what) {
  outcome result;
  std::exception_ptr thrown;
  try {
    auto running = value_of(self, what);
    result.value = co_await std::move(running);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown)
    result = outcome_of(thrown, what);
  co_return result;
}

spawn_what worker_of(process& self, const reference& id, spawn_what what) {
  using worker = troupe::internal::named<execute_call>;
  auto result = troupe::internal::call_of<worker>(*self.bridge(), id, form_of(what));
  result.same_build = what.same_build;
  return result;
}

spawn_what cast_of(process& self, spawn_what what) {
  using worker = troupe::internal::named<execute_cast>;
  auto result = troupe::internal::call_of<worker>(*self.bridge(), form_of(what));
  result.same_build = what.same_build;
  return result;
}

void spawn_silently(process& self, atom at, spawn_what what) {
  auto& core = self.core();
  if (at == self.self().node) {
    troupe::internal::node_core::start_options options;
    options.group_leader = self.group_leader();
    core.launch(core.make_process(std::move(what), options));
    return;
  }
  signal x; // its reply finds no request in the process, which drops it
  x.type = signal::kind::spawn;
  x.from = self.self();
  x.to.node = at;
  x.ref = core.make_reference();
  x.spawn = std::make_unique<spawn_request>();
  x.spawn->what = std::move(what);
  x.spawn->group_leader = self.group_leader();
  core.route(std::move(x));
}

} // namespace troupe::actors::internal
