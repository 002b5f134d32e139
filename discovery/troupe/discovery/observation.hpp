// What a source says about one peer.
//
// Erlang counterpart: none.
// Threads: a value.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/dist/transport.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::discovery {

struct observation {
  enum class kind : uint8_t {
    seen, ///< The peer was heard, or the source lists it.
    left, ///< The peer says goodbye. Only from sources that authenticate.
    gone, ///< The source does not list it any more. This never ends a connection.
  };
  kind what = kind::seen;
  std::string name;         ///< `name@host`; empty when only addresses are known.
  uint64_t instance = 0;    ///< Random number of one life of one node; 0: unknown.
  uint64_t incarnation = 0; ///< When that life began, in ms since 1970; 0: unknown.
  uint32_t creation = 0;    ///< 0: unknown.
  bool hidden = false;
  bool fresh = false; ///< A sign of life of right now, so a dial that failed before may succeed.
  bool seed = false;  ///< The user named it: the policy `seeds` dials it.
  std::vector<dist::endpoint> endpoints; ///< In the order in which to try them.
  /// How long this holds unless it is said again; zero: until `gone`.
  clock::duration lifetime{};

  friend bool operator==(const observation&, const observation&) = default;
};

} // namespace troupe::discovery
