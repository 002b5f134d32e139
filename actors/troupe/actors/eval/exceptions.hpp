// Elixir's exception structs: which exist, how they are made, what they say.
//
// Erlang counterpart: Elixir's `Exception` and the modules of the exceptions.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <optional>
#include <string>

namespace troupe::actors::eval {

/// Whether this is a map with `__struct__` and `__exception__`.
[[nodiscard]] bool is_exception(const term& x);

/// `module.exception(argument)`: a text or a keyword list of fields; nothing when there is no such
/// exception.
[[nodiscard]] std::optional<term> new_exception(atom module, const term& argument);

/// Returns the exception that an Erlang reason stands for, with what `stack` tells about it; as
/// `Exception.normalize(:error, reason, stack)`.
[[nodiscard]] term normalize(const term& reason, const term& stack);

/// Returns what the exception says; pids print as `viewer` sees them.
[[nodiscard]] std::string exception_message(const term& exception, const pid& viewer);

/// Returns what iex adds to the message from the innermost line of the stack: `: 1 / 0`, or the
/// arguments that no clause took; often nothing.
[[nodiscard]] std::string blame(const term& exception, const term& stack, const pid& viewer);

/// Returns `Mod.fun(1, 2)` or `Mod.fun/2`; `args` is a list or an arity.
[[nodiscard]] std::string format_mfa(atom module, atom function, const term& args,
                                     const pid& viewer);

} // namespace troupe::actors::eval
