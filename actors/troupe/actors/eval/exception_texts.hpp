// What each exception says, word for word as Elixir.
//
// Erlang counterpart: the `message/1` functions in Elixir's exception.ex.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <string>
#include <string_view>

namespace troupe::actors::eval::texts {

using message_function = std::string (*)(const term& exception, const pid& viewer);

/// Returns `x` as `inspect` prints it.
[[nodiscard]] std::string shown(const term& x, const pid& viewer);
/// Returns `errors were found at the given arguments: ...`; an element of `lines` that is no text
/// stands for an argument with which nothing is wrong.
[[nodiscard]] std::string argument_lines(const term& lines);

/// Behind a failed `x.name` where `x` is no map.
inline constexpr std::string_view dot_hint
  = ". If you are using the dot syntax, such as map.field, make sure the left-hand side of the dot "
    "is "
    "a map";

std::string compile(const term& x, const pid& viewer);
std::string bad_boolean(const term& x, const pid& viewer);
std::string bad_arity(const term& x, const pid& viewer);
std::string bad_function(const term& x, const pid& viewer);
std::string bad_map(const term& x, const pid& viewer);
std::string bad_struct(const term& x, const pid& viewer);
std::string match(const term& x, const pid& viewer);
std::string case_clause(const term& x, const pid& viewer);
std::string with_clause(const term& x, const pid& viewer);
std::string try_clause(const term& x, const pid& viewer);
std::string cond_clause(const term& x, const pid& viewer);
std::string function_clause(const term& x, const pid& viewer);
std::string undefined_function(const term& x, const pid& viewer);
std::string missing_key(const term& x, const pid& viewer);
std::string erlang(const term& x, const pid& viewer);
std::string no_protocol(const term& x, const pid& viewer);

} // namespace troupe::actors::eval::texts
