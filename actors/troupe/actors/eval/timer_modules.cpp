// Timers in Process and :erlang, and the module :timer.

#include "troupe/actors/eval/quick.hpp"
#include "troupe/actors/internal/timer_server.hpp"
#include "troupe/internal/node_core.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::actors::eval {

namespace {

using std::chrono::milliseconds;
using kind = term::kind;
using arguments = std::vector<term>;

const atom ok{"ok"};
const atom badarg{"badarg"};

// -- :erlang ------------------------------------------------------------------------------------

std::optional<std::vector<term>> options_in(const term& list) {
  return list.to_vector();
}

/// How long until the time given as argument 0: milliseconds from now, or of the monotonic clock.
clock::duration delay_of(process& self, std::string_view function, const arguments& args) {
  auto absolute = false;
  if (args.size() > 3) {
    auto options = options_in(args[3]);
    for (auto& x : options.value_or(arguments{term{}})) {
      if (!x.is_tagged(atom{"abs"}, 2)
          || !(x.as_tuple()[1].is_atom(atom{"true"}) || x.as_tuple()[1].is_atom(atom{"false"})))
        throw bad_at(function, args, 3, options ? "invalid option in list" : "not a list");
      absolute = x.as_tuple()[1].truthy();
    }
  }
  if (!args[0].is(kind::integer))
    throw bad_at(function, args, 0, "not an integer");
  auto time = args[0].as_integer();
  if (time > timer_calls::delay_max.count())
    throw bad_at(function, args, 0, "exceeds the maximum supported time value");
  if (absolute) {
    auto due = clock::time_point{milliseconds{std::max<int64_t>(time, 0)}};
    return std::max(due - self.core().time().now(), clock::duration::zero());
  }
  if (time < 0)
    throw bad_at(function, args, 0, "out of range");
  return milliseconds{time};
}

/// send_after and start_timer: (time, receiver, message [, options]).
term start(process& self, std::string_view function, const arguments& args) {
  auto& to = args[1];
  auto* who = to.get_if<pid>();
  if (!who && !to.is(kind::atom))
    throw bad_at(function, args, 1, "not a pid or an atom");
  if (who && who->node != self.self().node) // rule MSG-19
    throw bad_at(function, args, 1, "not a local pid");
  auto delay = delay_of(self, function, args);
  try {
    if (function == "send_after")
      return who ? self.send_after(delay, *who, args[2])
                 : self.send_after(delay, to.as_atom(), args[2]);
    return who ? self.start_timer(delay, *who, args[2])
               : self.start_timer(delay, to.as_atom(), args[2]);
  } catch (const exit_request&) {
    throw error(atom{"system_limit"});
  }
}

/// Process.send_after(receiver, message, time [, options]).
term send_after(process& self, const arguments& args) {
  arguments swapped{args[2], args[0], args[1]};
  if (args.size() > 3)
    swapped.push_back(args[3]);
  return start(self, "send_after", swapped);
}

/// cancel_timer and read_timer with their options `async` and `info`.
term ask_timer(process& self, std::string_view function, const arguments& args) {
  auto* ref = args[0].get_if<reference>();
  if (!ref)
    throw bad_at(function, args, 0, "not a reference");
  auto cancel = function == "cancel_timer";
  auto async = false, info = true;
  if (args.size() > 1) {
    auto options = options_in(args[1]);
    for (auto& x : options.value_or(arguments{term{}})) {
      auto wants_async = x.is_tagged(atom{"async"}, 2);
      auto value = x.is_tuple(2) ? x.as_tuple()[1] : term{};
      if ((!wants_async && !(cancel && x.is_tagged(atom{"info"}, 2)))
          || !(value.is_atom(atom{"true"}) || value.is_atom(atom{"false"})))
        throw bad_at(function, args, 1, options ? "invalid option in list" : "not a list");
      (wants_async ? async : info) = value.truthy();
    }
  }
  auto left = cancel ? self.cancel_timer(*ref) : self.read_timer(*ref);
  auto result = left ? term{left->count()} : term{false};
  if (!async)
    return info ? result : term{ok};
  if (info)
    self.send(self.self(), term::tuple({atom{function}, *ref, result}));
  return ok;
}

// -- :timer -------------------------------------------------------------------------------------

std::optional<milliseconds> time_in(const term& x) {
  if (!x.is(kind::integer) || x.as_integer() < 0 || x.as_integer() > timer_calls::delay_max.count())
    return std::nullopt;
  return milliseconds{x.as_integer()};
}

bool is_receiver(const term& x) {
  return x.is(kind::pid) || x.is(kind::atom)
         || (x.is_tuple(2) && x.as_tuple()[0].is(kind::atom) && x.as_tuple()[1].is(kind::atom));
}

term refused() {
  return term::tuple({atom{"error"}, badarg});
}

term started(std::string_view how, const reference& ref) {
  return term::tuple({ok, term::tuple({atom{how}, ref})});
}

term sending(const term& to, const term& message) {
  return term::tuple({atom{"send"}, to, message});
}

term applying(const term& module, const term& function, const term& list) {
  return term::tuple({atom{"apply"}, module, function, list});
}

/// Does `what` once, after the time in argument 0; at once when that is zero.
task<term> after(process& self, term time, term what) {
  auto delay = time_in(time);
  if (!delay)
    co_return refused();
  if (delay->count() > 0)
    co_return started("once", internal::do_after(self, *delay, std::move(what)));
  auto doing = internal::do_now(self, std::move(what));
  co_await std::move(doing);
  co_return started("instant", self.core().make_reference());
}

/// (time [, receiver], message)
task<term> timer_send_after(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto to = args.size() == 3 ? args[1] : term{self.self()};
  if (!is_receiver(to))
    co_return refused();
  auto* who = to.get_if<pid>();
  auto delay = time_in(args[0]);
  if (delay && delay->count() > 0 && who && who->node == self.self().node) {
    arguments local{args[0], to, args.back()};
    auto ref = start(self, "send_after", local);
    co_return started("send_local", ref.as_reference());
  }
  auto sending_later = after(self, args[0], sending(to, args.back()));
  auto result = co_await std::move(sending_later);
  co_return result;
}

/// (time [, pid], reason), and (time [, pid]) for kill.
builtin ender(bool kill) {
  return [kill](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    auto& self = process_of(env);
    auto other = args.size() == (kill ? 2u : 3u);
    auto who = other ? args[1] : term{self.self()};
    if (!is_receiver(who))
      return after(self, term{-1}, term{}); // refuses
    auto reason = kill ? term{atom{"kill"}} : args.back();
    arguments both{who, reason};
    return after(self, args[0], applying(atom{"erlang"}, atom{"exit"}, term::list(both)));
  };
}

/// (time, module, function, arguments)
task<term> apply_after(interpreter&, environment& env, std::vector<term> args) {
  auto fits = args[1].is(kind::atom) && args[2].is(kind::atom) && args[3].to_vector();
  auto time = fits ? args[0] : term{-1};
  return after(process_of(env), time, applying(args[1], args[2], args[3]));
}

term send_interval(process& self, const arguments& args) {
  auto to = args.size() == 3 ? args[1] : term{self.self()};
  auto period = time_in(args[0]);
  if (!period || !is_receiver(to))
    return refused();
  return started("interval", internal::do_every(self, *period, to, sending(to, args.back())));
}

term apply_interval(process& self, const arguments& args) {
  auto period = time_in(args[0]);
  if (!period || !args[1].is(kind::atom) || !args[2].is(kind::atom) || !args[3].to_vector())
    return refused();
  return started("interval", internal::do_every(self, *period, self.self(),
                                                applying(args[1], args[2], args[3])));
}

term cancel(process& self, const arguments& args) {
  auto& x = args[0];
  if (!x.is_tuple(2) || !x.as_tuple()[1].is(kind::reference))
    return refused();
  auto& ref = x.as_tuple()[1].as_reference();
  if (x.is_tagged(atom{"send_local"}, 2))
    self.cancel_timer(ref);
  else if (x.is_tagged(atom{"once"}, 2) || x.is_tagged(atom{"interval"}, 2))
    internal::stop_doing(self, ref);
  else if (!x.is_tagged(atom{"instant"}, 2))
    return refused();
  return term::tuple({ok, atom{"cancel"}});
}

/// (function [, arguments]) or (module, function, arguments): `{microseconds, value}`.
task<term> measured(interpreter& run, environment& env, std::vector<term> args) {
  auto list = args.size() == 1 ? std::optional{arguments{}} : args.back().to_vector();
  auto named = args.size() == 3;
  if (!list || (named && !(args[0].is(kind::atom) && args[1].is(kind::atom))))
    throw no_clause();
  auto& time = process_of(env).core().time();
  auto begin = time.now();
  auto calling = named ? run.apply(args[0].as_atom(), args[1].as_atom(), std::move(*list), env)
                       : run.apply(args[0], std::move(*list), env);
  auto value = co_await std::move(calling);
  auto passed = std::chrono::floor<std::chrono::microseconds>(time.now() - begin);
  auto result = term::tuple({passed.count(), value});
  co_return result;
}

pure_builtin times(int64_t factor) {
  return [factor](const arguments& args) {
    int64_t result = 0;
    if (!args[0].is(kind::integer))
      throw bad_arithmetic();
    if (__builtin_mul_overflow(args[0].as_integer(), factor, &result))
      throw integer_overflow();
    return term{result};
  };
}

void add_timer_module(module_table& m) {
  for (size_t arity : {2, 3}) {
    m.add("timer", "send_after", arity, timer_send_after);
    m.add("timer", "exit_after", arity, ender(false));
    m.add("timer", "send_interval", arity, quick_function(send_interval));
  }
  for (size_t arity : {1, 2})
    m.add("timer", "kill_after", arity, ender(true));
  m.add("timer", "apply_after", 4, apply_after);
  m.add("timer", "apply_interval", 4, quick_function(apply_interval));
  m.add("timer", "cancel", 1, quick_function(cancel));
  for (size_t arity : {1, 2, 3})
    m.add("timer", "tc", arity, measured);
  m.add_pure("timer", "seconds", 1, times(1000));
  m.add_pure("timer", "minutes", 1, times(60'000));
  m.add_pure("timer", "hours", 1, times(3'600'000));
}

} // namespace

void add_timer_modules(module_table& m) {
  for (size_t arity : {3, 4})
    for (auto* name : {"send_after", "start_timer"})
      m.add("erlang", name, arity,
            quick_function([name](process& self, auto& args) { return start(self, name, args); }));
  m.add("Elixir.Process", "send_after", 3, quick_function(send_after));
  m.add("Elixir.Process", "send_after", 4, quick_function(send_after));
  for (auto* name : {"cancel_timer", "read_timer"}) {
    auto ask
      = quick_function([name](process& self, auto& args) { return ask_timer(self, name, args); });
    m.add("Elixir.Process", name, 1, ask);
    m.add("erlang", name, 1, ask);
    m.add("erlang", name, 2, ask);
    if (name == std::string_view{"cancel_timer"})
      m.add("Elixir.Process", name, 2, ask);
  }
  add_timer_module(m);
}

} // namespace troupe::actors::eval
