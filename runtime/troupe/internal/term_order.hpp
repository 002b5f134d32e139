// The order of terms, exact form.
//
// Erlang counterpart: the order of the keys of a map.
// Threads: pure functions.

#pragma once

#include "troupe/term.hpp"

#include <compare>

namespace troupe::internal {

/// As `compare`, but every integer comes before every real and equals none. Two terms that compare
/// equal are `===`.
[[nodiscard]] std::strong_ordering compare_exact(const term& x, const term& y);

} // namespace troupe::internal
