// Which names an expression uses and does not define: before it runs, without running it.
//
// Erlang counterpart: the checks of Elixir's compiler, and what erl_eval keeps with a fun.
// Threads: any thread.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"

#include <set>

namespace troupe::actors::eval {

/// Throws CompileError when `quoted` uses a variable or a local function that nobody defines, so
/// that nothing of a line runs when a part of it cannot.
void check_names(const term& quoted, const environment& env, const module_table& modules);

/// Returns the variables that an `fn` uses and does not bind itself.
[[nodiscard]] std::set<atom> free_variables(const term& fn);

/// Whether the name is a special form or macro that the interpreter itself knows.
[[nodiscard]] bool is_special_form(atom name);

} // namespace troupe::actors::eval
