// A literal constant whose text is its value; equal texts are one number.
//
// Erlang counterpart: atoms. As there, atoms are never collected, so their number is bounded.
// Threads: immutable value; any thread may make and read atoms.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace troupe {

class atom {
public:
  /// Longest text, in bytes.
  static constexpr size_t size_max = 255;
  /// Most atoms a program can make (the number is Erlang's default).
  static constexpr size_t count_max = 1'048'576;

  /// The atom `nil`.
  constexpr atom() noexcept = default;

  /// Interns `text`, which the program chose. Throws `std::length_error` when `text` is longer
  /// than `size_max` or the table is full; for text that a peer or user chose, see `try_make`.
  explicit atom(std::string_view text);

  /// Interns `text`; nothing when it is too long or the table is full.
  [[nodiscard]] static std::optional<atom> try_make(std::string_view text);

  /// Returns the text; valid for the life of the program.
  [[nodiscard]] std::string_view text() const noexcept;

  /// Returns the number behind the text; differs from run to run.
  [[nodiscard]] uint32_t index() const noexcept { return index_; }

  friend bool operator==(atom x, atom y) noexcept { return x.index_ == y.index_; }
  /// Alphabetical, as in Erlang.
  friend std::strong_ordering operator<=>(atom x, atom y) noexcept {
    return x.index_ == y.index_ ? std::strong_ordering::equal : x.text() <=> y.text();
  }

private:
  uint32_t index_ = 0;
};

} // namespace troupe

template <>
struct std::hash<troupe::atom> {
  size_t operator()(troupe::atom x) const noexcept {
    return x.index() * size_t{0x9E3779B97F4A7C15};
  }
};
