// Evaluates guards: without waiting, and a failure means false.
//
// Erlang counterpart: guards.
// Threads: confined to its process.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/eval/pattern.hpp"

namespace troupe::actors::eval {

class guard {
public:
  /// Variables are looked up in `inner`, then in `outer`; all must outlive the guard.
  guard(const module_table& modules, const environment& outer, const bindings& inner)
    : modules_(&modules), outer_(&outer), inner_(&inner) {}

  /// Whether the guard holds. Throws CompileError for what no guard may contain.
  [[nodiscard]] bool holds(const term& quoted) const;

private:
  [[nodiscard]] term value(const term& quoted) const;
  [[nodiscard]] term node_value(const term& quoted) const;
  [[nodiscard]] term list_value(const term& quoted) const;
  [[nodiscard]] term variable(const term& quoted) const;
  [[nodiscard]] term logical(const term& quoted) const;
  [[nodiscard]] term remote(const term& quoted) const;
  [[nodiscard]] term call(atom module, atom name, const term& args, const term& meta) const;
  [[nodiscard]] std::vector<term> values(const term& list) const;
  [[noreturn]] void reject(const term& meta, std::string_view text) const;

  const module_table* modules_;
  const environment* outer_;
  const bindings* inner_;
};

} // namespace troupe::actors::eval
