// The modules :rpc and :erpc.
//
// Erlang counterpart: rpc.erl and erpc.erl. A request is `[reference | reference]` here, too.
// Threads: a module table is filled before it is used.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"

namespace troupe::actors::eval {

/// Adds both modules; used by `all_modules`.
void add_rpc_modules(module_table& modules);

} // namespace troupe::actors::eval
