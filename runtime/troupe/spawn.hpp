// Functions that processes run, here and on other nodes.
//
// Erlang counterpart: spawn/4 and the functions that it can name. Code never travels: a function
// crosses by its identity, its arguments as terms. Captures are refused at compile time; pass
// arguments. Threads: the functions may be used by any.

#pragma once

#include "troupe/function_table.hpp"
#include "troupe/fwd.hpp"
#include "troupe/internal/process_origin.hpp"
#include "troupe/internal/root_starter.hpp"
#include "troupe/message.hpp"
#include "troupe/monitor_options.hpp"
#include "troupe/signal.hpp"
#include "troupe/task.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace troupe {

/// Which answers to a spawn request become messages (rule SP-08e).
enum class spawn_replies : uint8_t { all, none, errors, successes };

/// How a new process relates to its spawner; set before it runs.
struct spawn_options {
  bool link = false;
  /// The DOWN carries this reference, or that of the spawn request (rule SP-08g).
  bool monitor = false;
  /// Of the monitor. An alias is active once the process is there.
  monitor_options watch{};
  spawn_replies reply = spawn_replies::all; ///< Of `spawn_request_at` only.
  std::optional<term> reply_tag{};          ///< In place of `:spawn_reply`.
  /// `low`, `high` or `max`; null is `normal`. Kept as the process's flag, all run alike.
  atom priority{};
};

struct spawned {
  pid id;
  reference monitor; ///< Null when not asked for.
};

/// Thrown to end the process that throws it.
struct exit_request {
  term reason;
};

