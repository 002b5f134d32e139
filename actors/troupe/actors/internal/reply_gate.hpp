// Lets one answer through to a process, until that gives up waiting.
//
// Erlang counterpart: the alias of a call (`[alias | Ref]`), which drops answers that come late.
// Here it is a process of the caller's node, which takes the answer in the caller's place.
// Threads: confined to the process that calls.

#pragma once

#include "troupe/process.hpp"
#include "troupe/term.hpp"

#include <chrono>
#include <optional>

namespace troupe::actors::internal {

/// How long a gate that nobody closed outlives the call that it was for.
inline constexpr std::chrono::seconds gate_grace{60};

class reply_gate {
public:
  /// A gate for answers `{tag, answer}` with one tag, open for `timeout`. When the caller waits
  /// without end no answer is late, and there is no process.
  reply_gate(process& self, reference tag, clock::duration timeout);

  /// Where an answer must go: what a request has as its tag.
  [[nodiscard]] term tag() const;
  /// Whether `x` is the answer; then `{tag, answer}`.
  [[nodiscard]] bool is_answer(const term& x) const;
  /// Closes the gate: yields the answer when it was there in time. None comes after that.
  [[nodiscard]] task<std::optional<term>> close(process& self) const;

  /// The process that takes answers for this tag; null when they go to the caller itself.
  [[nodiscard]] static pid gate_of(const term& tag);

private:
  reference tag_;
  pid gate_; // Null: none.
};

} // namespace troupe::actors::internal
