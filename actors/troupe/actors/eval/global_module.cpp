// :global, names and locks of the cluster.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/global_names.hpp"

#include <optional>

namespace troupe::actors::eval {

namespace {

using arguments = std::vector<term>;

const atom word_yes{"yes"};
const atom word_no{"no"};
const atom word_ok{"ok"};
const atom word_undefined{"undefined"};
const atom word_infinity{"infinity"};

failure no_clause_of(std::string_view function, const arguments& args) {
  auto f = no_clause();
  auto place = term::tuple({atom{"global"}, atom{function}, term::list(args), term::empty_list()});
  f.stack = term::list({place});
  return f;
}

/// Awaits; the caller's end becomes the failure `exit`.
template <class T>
task<T> guarded(task<T> what) {
  std::optional<term> ended;
  std::optional<T> result;
  try {
    result = co_await std::move(what);
  } catch (exit_request& x) {
    ended = std::move(x.reason);
  }
  if (ended) {
    failure f;
    f.type = failure::kind::exit;
    f.reason = std::move(*ended);
    throw f;
  }
  co_return std::move(*result);
}

/// The same for what yields nothing.
task<term> done(task<> what, term value) {
  auto step = [](task<> x) -> task<bool> {
    co_await std::move(x);
    co_return true;
  };
  auto running = guarded(step(std::move(what)));
  co_await std::move(running);
  co_return value;
}

term list_of(const std::vector<atom>& names) {
  return term::list(arguments(names.begin(), names.end()));
}

// -- names --------------------------------------------------------------------------------------

global::resolver resolver_of(const arguments& args) {
  if (args.size() < 3)
    return {};
  auto& x = args[2];
  auto is_name
    = x.is_tuple(2) && x.as_tuple()[0].is(term::kind::atom) && x.as_tuple()[1].is(term::kind::atom);
  if (!is_name && !(x.is(term::kind::fun) && x.as_fun().arity == 3))
    throw no_clause_of("allow_tuple_fun", {x});
  return global::resolver::of(x);
}

void ensure_pid(std::string_view function, const arguments& args) {
  if (!args[1].is(term::kind::pid))
    throw no_clause_of(function, args);
}

task<term> register_name(process& self, arguments args) {
  ensure_pid("register_name", args);
  auto how = resolver_of(args);
  auto registering
    = guarded(global::register_name(self, args[0], args[1].as_pid(), std::move(how)));
  auto given = co_await std::move(registering);
  co_return given ? word_yes : word_no;
}

task<term> re_register_name(process& self, arguments args) {
  ensure_pid("re_register_name", args);
  auto how = resolver_of(args);
  return done(global::re_register_name(self, args[0], args[1].as_pid(), std::move(how)), word_yes);
}

task<term> unregister_name(process& self, arguments args) {
  return done(global::unregister_name(self, args[0]), word_ok);
}

task<term> whereis_name(process& self, arguments args) {
  auto asking = guarded(global::whereis_name(self, args[0]));
  auto found = co_await std::move(asking);
  co_return found ? term{*found} : term{word_undefined};
}

task<term> send(process& self, arguments args) {
  auto sending = guarded(global::send(self, args[0], args[1]));
  auto to = co_await std::move(sending);
  co_return to;
}

task<term> registered_names(process& self, arguments) {
  auto asking = guarded(global::registered_names(self));
  auto names = co_await std::move(asking);
  co_return term::list(names);
}

task<term> sync(process& self, arguments) {
  return done(global::sync(self), word_ok);
}

task<term> disconnect(process& self, arguments) {
  auto leaving = guarded(global::disconnect(self));
  auto left = co_await std::move(leaving);
  co_return list_of(left);
}

// -- resolvers ----------------------------------------------------------------------------------

using standard = term (*)(process& self, const term& name, const pid& x, const pid& y);

builtin resolver(standard f) {
  return [f](interpreter&, environment& env, arguments args) -> task<term> {
    for (size_t i : {1, 2})
      if (!args[i].is(term::kind::pid))
        throw argument_error("erlang", "node", {args[i]}, {"not a pid, reference or port"});
    co_return f(process_of(env), args[0], args[1].as_pid(), args[2].as_pid());
  };
}

// -- locks --------------------------------------------------------------------------------------

/// What the functions about locks share: `{resource, requester}`, nodes, retries.
struct lock_arguments {
  global::lock_id id;
  std::vector<atom> nodes;
  size_t retries = global::forever;
};

/// The arguments of the function that Erlang's has the others call.
arguments padded(arguments args, size_t size) {
  args.resize(size);
  return args;
}

/// Reads them; the function that fails is `function` with `arity` arguments.
lock_arguments lock_of(process& self, std::string_view function, size_t arity,
                       const arguments& args) {
  lock_arguments result;
  if (args.size() > 2 && !args[2].is_atom(word_infinity)
      && !(args[2].is(term::kind::integer) && args[2].as_integer() >= 0))
    throw no_clause_of("set_lock", padded(args, 3));
  if (!args[0].is_tuple(2))
    throw no_clause_of(function, padded(args, arity));
  result.id = {args[0].as_tuple()[0], args[0].as_tuple()[1]};
  result.nodes = global::all_nodes(self);
  if (args.size() > 1) {
    auto given = args[1].to_vector();
    if (!given)
      throw argument_error("lists", "member", {self.self().node, args[1]}, {"", "not a list"});
    result.nodes.clear();
    for (auto& x : *given)
      if (x.is(term::kind::atom)) // Erlang's own nodes
        result.nodes.push_back(x.as_atom());
  }
  if (args.size() > 2 && args[2].is(term::kind::integer))
    result.retries = static_cast<size_t>(args[2].as_integer());
  return result;
}

task<term> set_lock(process& self, arguments args) {
  auto how = lock_of(self, "set_lock", 4, args);
  auto locking = guarded(global::set_lock(self, how.id, how.nodes, how.retries));
  auto locked = co_await std::move(locking);
  co_return locked;
}

task<term> del_lock(process& self, arguments args) {
  auto how = lock_of(self, "del_lock", 2, args);
  return done(global::del_lock(self, how.id, how.nodes), true);
}

/// trans/2,3,4: the fun is the second argument.
task<term> trans(interpreter& run, environment& env, arguments args) {
  auto& self = process_of(env);
  auto f = args[1];
  args.erase(args.begin() + 1);
  auto how = lock_of(self, "set_lock", 4, args);
  auto body = run.apply(std::move(f), arguments{}, env);
  auto locking = global::trans(self, how.id, std::move(body), how.nodes, how.retries);
  auto working = guarded(std::move(locking));
  auto result = co_await std::move(working);
  co_return result ? *result : term{atom{"aborted"}};
}

using function = task<term> (*)(process& self, arguments args);

void add(module_table& m, std::string_view name, size_t arity, function f) {
  m.add("global", name, arity, [f](interpreter&, environment& env, arguments args) {
    return f(process_of(env), std::move(args));
  });
}

} // namespace

void add_global_module(module_table& m) {
  for (size_t arity : {2, 3}) {
    add(m, "register_name", arity, register_name);
    add(m, "re_register_name", arity, re_register_name);
  }
  add(m, "unregister_name", 1, unregister_name);
  add(m, "whereis_name", 1, whereis_name);
  add(m, "send", 2, send);
  add(m, "registered_names", 0, registered_names);
  add(m, "sync", 0, sync);
  add(m, "disconnect", 0, disconnect);
  for (size_t arity : {1, 2, 3})
    add(m, "set_lock", arity, set_lock);
  for (size_t arity : {1, 2})
    add(m, "del_lock", arity, del_lock);
  for (size_t arity : {2, 3, 4})
    m.add("global", "trans", arity, trans);
  m.add("global", "random_exit_name", 3, resolver(global::random_exit_name));
  m.add("global", "random_notify_name", 3, resolver(global::random_notify_name));
  m.add("global", "notify_all_name", 3, resolver(global::notify_all_name));
}

} // namespace troupe::actors::eval
