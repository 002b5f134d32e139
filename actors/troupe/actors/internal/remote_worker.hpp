// The processes behind a call: one on the other node that runs the function, and one on the
// caller's that waits for it.
//
// Erlang counterpart: erpc:execute_call/4. Differences: in Erlang the caller itself monitors the
// process on the other node and can take its spawn request back; here a middleman does, which the
// caller ends. Threads: confined to the process.

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

/// The body of a middleman: waits for the reference of the call from `caller`, has `what` run on
/// `at`, and ends with the answer. It also ends when the caller does; the function runs on.
[[nodiscard]] task<> run_middleman(process& self, pid caller, atom at, spawn_what what);

} // namespace troupe::actors::internal
