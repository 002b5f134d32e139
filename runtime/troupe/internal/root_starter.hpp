// What makes the body of a new process.
//
// Erlang counterpart: none.
// Threads: confined to the one that starts the process.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/task.hpp"

#include <concepts>
#include <functional>
#include <type_traits>

namespace troupe::internal {

/// What a process runs first. Called once, in the new process.
using root_function = std::function<task<>(process&)>;

/// Makes the body of a new process, which does not run yet; called at once.
class root_starter {
public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, root_starter>)
    root_starter(F&& f) // NOLINT(google-explicit-constructor): a parameter, as std::function_ref
    : context_(&f), start_([](void* context, process& self) {
        return (*static_cast<std::remove_reference_t<F>*>(context))(self);
      }) {}

  task<> operator()(process& self) const { return start_(context_, self); }

private:
  void* context_;
  task<> (*start_)(void* context, process& self);
};

/// The body that is `root`; it ends with `badarg` when that cannot begin.
task<> run_function(process& self, root_function root);

} // namespace troupe::internal
