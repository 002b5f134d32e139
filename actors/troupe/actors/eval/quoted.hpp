// Reading quoted forms without trusting them: they may come from another node.
//
// Erlang counterpart: the functions of Elixir's `Macro`.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <optional>
#include <vector>

namespace troupe::actors::eval::quoted {

/// The parts of `{head, meta, args}`; they live as long as the form.
struct node {
  const term* head = nullptr;
  const term* meta = nullptr;
  const term* args = nullptr;

  explicit operator bool() const noexcept { return head != nullptr; }
};

/// Returns the parts of a form that is a tuple of three; empty for literals.
[[nodiscard]] node as_node(const term& form);
/// Whether this is `{name, meta, context}`, a variable or a call without parentheses.
[[nodiscard]] bool is_variable(const term& form);
/// Whether this is `{name, meta, [...]}` with `arity` arguments.
[[nodiscard]] bool is_call(const term& form, atom name, size_t arity);
/// Whether this is `{name, meta, [...]}` with any number of arguments.
[[nodiscard]] bool is_call(const term& form, atom name);

/// Returns the length of a list, not counting an improper tail; 0 for what is no list.
[[nodiscard]] size_t length(const term& list);
/// Returns pointers to the elements of a list.
[[nodiscard]] std::vector<const term*> elements(const term& list);
/// Returns element `index` of a list, or null.
[[nodiscard]] const term* element(const term& list, size_t index);
/// Returns the value of `key` in a keyword list, or null.
[[nodiscard]] const term* option(const term& keywords, atom key);
/// Returns the value of `key` in the last of `args` when that is a keyword list, or null.
[[nodiscard]] const term* last_option(const term& args, atom key);
/// Returns the line that `meta` names, or 0.
[[nodiscard]] int line_of(const term& meta);

/// One `patterns when guard -> body`.
struct clause {
  std::vector<const term*> patterns;
  const term* guard = nullptr; ///< Null without `when`.
  const term* body = nullptr;
};
/// Reads one `->`; nothing when it is none.
[[nodiscard]] std::optional<clause> as_clause(const term& form);
/// Splits `pattern when guard`; the guard is null when there is none.
[[nodiscard]] std::pair<const term*, const term*> split_guard(const term& form);

/// Returns the module that `{:__aliases__, _, [:A, :B]}` names.
[[nodiscard]] std::optional<atom> module_of(const term& form);
/// Returns the call that `left |> right` stands for; nothing when `right` cannot take a value.
[[nodiscard]] std::optional<term> piped(const term& left, const term& right);

// -- making ---------------------------------------------------------------------------------------
[[nodiscard]] term make_call(atom name, const term& meta, term args);
[[nodiscard]] term make_variable(atom name, const term& meta);

/// What `&expr` means: an `fn`, or a function by its name.
struct capture {
  term form;   ///< `{:fn, ...}` when not nil.
  term target; ///< Quoted module of `&Mod.name/arity`; nil for a local one.
  atom name;
  size_t arity = 0;
  bool skips = false; ///< `&2` without `&1`: an error; `arity` is the number that is there.
};
/// Reads the operand of `&`; nothing when it captures no argument.
[[nodiscard]] std::optional<capture> as_capture(const term& operand, const term& meta);

} // namespace troupe::actors::eval::quoted
