// Elixir source text to tokens.
//
// Erlang counterpart: elixir_tokenizer. Layout is settled here: an operator takes back the line
// break before it, a comma the one behind it, and a name's kind tells what follows it. Warnings
// about deprecated spellings are not given. Threads: any thread.

#pragma once

#include "troupe/actors/eval/token.hpp"

#include <string_view>
#include <vector>

namespace troupe::actors::eval {

/// Most interpolations that may lie inside each other.
inline constexpr int interpolation_depth_max = 32;

/// Splits a whole text whose first line has the number `line`. Delimiters are balanced in the
/// result. Throws `source_error`.
[[nodiscard]] std::vector<token> tokenize(std::string_view text, int line = 1);

} // namespace troupe::actors::eval
