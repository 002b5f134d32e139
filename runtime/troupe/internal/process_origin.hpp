// What a process was started to run, for people.
//
// Erlang counterpart: the initial call of a process.
// Threads: immutable.

#pragma once

#include "troupe/term.hpp"

#include <memory>
#include <string>

namespace troupe::internal {

struct process_origin {
  std::string text;    ///< As messages name it.
  term initial_call;   ///< `{module, function, arity}`.
  bool shared = false; ///< By all processes that run a function of this program; outlives them.
};

struct origin_deleter {
  void operator()(const process_origin* x) const {
    if (!x->shared)
      delete x;
  }
};
using origin_ptr = std::unique_ptr<const process_origin, origin_deleter>;

/// That of a C++ function, whose name is demangled; kept for ever when `shared`.
[[nodiscard]] origin_ptr native_origin(std::string name, bool shared = false);

} // namespace troupe::internal
