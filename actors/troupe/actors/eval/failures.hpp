// Making the failures that functions and expressions end with.
//
// Erlang counterpart: erlang:error/3 with error_info, and Elixir's exception structs.
// Threads: any thread.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors::eval {

/// A failure of kind `error` with an Erlang reason; the caller of a built-in adds the stack.
[[nodiscard]] failure error(term reason);
/// `{tag, value}` as reason.
[[nodiscard]] failure error(atom tag, term value);
[[nodiscard]] failure bad_argument();
[[nodiscard]] failure bad_arithmetic();
/// No clause of the function takes these arguments.
[[nodiscard]] failure no_clause();
/// An integer does not fit into 64 bits.
[[nodiscard]] failure integer_overflow();

/// `:badarg` that says what is wrong with each argument; an empty text means nothing is wrong.
[[nodiscard]] failure argument_error(std::string_view module, std::string_view function,
                                     std::vector<term> args, const std::vector<std::string>& texts);
/// The function does not exist. `hints` are lines such as `map/2` for "Did you mean".
[[nodiscard]] failure undefined_function(const module_table& modules, atom module, atom function,
                                         const std::vector<term>& args);

/// An Elixir exception, `module` without `Elixir.`; `fields` by name.
[[nodiscard]] term make_exception(std::string_view module,
                                  std::vector<std::pair<std::string_view, term>> fields);
[[nodiscard]] failure exception(std::string_view module,
                                std::vector<std::pair<std::string_view, term>> fields);
/// An exception with a message only.
[[nodiscard]] failure exception(std::string_view module, std::string_view message);
/// `** (CompileError) file:line: text`.
[[nodiscard]] failure compile_error(std::string_view file, int line, std::string_view text);
/// `protocol Enumerable not implemented for ...`.
[[nodiscard]] failure no_protocol(std::string_view protocol, term value);

} // namespace troupe::actors::eval
