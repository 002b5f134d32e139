// Maps that are structs: their name and their fields in the order of printing.
//
// Elixir counterpart: `__struct__/0` and `__info__(:struct)` of the module. Difference: there are
// no modules here, so every map with an atom under `__struct__` and only atoms as keys is a struct,
// and fields print in term order unless the table in struct_fields.cpp knows the order of
// definition. Threads: pure functions.

#pragma once

#include "troupe/term.hpp"

#include <optional>
#include <vector>

namespace troupe::internal {

/// Returns the name of a struct; nothing when the map is none.
[[nodiscard]] std::optional<atom> struct_name(const term& map);

/// Returns the fields of a struct without those that mark it as one.
[[nodiscard]] std::vector<term_pair> struct_fields(const term& map);

} // namespace troupe::internal
