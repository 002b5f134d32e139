// :rpc and :erpc.

#include "troupe/actors/eval/rpc_modules.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/actors/internal/remote_worker.hpp"
#include "troupe/actors/rpc.hpp"

#include <chrono>

namespace troupe::actors::eval {

namespace {

using erpc::outcome;
using erpc::timeout;
using arguments = std::vector<term>;

const atom ok{"ok"};
const atom badarg{"badarg"};

// -- failures -----------------------------------------------------------------------------------

failure placed(failure f, std::string_view module, std::string_view function, size_t arity) {
  auto place = term::tuple({atom{module}, atom{function}, arity, term::empty_list()});
  f.stack = term::list({place});
  return f;
}

failure rpc_badarg(std::string_view function, size_t arity) {
  return placed(error(badarg), "rpc", function, arity);
}

failure erpc_badarg(std::string_view function, size_t arity) {
  return placed(error(atom{"erpc"}, badarg), "erpc", function, arity);
}

/// What a call in the caller's process raises.
failure failure_of(const outcome& x, std::string_view function, size_t arity) {
  failure f;
  f.type = x.type == outcome::kind::exit     ? failure::kind::exit
           : x.type == outcome::kind::thrown ? failure::kind::thrown
                                             : failure::kind::error;
  f.reason = x.value;
  return placed(std::move(f), "erpc", function, arity);
}

term value_or_raise(const outcome& x, std::string_view function, size_t arity) {
  if (x.type != outcome::kind::ok)
    throw failure_of(x, function, arity);
  return x.value;
}

// -- arguments; nothing when they are wrong -----------------------------------------------------

std::optional<atom> node_at(const arguments& args, size_t i) {
  return args[i].is(term::kind::atom) ? std::optional{args[i].as_atom()} : std::nullopt;
}

std::optional<std::vector<atom>> nodes_at(const arguments& args, size_t i) {
  auto list = args[i].to_vector();
  if (!list)
    return std::nullopt;
  std::vector<atom> result;
  for (auto& x : *list) {
    if (!x.is(term::kind::atom))
      return std::nullopt;
    result.push_back(x.as_atom());
  }
  return result;
}

std::optional<timeout> timeout_of(const term& x) {
  constexpr int64_t milliseconds_max = 0xffff'ffff; // Erlang's
  if (x.is_atom(atom{"infinity"}))
    return timeout{};
  if (!x.is(term::kind::integer) || x.as_integer() < 0 || x.as_integer() > milliseconds_max)
    return std::nullopt;
  return timeout{std::chrono::milliseconds{x.as_integer()}};
}

/// Reads module, function and arguments, or a fun without arguments.
std::optional<spawn_what> what_at(const arguments& args, size_t first, size_t count) {
  if (count == 1) {
    auto& fun = args[first];
    if (!fun.is(term::kind::fun) || fun.as_fun().arity != 0)
      return std::nullopt;
    return remote(fun).what;
  }
  auto list = args[first + 2].to_vector();
  if (!args[first].is(term::kind::atom) || !args[first + 1].is(term::kind::atom) || !list)
    return std::nullopt;
  return remote(args[first].as_atom(), args[first + 1].as_atom(), std::move(*list)).what;
}

/// `node(s), what` or `node(s), what, timeout`.
template <class Where>
struct call_arguments {
  Where where;
  spawn_what what;
  timeout limit;
};

template <class Where>
std::optional<call_arguments<Where>> read_call(std::optional<Where> where, const arguments& args) {
  auto count = args.size() <= 3 ? size_t{1} : size_t{3}; // of a fun or of module and so on
  auto what = what_at(args, 1, count);
  auto limit
    = args.size() > count + 1 ? timeout_of(args[count + 1]) : std::optional<timeout>{timeout{}};
  if (!where || !what || !limit)
    return std::nullopt;
  return call_arguments<Where>{std::move(*where), std::move(*what), *limit};
}

term term_of(const erpc::request& r) {
  return term::cons(r.id, r.id); // of the answer and of the spawn request, as in Erlang
}

std::optional<erpc::request> request_of(const term& x) {
  if (!x.is(term::kind::cons) || !x.head().is(term::kind::reference)
      || !x.tail().is(term::kind::reference))
    return std::nullopt;
  return erpc::request{x.tail().as_reference()};
}

term list_of(const std::vector<atom>& xs) {
  std::vector<term> result(xs.begin(), xs.end());
  return term::list(result);
}

// -- both ---------------------------------------------------------------------------------------

/// As in Erlang, a call of the own node that has no timeout runs in the caller itself.
task<outcome> call_node(process& self, call_arguments<atom> x) {
  if (x.where == self.self().node && !x.limit)
    return internal::run_here(self, std::move(x.what));
  return erpc::call_what(self, x.where, std::move(x.what), x.limit);
}

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, arguments args) -> task<term> {
    co_return f(process_of(env), args);
  };
}

