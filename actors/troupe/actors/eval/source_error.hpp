// Where and why a text is no expression, and how that reads.
//
// Erlang counterpart: elixir_errors:parse_error. Inside the lexer and the parser errors travel as
// exceptions; `parse` turns them into values.
// Threads: values; safe to move between threads.

#pragma once

#include "troupe/actors/eval/parser.hpp"
#include "troupe/actors/eval/token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors::eval {

/// An error prints as `reason token tail`. An empty token means that the text ended too early.
struct source_error {
  int line = 0;
  int column = 0; ///< 0 when unknown.
  std::string reason;
  std::string token;
  std::optional<std::string> tail; ///< Elixir shows no source line below an error that has one.
};

/// The text an error concerns and what to call it.
struct source_text {
  std::string_view text;
  std::string_view file;
  int line = 1;
};

/// Renders an error as iex prints it, the source line and a caret below it where Elixir has them.
[[nodiscard]] parse_result describe(const source_error& error, const source_text& source);

/// Returns a token as it stands behind `syntax error before: `.
[[nodiscard]] std::string token_text(const token& x);

/// Throws `syntax error before: ` this token.
[[noreturn]] void throw_before(const token& x);

} // namespace troupe::actors::eval
