// Arguments of the functions that concern nodes.
//
// Erlang counterpart: guards and badarg texts of net_kernel, auth and erlang.
// Threads: any thread, but for `quick`, which runs in the process.

#pragma once

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/node.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors::eval {

[[nodiscard]] inline node& node_of(const environment& env) {
  return process_of(env).home();
}

/// The argument `i`; throws `:badarg` with "not an atom".
[[nodiscard]] atom atom_argument(std::string_view module, std::string_view function,
                                 const std::vector<term>& args, size_t i);

/// No clause of another function takes what it was given by this one.
[[nodiscard]] failure no_clause_of(std::string_view module, std::string_view function,
                                   int64_t arity);

[[nodiscard]] term list_of(const std::vector<atom>& names);

/// A function that does not wait but needs the process.
template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    co_return f(env, args);
  };
}

/// Adds monitor_node and monitor_nodes; a part of `add_net_kernel_module`.
void add_node_events(module_table& modules);

} // namespace troupe::actors::eval