/// A function that waits, `task<term>(process&, arguments)`.
using waiting_function = task<term> (*)(process& self, arguments args);

builtin slow(waiting_function f) {
  return [f](interpreter&, environment& env, arguments args) {
    return f(process_of(env), std::move(args));
  };
}

// -- :erpc --------------------------------------------------------------------------------------

task<term> erpc_call(process& self, arguments args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw erpc_badarg("call", args.size());
  auto calling = call_node(self, std::move(*x));
  auto done = co_await std::move(calling);
  co_return value_or_raise(done, "call", 5);
}

task<term> erpc_multicall(process& self, arguments args) {
  auto x = read_call(nodes_at(args, 0), args);
  if (!x)
    throw erpc_badarg("multicall", args.size());
  auto calling = erpc::multicall_what(self, std::move(x->where), std::move(x->what), x->limit);
  auto done = co_await std::move(calling);
  std::vector<term> result;
  for (auto& y : done)
    result.push_back(internal::entry_of(y));
  co_return term::list(result);
}

term erpc_cast(process& self, const arguments& args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw erpc_badarg("cast", args.size());
  erpc::cast_what(self, x->where, std::move(x->what));
  return ok;
}

term erpc_multicast(process& self, const arguments& args) {
  auto x = read_call(nodes_at(args, 0), args);
  if (!x)
    throw erpc_badarg("multicast", args.size());
  for (auto node : x->where)
    erpc::cast_what(self, node, x->what);
  return ok;
}

term erpc_send_request(process& self, const arguments& args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw erpc_badarg("send_request", args.size());
  return term_of(erpc::send_request(self, x->where, std::move(x->what)));
}

term response_of(const std::optional<outcome>& done, std::string_view function, size_t arity) {
  if (!done)
    return atom{"no_response"};
  return term::tuple({atom{"response"}, value_or_raise(*done, function, arity)});
}

task<term> erpc_wait_response(process& self, arguments args) {
  auto request = request_of(args[0]);
  auto limit = args.size() > 1 ? timeout_of(args[1]) : timeout_of(0);
  if (!request || !limit)
    throw erpc_badarg("wait_response", args.size());
  auto waiting = erpc::wait_response(self, *request, *limit);
  auto done = co_await std::move(waiting);
  co_return response_of(done, "wait_response", 2);
}

task<term> erpc_receive_response(process& self, arguments args) {
  auto request = request_of(args[0]);
  auto limit = args.size() > 1 ? timeout_of(args[1]) : timeout_of(atom{"infinity"});
  if (!request || !limit)
    throw erpc_badarg("receive_response", args.size());
  auto waiting = erpc::receive_response(self, *request, *limit);
  auto done = co_await std::move(waiting);
  co_return value_or_raise(done, "receive_response", 2);
}

term erpc_check_response(process&, const arguments& args) {
  auto request = request_of(args[1]);
  if (!request)
    throw erpc_badarg("check_response", 2);
  return response_of(erpc::check_response(args[0], *request), "check_response", 2);
}

// -- :rpc ---------------------------------------------------------------------------------------

task<term> rpc_call(process& self, arguments args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw rpc_badarg("call", args.size());
  auto calling = call_node(self, std::move(*x));
  auto done = co_await std::move(calling);
  co_return internal::rpc_value_of(done);
}

task<term> rpc_block_call(process& self, arguments args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw rpc_badarg("block_call", args.size());
  return rpc::block_call_what(self, x->where, std::move(x->what), x->limit);
}

term rpc_cast(process& self, const arguments& args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw rpc_badarg("cast", args.size());
  erpc::cast_what(self, x->where, std::move(x->what));
  return true;
}

/// Puts all nodes before the arguments, unless they have nodes.
arguments with_nodes(process& self, arguments args, bool has_nodes) {
  if (!has_nodes)
    args.insert(args.begin(), list_of(rpc::all_nodes(self)));
  return args;
}

task<term> rpc_multicall(process& self, arguments args) {
  auto arity = args.size();
  auto has_nodes = arity > 4 || (arity == 4 && args[0].is_list());
  args = with_nodes(self, std::move(args), has_nodes);
  auto x = read_call(nodes_at(args, 0), args);
  if (!x)
    throw rpc_badarg("multicall", arity);
  auto calling = rpc::multicall_what(self, std::move(x->where), std::move(x->what), x->limit);
  auto done = co_await std::move(calling);
  co_return term::tuple({term::list(done.first), list_of(done.second)});
}

