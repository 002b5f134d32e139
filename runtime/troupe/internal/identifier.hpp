// What an atom's text is to Elixir's tokenizer, which decides whether it prints with quotes.
//
// Elixir counterpart: `Macro.classify_atom/1` and `String.Tokenizer`. Difference: only the scripts
// of the table in identifier.cpp count as letters; other letters print in quotes, which reads back
// as the same atom. Threads: pure functions.

#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::internal {

enum class atom_class : uint8_t {
  alias,             ///< `Elixir.Foo.Bar`, printed as `Foo.Bar`
  identifier,        ///< `foo?`
  operator_unquoted, ///< `:+`
  operator_quoted,   ///< `:"::"`, yet callable as `Mod.::`
  not_callable,      ///< `:Foo`, `:%{}`: bare as a literal, quoted after a dot
  other,             ///< `:"a b"`
};

[[nodiscard]] atom_class classify_atom(std::string_view text);

} // namespace troupe::internal
