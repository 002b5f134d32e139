// Built-in functions that need their process but do not wait.
//
// Threads: a module table is filled before it is used.

#pragma once

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::eval {

/// Makes a function of `f(process&, arguments)`.
template <class F>
builtin quick_function(F f) {
  return [f](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    co_return f(process_of(env), args);
  };
}

/// `argument_error` of :erlang for the argument at `index`.
[[nodiscard]] inline failure bad_at(std::string_view function, const std::vector<term>& args,
                                    size_t index, std::string_view text) {
  std::vector<std::string> texts(args.size());
  texts[index] = text;
  return argument_error("erlang", function, args, texts);
}

} // namespace troupe::actors::eval