term rpc_eval_everywhere(process& self, arguments args) {
  auto arity = args.size();
  args = with_nodes(self, std::move(args), arity == 4);
  auto x = read_call(nodes_at(args, 0), args);
  if (!x)
    throw rpc_badarg("eval_everywhere", arity);
  for (auto node : x->where)
    erpc::cast_what(self, node, x->what);
  return atom{"abcast"};
}

term rpc_async_call(process& self, const arguments& args) {
  auto x = read_call(node_at(args, 0), args);
  if (!x)
    throw rpc_badarg("async_call", args.size());
  return term_of(erpc::send_request(self, x->where, std::move(x->what)));
}

task<term> rpc_yield(process& self, arguments args) {
  auto request = request_of(args[0]);
  if (!request)
    throw rpc_badarg("yield", 1);
  auto waiting = rpc::yield_what(self, *request, timeout{});
  auto done = co_await std::move(waiting);
  co_return std::move(*done);
}

task<term> rpc_nb_yield(process& self, arguments args) {
  auto request = request_of(args[0]);
  auto limit = args.size() > 1 ? timeout_of(args[1]) : timeout_of(0);
  if (!request || !limit)
    throw rpc_badarg("nb_yield", args.size());
  auto waiting = rpc::yield_what(self, *request, *limit);
  auto done = co_await std::move(waiting);
  if (!done)
    co_return atom{"timeout"};
  co_return term::tuple({atom{"value"}, std::move(*done)});
}

term rpc_abcast(process& self, arguments args) {
  auto has_nodes = args.size() == 3;
  args = with_nodes(self, std::move(args), has_nodes);
  auto nodes = nodes_at(args, 0);
  if (!nodes)
    throw no_clause();
  if (args[1].is(term::kind::atom)) // nobody is called anything else
    rpc::abcast(self, *nodes, args[1].as_atom(), args[2]);
  return atom{"abcast"};
}

task<term> rpc_sbcast(process& self, arguments args) {
  auto has_nodes = args.size() == 3;
  args = with_nodes(self, std::move(args), has_nodes);
  auto nodes = nodes_at(args, 0);
  if (!nodes)
    throw no_clause();
  if (!args[1].is(term::kind::atom))
    co_return term::tuple({term::empty_list(), list_of(*nodes)});
  auto sending = rpc::sbcast(self, std::move(*nodes), args[1].as_atom(), args[2], timeout{});
  auto done = co_await std::move(sending);
  co_return term::tuple({list_of(done.good), list_of(done.bad)});
}

void add(module_table& m, std::string_view module, std::string_view name,
         std::initializer_list<size_t> arities, const builtin& f) {
  for (auto arity : arities)
    m.add(module, name, arity, f);
}

} // namespace

void add_rpc_modules(module_table& m) {
  add(m, "erpc", "call", {2, 3, 4, 5}, slow(erpc_call));
  add(m, "erpc", "multicall", {2, 3, 4, 5}, slow(erpc_multicall));
  add(m, "erpc", "cast", {2, 4}, quick(erpc_cast));
  add(m, "erpc", "multicast", {2, 4}, quick(erpc_multicast));
  add(m, "erpc", "send_request", {2, 4}, quick(erpc_send_request));
  add(m, "erpc", "wait_response", {1, 2}, slow(erpc_wait_response));
  add(m, "erpc", "receive_response", {1, 2}, slow(erpc_receive_response));
  add(m, "erpc", "check_response", {2}, quick(erpc_check_response));
  add(m, "rpc", "call", {4, 5}, slow(rpc_call));
  add(m, "rpc", "block_call", {4, 5}, slow(rpc_block_call));
  add(m, "rpc", "cast", {4}, quick(rpc_cast));
  add(m, "rpc", "multicall", {3, 4, 5}, slow(rpc_multicall));
  add(m, "rpc", "eval_everywhere", {3, 4}, quick(rpc_eval_everywhere));
  add(m, "rpc", "async_call", {4}, quick(rpc_async_call));
  add(m, "rpc", "yield", {1}, slow(rpc_yield));
  add(m, "rpc", "nb_yield", {1, 2}, slow(rpc_nb_yield));
  add(m, "rpc", "abcast", {2, 3}, quick(rpc_abcast));
  add(m, "rpc", "sbcast", {2, 3}, slow(rpc_sbcast));
}

} // namespace troupe::actors::eval
