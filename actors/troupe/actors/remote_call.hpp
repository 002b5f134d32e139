// What a call to another node runs, as a value: `remote<add>(self, 1, 2)`.
//
// Erlang counterpart: module, function and arguments, or the fun, of rpc and erpc. Differences: a
// C++ function is named by itself and returns `task<T>`; captures are refused at compile time, pass
// arguments. Threads: the table fills itself before `main()` and is constant after it.

#pragma once

#include "troupe/message.hpp"
#include "troupe/process.hpp"
#include "troupe/signal.hpp"
#include "troupe/task.hpp"

#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::actors {

/// A call that gives a `T`.
template <class T>
struct remote_call {
  using value_type = T;
  spawn_what what;
};

namespace internal {

/// All C++ functions that other nodes may call here, by key.
class remote_functions {
public:
  using caller = task<term> (*)(process& self, term arguments);

  [[nodiscard]] static remote_functions& get();
  /// Returns true, so that it can initialise a constant. Two functions of one key make it unusable.
  bool add(std::string key, caller f);
  /// Returns the function, or null.
  [[nodiscard]] caller find(const std::string& key) const;

private:
  std::unordered_map<std::string, caller> functions_; // Null for a clash.
};

/// A named function as a type: its key is the same in every program that has it.
template <auto Fn>
struct named_call {
  template <class... As>
  auto operator()(process& self, As&&... as) const {
    return Fn(self, std::forward<As>(as)...);
  }
};

template <class F>
inline constexpr bool is_named_call = false;
template <auto Fn>
inline constexpr bool is_named_call<named_call<Fn>> = true;

template <class T, class... As>
struct signature {
  static constexpr bool is_void = std::is_void_v<T>;
  /// A function without a value gives `ok`.
  using value = std::conditional_t<is_void, atom, T>;
  using arguments = std::tuple<std::decay_t<As>...>;
};
template <class F>
struct signature_of : signature_of<decltype(&F::operator())> {};
template <class C, class T, class... As>
struct signature_of<task<T> (C::*)(process&, As...) const> : signature<T, As...> {};
template <class T, class... As>
struct signature_of<task<T> (*)(process&, As...)> : signature<T, As...> {};
template <auto Fn>
struct signature_of<named_call<Fn>> : signature_of<decltype(Fn)> {};

/// Fails as a function that no clause takes does.
[[noreturn]] void refuse_arguments(const char* key, const term& arguments);

template <class F>
task<term> call_here(process& self, term arguments) {
  typename signature_of<F>::arguments args;
  if (!from_term(arguments, args, *self.bridge()))
    refuse_arguments(typeid(F).name(), arguments);
  F f{};
  auto body = std::apply([&](auto&... xs) { return f(self, std::move(xs)...); }, args);
  if constexpr (signature_of<F>::is_void) {
    co_await std::move(body);
    co_return term{atom{"ok"}};
  } else {
    auto value = co_await std::move(body);
    co_return to_term(value, *self.bridge());
  }
}

template <class F>
struct callable {
  static inline const bool registered
    = remote_functions::get().add(typeid(F).name(), &call_here<F>);
};

template <class F, class... As>
remote_call<typename signature_of<F>::value> remote_of(process& self, As&&... as) {
  static_assert(
    std::is_empty_v<F> && std::is_default_constructible_v<F>,
    "remote: a lambda with captures cannot cross nodes; pass what it needs as arguments");
  using arguments = typename signature_of<F>::arguments;
  static_assert(std::is_constructible_v<arguments, As...>,
                "remote: the arguments do not fit the parameters");
  remote_call<typename signature_of<F>::value> result;
  result.what.key = typeid(F).name();
  // Also uses the registration, so that it exists in every build.
  result.what.same_build = callable<F>::registered && !is_named_call<F>;
  result.what.arguments = to_term(arguments(std::forward<As>(as)...), *self.bridge());
  return result;
}

} // namespace internal

/// The function `Fn`, `task<T>(process&, args...)`; the programs need only both have it.
template <auto Fn, class... As>
[[nodiscard]] auto remote(process& self, As&&... as) {
  return internal::remote_of<internal::named_call<Fn>>(self, std::forward<As>(as)...);
}

/// A captureless lambda, between nodes that run the same program.
template <class F, class... As>
[[nodiscard]] auto remote(process& self, F, As&&... as) {
  return internal::remote_of<F>(self, std::forward<As>(as)...);
}

/// `module.name(arguments...)`, a function of the evaluator.
[[nodiscard]] remote_call<term> remote(atom module, atom name, std::vector<term> arguments);

/// A fun of the evaluator without arguments.
[[nodiscard]] remote_call<term> remote(term fun);

} // namespace troupe::actors