namespace internal {

[[nodiscard]] std::string demangle(const char* name);

template <class F>
[[nodiscard]] std::string name_of() {
  return demangle(typeid(F).name());
}

/// How processes that run `F` are called; made once.
template <class F>
[[nodiscard]] origin_ptr origin_of() {
  static const auto* result = native_origin(name_of<F>(), true).release();
  return origin_ptr{result};
}

/// A named function as a type: its key is the same in every program that has it.
template <auto Fn>
struct named {
  template <class... As>
  task<> operator()(process& self, As&&... as) const {
    return Fn(self, std::forward<As>(as)...);
  }
};

/// The types of a body's parameters, by value and as they are; empty when the body is generic.
template <class F>
struct arguments_of {};
template <class F>
requires requires {
  &F::operator();
}
struct arguments_of<F> : arguments_of<decltype(&F::operator())> {};
template <class C, class... As>
struct arguments_of<task<> (C::*)(process&, As...) const> {
  using type = std::tuple<std::decay_t<As>...>;
  using parameters = std::tuple<As...>;
};
template <class C, class... As>
struct arguments_of<task<> (C::*)(process&, As...)> {
  using type = std::tuple<std::decay_t<As>...>;
  using parameters = std::tuple<As...>;
};
template <class... As>
struct arguments_of<task<> (*)(process&, As...)> {
  using type = std::tuple<std::decay_t<As>...>;
  using parameters = std::tuple<As...>;
};
template <auto Fn>
struct arguments_of<named<Fn>> : arguments_of<decltype(Fn)> {};

template <class Parameters, class... As>
struct kept_for {};
template <class... Ps, class... As>
requires(sizeof...(Ps) == sizeof...(As)) struct kept_for<std::tuple<Ps...>, As...> {
  using type = std::tuple<std::decay_t<std::conditional_t<std::is_reference_v<Ps>, Ps, As>>...>;
};

/// As what arguments are kept until the body runs: as they were passed, but for those whose
/// parameter is a reference. It would bind to a temporary that is gone when the body begins.
template <class F, class... As>
struct kept_arguments {
  using type = std::tuple<std::decay_t<As>...>;
};
template <class F, class... As>
requires requires {
  typename kept_for<typename arguments_of<F>::parameters, As...>::type;
}
struct kept_arguments<F, As...> : kept_for<typename arguments_of<F>::parameters, As...> {};

/// Whether a body refers to nothing of what was kept for it: it takes all by value, as it is.
template <class F, class... As>
inline constexpr bool takes_values = false;
template <class F, class... As>
requires requires {
  typename arguments_of<F>::parameters;
}
inline constexpr bool takes_values<F, As...> = (std::is_empty_v<F> || std::is_pointer_v<F>)&&std::
  is_same_v<typename arguments_of<F>::parameters, std::tuple<As...>>;

template <class F, class Kept>
inline constexpr bool takes_kept = false;
template <class F, class... As>
inline constexpr bool takes_kept<F, std::tuple<As...>> = takes_values<F, As...>;

/// The frame that keeps a callable and its arguments alive while they run, if that is needed.
template <class F, class... As>
task<> run_root(process& self, F f, As... as) {
  auto body = f(self, std::move(as)...);
  if constexpr (takes_values<F, As...>) {
    become next{std::move(body)};
    co_await next;
  } else {
    co_await std::move(body);
  }
}

/// The body that calls `f`, with arguments that it keeps.
template <class F, class... As>
task<> body_of(process& self, F f, As&&... as) {
  static_assert(std::is_invocable_r_v<task<>, F&, process&, std::decay_t<As>...>,
                "spawn: the function must take (process&, args...) and return task<>");
  return [&]<class... Ks>(std::tuple<Ks...>*) {
    return run_root<F, Ks...>(self, std::move(f), Ks(std::forward<As>(as))...);
  }(static_cast<typename kept_arguments<F, As...>::type*>(nullptr));
}

template <class F, class... As>
root_function root_of(F f, As&&... as) {
  static_assert(std::is_invocable_r_v<task<>, F&, process&, std::decay_t<As>...>,
                "spawn: the function must take (process&, args...) and return task<>");
  // std::function copies; the function and its arguments move out in the only call.
  using arguments = typename kept_arguments<F, As...>::type;
  auto kept = std::make_shared<std::pair<F, arguments>>(
    std::piecewise_construct, std::forward_as_tuple(std::move(f)),
    std::forward_as_tuple(std::forward<As>(as)...));
  return [kept](process& self) {
    return std::apply(
      [&](auto&... xs) { return run_root(self, std::move(kept->first), std::move(xs)...); },
      kept->second);
  };
}

template <class F>
inline constexpr bool is_named = false;
template <auto Fn>
inline constexpr bool is_named<named<Fn>> = true;

actor_bridge& bridge_of(process& p);
[[noreturn]] void bad_arguments(const char* function, const term& arguments);

template <class F, class Args>
task<> start_remote(process& self, term arguments) {
  Args args;
  if (!from_term(arguments, args, bridge_of(self)))
    bad_arguments(typeid(F).name(), arguments);
  F f{};
  auto body = std::apply([&](auto&... xs) { return f(self, std::move(xs)...); }, args);
  if constexpr (takes_kept<F, Args>) {
    become next{std::move(body)};
    co_await next;
  } else {
    co_await std::move(body);
  }
}

template <class F>
struct remote_function {
  using arguments = typename arguments_of<F>::type;
  static inline const bool registered
    = function_table::get().add(typeid(F).name(), &start_remote<F, arguments>);
};

/// What starts `F` elsewhere with `as`.
template <class F, class... As>
spawn_what call_of(actor_bridge& bridge, As... as) {
  static_assert(
    std::is_empty_v<F> && std::is_default_constructible_v<F>,
    "spawn_at: a lambda with captures cannot cross nodes; pass what it needs as arguments");
  using arguments = typename remote_function<F>::arguments;
  static_assert(std::tuple_size_v<arguments> == sizeof...(As),
                "spawn_at: wrong number of arguments");
  static_assert(std::is_constructible_v<arguments, As...>,
                "spawn_at: the arguments do not fit the parameters");
  spawn_what what;
  what.key = typeid(F).name();
  // Also uses the registration, so that it exists in every build.
  what.same_build = remote_function<F>::registered && !is_named<F>;
  what.arguments = to_term(arguments(std::move(as)...), bridge);
  return what;
}

} // namespace internal

} // namespace troupe
