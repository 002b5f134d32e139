// Matching a value against a quoted pattern.
//
// Erlang counterpart: match specifications inside erl_eval.
// Threads: confined to its process.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors::eval {

/// Variables that a match has bound; few, so that a search is enough.
using bindings = std::vector<std::pair<atom, term>>;

/// One match, which may have several patterns (the parameters of a function). Binds nothing
/// outside.
class pattern_match {
public:
  /// `outer` is where pins look; it must outlive the match.
  explicit pattern_match(const environment& outer) : outer_(&outer) {}

  /// Whether `value` has the form of `pattern`; keeps what the variables stand for. Throws
  /// CompileError for what is no pattern.
  [[nodiscard]] bool match(const term& pattern, const term& value);

  [[nodiscard]] const bindings& bound() const { return bound_; }
  /// Makes the variables known in `env`.
  void commit(environment& env) const;

private:
  bool match_node(const term& pattern, const term& value);
  bool match_list(const term& pattern, const term& value);
  bool match_elements(const std::vector<const term*>& patterns, const term& value);
  bool match_map(const term& pattern, const term& value);
  bool match_struct(const term& pattern, const term& value);
  bool match_prefix(const term& pattern, const term& value);
  bool match_text(const term& pattern, std::string_view rest, bool whole);
  bool match_appended(const term& pattern, const term& value);
  bool match_range(const term& pattern, const term& value);
  bool bind(atom name, const term& value);
  [[nodiscard]] const term& pinned(const term& variable, const term& meta) const;
  [[nodiscard]] term key_of(const term& quoted) const;
  [[noreturn]] void reject(const term& meta, std::string_view text) const;

  const environment* outer_;
  bindings bound_;
};

/// Returns the value of a literal: a number, a text, an atom, an alias, a signed number, or a
/// container of literals; nothing for what has to be evaluated.
[[nodiscard]] std::optional<term> literal_value(const term& quoted);

} // namespace troupe::actors::eval
