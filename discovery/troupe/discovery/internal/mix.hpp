// Numbers from texts that are the same on every node, unlike std::hash.
//
// Erlang counterpart: erlang:phash2.
// Threads: functions without state.

#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::discovery::internal {

/// Spreads the difference of any two numbers over all bits (the finalizer of splitmix64).
[[nodiscard]] constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// FNV-1a. No defence against chosen texts: use it for what nodes of one cluster say.
[[nodiscard]] constexpr uint64_t hash_text(std::string_view x) {
  uint64_t result = 0xCBF29CE484222325;
  for (auto c : x)
    result = (result ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return result;
}

/// What one life of one node adds, by XOR, to the digest of a set of them.
[[nodiscard]] constexpr uint64_t life_mark(std::string_view name, uint64_t instance) {
  return mix(hash_text(name) ^ mix(instance + 0x9E3779B97F4A7C15));
}

} // namespace troupe::discovery::internal
