// What waits for an answer, by the reference of its request.
//
// Erlang counterpart: none.
// Threads: as std::unordered_map.

#pragma once

#include "troupe/pid.hpp"

#include <cstddef>
#include <unordered_map>

namespace troupe::internal {

/// A node numbers its references one after another, and what is asked one after another is answered
/// so: neighbours lie side by side, which is faster than a sorted tree with many requests, and than
/// numbers that are scattered. For references of this node only; a peer could choose others so that
/// they collide.
struct hash_by_number {
  size_t operator()(const reference& x) const noexcept { return x.id; }
};

template <class T>
using request_table = std::unordered_map<reference, T, hash_by_number>;

} // namespace troupe::internal
