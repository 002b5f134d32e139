// The name of a node in the cluster.
//
// Erlang counterpart: the atom returned by `node/0`, e.g. 'a@10.0.0.7'.
// Threads: immutable value; safe to copy and read from anywhere.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/result.hpp"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

/// Identifies a node as `name@host`. Two nodes with equal names are the same node; only the
/// creation number tells two runs of it apart.
class node_name {
public:
  static constexpr size_t size_max = atom::size_max;

  /// Parses `text` or returns `errc::invalid_node_name` with a sentence that says what is wrong.
  /// The part before `@` consists of letters, digits, `_` and `-`; the host is taken as given
  /// (NAME-05).
  [[nodiscard]] static result<node_name> parse(std::string_view text);

  /// For literals in a program: throws `std::invalid_argument` when `text` is no node name.
  explicit node_name(std::string_view text);

  /// The part before `@`; what a port mapper registers.
  [[nodiscard]] std::string_view alive() const noexcept;
  [[nodiscard]] std::string_view host() const noexcept;

  /// Returns the full text, `name@host`.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  friend auto operator<=>(const node_name& x, const node_name& y) = default;

private:
  node_name(std::string text, size_t at) : text_(std::move(text)), at_(at) {}

  std::string text_;
  size_t at_; // Position of '@' in text_.
};

} // namespace troupe
