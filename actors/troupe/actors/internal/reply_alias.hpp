// Where the answer to a call goes, so that none comes once the call is over.
//
// Erlang counterpart: the tag `[alias | ref]` of gen.erl.
// Threads: values.

#pragma once

#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <optional>

namespace troupe::actors::internal {

/// Answers `{tag, answer}` to a call whose monitor is an alias, too.
class reply_alias {
public:
  explicit reply_alias(const reference& ref) : ref_(ref) {}

  [[nodiscard]] const reference& ref() const noexcept { return ref_; }
  /// What a request has as its tag.
  [[nodiscard]] term tag() const;
  /// Whether `x` is the answer.
  [[nodiscard]] bool is_answer(const term& x) const;

  /// The alias to which an answer with this tag goes; nothing when it goes to the caller's pid.
  [[nodiscard]] static std::optional<reference> of_tag(const term& tag);

private:
  reference ref_;
};

} // namespace troupe::actors::internal
