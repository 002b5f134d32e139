// Strings, charlists and atoms in Elixir's notation.
//
// Elixir counterpart: `Code.Identifier.escape/3`, `String.printable?/2`, `Macro.inspect_atom/2`.
// Threads: pure functions.

#pragma once

#include "troupe/atom.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::internal {

inline constexpr size_t no_limit = SIZE_MAX;

/// Whether the first `limit` characters of `text` are UTF-8 that prints.
[[nodiscard]] bool is_printable(std::string_view text, size_t limit = no_limit);

/// Whether an element of a list makes it a candidate for `'abc'`.
[[nodiscard]] constexpr bool is_ascii_printable(int64_t c) noexcept {
  return (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c <= 126);
}

/// Appends up to `limit` characters of `text` with escapes; returns whether that was all of it.
bool escape(std::string& out, std::string_view text, char quote, size_t limit = no_limit);

/// Where an atom stands: `:a`, `a:`, or behind a dot as in `Mod.a`.
enum class atom_form : uint8_t { literal, key, remote_call };

[[nodiscard]] std::string atom_text(atom x, atom_form form);

} // namespace troupe::internal
