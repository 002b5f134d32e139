// Spawning, sending, aliases and monitors with options, in Kernel, Node, Process and :erlang.
//
// Erlang counterpart: spawn, spawn_opt, spawn_request, send, alias and monitor/3 of erlang.erl.
// Differences: unknown options of a request to a node that cannot be reached are `badopt`, not
// `noconnection`. Threads: a module table is filled before it is used.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"

namespace troupe::actors::eval {

/// Used by `add_process_modules`.
void add_spawn_modules(module_table& modules);
void add_alias_modules(module_table& modules);
void add_send_modules(module_table& modules);

} // namespace troupe::actors::eval
