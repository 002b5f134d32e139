// Going through what can be gone through: lists, maps and ranges.
//
// Erlang counterpart: Elixir's protocol `Enumerable`.
// Threads: confined to its process.

#pragma once

#include "troupe/term.hpp"

#include <optional>
#include <vector>

namespace troupe::actors::eval {

/// First, last and step of a range.
struct range_bounds {
  int64_t first = 0;
  int64_t last = 0;
  int64_t step = 1;

  [[nodiscard]] uint64_t size() const noexcept;
  [[nodiscard]] bool contains(int64_t x) const noexcept;
};

/// Returns the bounds of `%Range{}`; nothing for anything else.
[[nodiscard]] std::optional<range_bounds> as_range(const term& x);
/// Makes `first..last` or `first..last//step` of two or three values; fails unless they are
/// integers.
[[nodiscard]] term make_range(const std::vector<term>& bounds);

/// A place in a collection. Keeps the collection alive; never holds all of a range.
class enumeration {
public:
  /// Fails with Protocol.UndefinedError for what is no collection.
  explicit enumeration(term collection);

  /// Returns the next element; nothing at the end. Fails where an improper list ends.
  std::optional<term> next();
  /// Returns the elements that are left.
  [[nodiscard]] std::vector<term> rest();

private:
  term collection_;
  term list_ = term::empty_list();    // What is left of a list.
  size_t index_ = 0;                  // Next entry of a map.
  std::optional<range_bounds> range_; // What is left of a range.
  uint64_t left_ = 0;                 // How many numbers of it are left.
};

/// Returns all elements.
[[nodiscard]] std::vector<term> to_elements(const term& collection);
/// `Enum.count/1`.
[[nodiscard]] uint64_t count_of(const term& collection);
/// `x in collection`; elements compare with `===`.
[[nodiscard]] bool is_member(const term& collection, const term& x);
/// `Enum.into/2` for lists and maps, and `for`'s `into:`, which takes texts too.
[[nodiscard]] term collect(const std::vector<term>& elements, const term& into);

} // namespace troupe::actors::eval
