// What a process keeps of its relations to others, and of its questions.
//
// Erlang counterpart: the link and monitor trees of a process.
// Threads: confined to the process.

#pragma once

#include "troupe/pid.hpp"
#include "troupe/spawn.hpp"
#include "troupe/term.hpp"

#include <cstdint>
#include <optional>

namespace troupe::internal {

struct link_state {
  bool active = false;
  uint64_t unlinking = 0; // Id of an unlink that is not acknowledged; exits are ignored till then.
};

struct observer {
  pid who;
  atom name; // By which it found us, or nil.
};

struct watched {
  pid to; // Null when watched by name on another node.
  atom name;
  atom node;
  std::optional<term> tag{}; // Of its DOWN.
};

struct pending_spawn {
  spawn_options options;
  bool as_message = false;
  bool abandoned = false; // Its process is not wanted any more (rule SP-09).
};

struct pending_answer {
  reference ref;
  std::optional<term> value;
  bool suspended = false; // It waits for a connection to have room (rule MSG-15).
};

} // namespace troupe::internal
