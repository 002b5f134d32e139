// Elixir source text to quoted form.
//
// Erlang counterpart: Elixir's `Code.string_to_quoted/2`; the result is the same term, except that
// `meta` holds `[line: L, column: C]` where the interpreter reports a place, and aliases are
// resolved: `Node.ping(x)` is `{{:., meta, [{:__aliases__, meta, [:Node]}, :ping]}, meta, [x]}`.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace troupe::actors::eval {

/// The text is no expression. `type` is `SyntaxError` or `TokenMissingError`, `message` what iex
/// prints behind `** (SyntaxError) `, with the place and the reason.
struct syntax_error {
  std::string type;
  std::string message;
};

/// The text is the beginning of an expression: a console asks for another line.
struct incomplete {
  syntax_error otherwise; ///< What it is when nothing follows.
};

using parse_result = std::variant<term, syntax_error, incomplete>;

/// Parses a whole text: one expression, or several in a `{:__block__, meta, [...]}`; an empty text
/// is
/// `{:__block__, [], []}`. `file` and `line` are what messages name.
[[nodiscard]] parse_result parse(std::string_view text, std::string_view file = "iex",
                                 int line = 1);

} // namespace troupe::actors::eval
