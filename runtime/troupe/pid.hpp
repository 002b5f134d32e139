// The identity of a process, and of a reference: values that mean the same on every node.
//
// Erlang counterpart: pid() and reference(). Equality is over node, creation and number; how a
// pid prints depends on where it is printed, see `inspect`.
// Threads: immutable values; safe to copy and read from anywhere.

#pragma once

#include "troupe/atom.hpp"

#include <compare>
#include <cstdint>
#include <functional>

namespace troupe {

/// Names a process of one life of one node. Holds nothing alive.
struct pid {
  atom node;             ///< Name of the node, `name@host`; `nil` in the null pid.
  uint32_t creation = 0; ///< Tells two lives of one node apart; random, above 3.
  uint64_t id = 0;       ///< Number within that life, never reused; 0 in the null pid.

  /// Whether this names a process at all.
  explicit operator bool() const noexcept { return id != 0; }

  friend auto operator<=>(const pid&, const pid&) = default;
};

/// A value that is unique in the cluster: answers, monitors and timers are told apart by it.
struct reference {
  atom node;
  uint32_t creation = 0;
  uint64_t id = 0;

  explicit operator bool() const noexcept { return id != 0; }

  friend auto operator<=>(const reference&, const reference&) = default;
};

} // namespace troupe

template <>
struct std::hash<troupe::pid> {
  size_t operator()(const troupe::pid& x) const noexcept {
    return std::hash<troupe::atom>{}(x.node) ^ (x.id * 0x9E3779B97F4A7C15u) ^ x.creation;
  }
};

template <>
struct std::hash<troupe::reference> {
  size_t operator()(const troupe::reference& x) const noexcept {
    return std::hash<troupe::atom>{}(x.node) ^ (x.id * 0x9E3779B97F4A7C15u) ^ x.creation;
  }
};
