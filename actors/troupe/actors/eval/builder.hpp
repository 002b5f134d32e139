// Makes the nodes of the quoted form.
//
// Erlang counterpart: the node shapes in Elixir's `Macro` documentation: `{name, meta, arguments}`
// for calls and operators, `{name, meta, nil}` for variables.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <string_view>
#include <vector>

namespace troupe::actors::eval::build {

/// `[line: line]`, as iex gives it to what it evaluates.
[[nodiscard]] term meta(int line);

/// `{head, meta, arguments}`.
[[nodiscard]] term call(term head, term meta, std::vector<term> arguments);
[[nodiscard]] term call(std::string_view name, int line, std::vector<term> arguments);

/// `{{:., meta, [module, name]}, meta, arguments}`; `module` is the atom's whole text.
[[nodiscard]] term remote(std::string_view module, std::string_view name, int line,
                          std::vector<term> arguments);

/// One expression as it is, others in a `{:__block__, [], expressions}`. A lone `not` or `!` gets a
/// block too, so that `(not a) in b` does not read as `not a in b`.
[[nodiscard]] term block(std::vector<term> expressions);

/// Whether `x` is `{name, meta, [...]}` with that many arguments.
[[nodiscard]] bool is_call(const term& x, std::string_view name, size_t arity);

/// The arguments of a call; nothing for anything else.
[[nodiscard]] std::vector<term> arguments(const term& x);

/// The line in the meta of a node; 0 without one.
[[nodiscard]] int line_of(const term& x);

} // namespace troupe::actors::eval::build
