// The process behind a call: it runs the function on the other node, and ends with the answer.
//
// Erlang counterpart: erpc:execute_call/4.
// Threads: confined to the process.

#pragma once

#include "troupe/actors/erpc.hpp"

namespace troupe::actors::internal {

/// Form in which a function travels to the process that runs it, as an argument.
[[nodiscard]] term form_of(const spawn_what& x);
[[nodiscard]] std::optional<spawn_what> what_of(const term& form);

/// Runs `what` in this process, whatever it is, and tells how it ended.
[[nodiscard]] task<erpc::outcome> run_here(process& self, spawn_what what);

/// What a worker for `what` runs: it ends with an answer that has the tag `id`.
[[nodiscard]] spawn_what worker_of(process& self, const reference& id, spawn_what what);
/// What a process for a cast of `what` runs: it ends, and is logged, as one that was spawned.
[[nodiscard]] spawn_what cast_of(process& self, spawn_what what);

/// Starts `what` on `at` without an answer whatever becomes of it; never waits.
void spawn_silently(process& self, atom at, spawn_what what);

} // namespace troupe::actors::internal
