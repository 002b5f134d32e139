// The identity of this program's code: lambdas are only accepted between equal ones.
//
// Erlang counterpart: a module's MD5.
// Threads: any thread.

#pragma once

#include <string>

namespace troupe::internal {

/// Returns the bytes of the GNU build-id of the program; empty when the program was linked without
/// one (then no lambda of it is accepted anywhere).
[[nodiscard]] const std::string& build_id();

} // namespace troupe::internal
