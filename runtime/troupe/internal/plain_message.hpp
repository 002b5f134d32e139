// Messages for actors of plain CAF programs, which know CAF's own types only.
//
// Erlang counterpart: none.
// Threads: any thread.

#pragma once

#include "troupe/internal/term_form.hpp"
#include "troupe/term.hpp"

#include <caf/message.hpp>

#include <optional>

namespace troupe::internal {

/// Returns a message of CAF's own types as it is. Of others it takes the term form, whose elements
/// become `int64_t`, `double`, `bool`, `caf::atom_value` (a `std::string` when the atom's text is
/// none that CAF can have), `std::string` and `caf::actor`. Nothing for what holds lists, maps,
/// funs, references, tuples in tuples, or an actor that CAF's io module cannot reach.
[[nodiscard]] std::optional<caf::message> to_plain_message(const caf::message& x,
                                                           actor_bridge& bridge);

} // namespace troupe::internal
