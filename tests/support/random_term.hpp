// Terms of any kind and shape, from a seed.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/dist/term_codec.hpp"
#include "troupe/term.hpp"

#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace troupe::test {

/// The ends of a connection as its two codecs see them.
inline const dist::codec_ends ends_of_a{atom{"a@h"}, 11, atom{"b@h"}, 22};
inline const dist::codec_ends ends_of_b{atom{"b@h"}, 22, atom{"a@h"}, 11};

class random_terms {
public:
  explicit random_terms(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t n) { return std::uniform_int_distribution<uint64_t>{0, n - 1}(random_); }

  atom name() { return atom{"name" + std::to_string(below(40))}; }

  template <class Id>
  Id id() {
    static const atom nodes[] = {atom{"a@h"}, atom{"b@h"}, atom{"c@h"}, atom{}};
    return {nodes[below(4)], static_cast<uint32_t>(11 * below(4)), wide()};
  }

  term value(int depth_max = 5) {
    switch (below(depth_max > 0 ? 11 : 7)) {
      case 0: return static_cast<int64_t>(wide());
      case 1: return real();
      case 2: return name();
      case 3: return id<pid>();
      case 4: return id<reference>();
      case 5: return bytes();
      case 6: return term::empty_list();
      case 7: return term::tuple(some(depth_max - 1));
      case 8: return map(depth_max - 1);
      case 9: return term::list(some(depth_max - 1), below(3) ? term::empty_list() : value(0));
      default: return function(depth_max - 1);
    }
  }

  std::string bytes() {
    std::string result(below(300), '\0');
    for (auto& c : result)
      c = static_cast<char>(below(256));
    return result;
  }

private:
  /// Numbers of every length.
  uint64_t wide() { return random_() >> below(64); }

  double real() {
    auto x = std::bit_cast<double>(random_());
    return x == x ? x : -0.5; // NaN equals nothing
  }

  std::vector<term> some(int depth_max) {
    std::vector<term> result;
    for (auto n = below(6); n > 0; --n)
      result.push_back(value(depth_max));
    return result;
  }

  term map(int depth_max) {
    std::vector<term_pair> entries;
    for (auto n = below(5); n > 0; --n) {
      auto key = value(depth_max);
      entries.emplace_back(std::move(key), value(depth_max));
    }
    return term::map(std::move(entries));
  }

  term function(int depth_max) {
    fun x;
    x.arity = static_cast<uint32_t>(below(256));
    if (below(2)) {
      x.module = name();
      x.name = name();
      return x;
    }
    x.creator = id<pid>();
    x.index = wide();
    x.clauses = value(depth_max);
    x.bindings = map(depth_max);
    return x;
  }

  std::mt19937_64 random_;
};

/// A seed that differs from run to run; `CAPTURE` it, and keep one that failed as a fixed case.
inline uint64_t next_seed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

} // namespace troupe::test
