// What becomes of a name that two processes hold after two halves of a cluster have met.
//
// Erlang counterpart: exchange_names/4 and the standard resolvers of global.erl. Difference: there
// the lesser of the two nodes that connect decides, here the lesser of the two owners, as the
// others of each half learn of a clash from no one else.
// Threads: values and pure functions.

#pragma once

#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <utility>

namespace troupe::actors::internal {

/// Whether `x` settles a clash with `y`: one of the two does, so it is settled once.
[[nodiscard]] inline bool decides(atom x, atom y) {
  return x < y;
}

/// Who keeps a name.
enum class keeper : uint8_t { own, other, nobody };

/// Reads what a resolver returned; anything but one of the two processes is nobody (G-12). One
/// process that two nodes registered is no clash: `own` stays.
[[nodiscard]] keeper keeper_of(const term& answer, const pid& own, const pid& other);

/// The process on the lesser node, which survives, and the other one (G-09, G-10).
[[nodiscard]] std::pair<pid, pid> min_max(const pid& x, const pid& y);

} // namespace troupe::actors::internal
