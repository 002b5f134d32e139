// Terms without parts, as iex prints them.
//
// Elixir counterpart: `Inspect` for numbers, atoms, pids, references and functions.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::internal {

/// Returns the text of a number, atom, reference, function, pid or empty list; nothing for others.
/// Pids and references of the node and creation of `viewer` print as local.
[[nodiscard]] std::string scalar_text(const term& x, const pid& viewer);

/// See `read_pid` of inspect.hpp.
[[nodiscard]] std::optional<pid> pid_of_text(std::string_view text, const pid& viewer);

} // namespace troupe::internal
