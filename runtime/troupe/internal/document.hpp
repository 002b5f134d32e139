// Text with marks where it may break over lines.
//
// Elixir counterpart: `Inspect.Algebra`. Difference: a document is written from left to right as a
// sequence of marks, not built as a tree, so that rendering needs no recursion.
// Threads: confined to its owner.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::internal {

class document {
public:
  /// What a break does in a group that does not fit the line.
  enum class break_mode : uint8_t {
    strict, ///< always a new line
    flex,   ///< a new line only when what follows does not fit
  };

  void text(std::string_view x);
  /// A possible line break; `x` stands there when the line goes on.
  void line_break(std::string_view x, break_mode mode);
  /// What lies between the two either fits the line or has its breaks turned into new lines.
  void open_group();
  void close_group();
  /// New lines between the two are indented by `columns` more.
  void open_nest(size_t columns);
  void close_nest();

  /// Lays out for lines of `width` columns; 0 means one line. Columns are counted in bytes, as
  /// Elixir does.
  [[nodiscard]] std::string render(size_t width) const;

private:
  enum class kind : uint8_t {
    text,
    strict_break,
    flex_break,
    open_group,
    close_group,
    open_nest,
    close_nest
  };
  struct mark {
    kind type;
    size_t size;  // bytes of text; columns of open_nest
    size_t start; // position in text_
  };
  class layout;

  void append(kind type, std::string_view x);

  std::string text_;
  std::vector<mark> marks_;
};

} // namespace troupe::internal
