// Settles the clashes of names that came to light when two halves of the cluster met.
//
// Erlang counterpart: the resolver process of global.erl. Difference: one per node, one clash after
// the other, each in its turn as any change of a name.
// Threads: confined to its process.

#pragma once

#include "troupe/process.hpp"

#include <chrono>

namespace troupe::actors::internal {

/// A resolver that takes longer is ended, and the name is free. Erlang waits for ever.
inline constexpr std::chrono::seconds global_resolver_timeout{30};

/// Runs until all clashes were tried once.
[[nodiscard]] task<> run_global_settler(process& self);

} // namespace troupe::actors::internal
