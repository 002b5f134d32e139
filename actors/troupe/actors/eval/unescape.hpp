// Escape sequences of strings, charlists and sigils.
//
// Erlang counterpart: Elixir's `Macro.unescape_string/1`. A sigil's text reaches the interpreter
// with its escapes in place, as Elixir's quoted form has it: `sigil_s` and `sigil_c` undo them.
// Threads: any thread.

#pragma once

#include <string>
#include <string_view>

namespace troupe::actors::eval {

struct unescaped {
  std::string text;
  std::string problem; ///< Why an escape is malformed; empty when none is.
  std::string after;   ///< The start of that escape.
};

/// Replaces escapes; an unknown one stands for its character.
[[nodiscard]] unescaped unescape(std::string_view text);

/// Returns what `\x` means for a letter; the letter itself when it has no meaning.
[[nodiscard]] char32_t unescape_letter(char32_t letter);

} // namespace troupe::actors::eval
