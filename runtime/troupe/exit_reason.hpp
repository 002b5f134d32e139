// Why a process ended: a term. And how such a reason looks to CAF's own actors.
//
// Erlang counterpart: exit reasons.
// Threads: immutable values.

#pragma once

#include "troupe/term.hpp"

#include <caf/error.hpp>

#include <exception>

namespace troupe::exit_reason {

inline const atom normal{"normal"};
inline const atom kill{"kill"};
inline const atom killed{"killed"};
inline const atom shutdown{"shutdown"};
inline const atom noproc{"noproc"};
inline const atom noconnection{"noconnection"};
inline const atom undef{"undef"};
inline const atom abandoned{"abandoned"};

/// The reason of a process whose body threw: that of `process::exit`, an Elixir `RuntimeError` with
/// the text of an exception of C++, and `nocatch` of anything else.
[[nodiscard]] term of(const std::exception_ptr& thrown);
[[nodiscard]] term of(const std::exception& thrown);

/// The error that CAF's monitors and links see. `normal` is no error; reasons that CAF does not
/// know become an error of category `troupe` with the reason's text as context.
[[nodiscard]] caf::error to_caf(const term& reason);

/// The reason that processes see of a CAF actor's end.
[[nodiscard]] term from_caf(const caf::error& x);

} // namespace troupe::exit_reason
