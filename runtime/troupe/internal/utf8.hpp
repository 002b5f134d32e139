// Code points in and out of UTF-8.
//
// Erlang counterpart: the `/utf8` segments of binaries.
// Threads: pure functions.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::internal {

/// Whether `c` is a code point that UTF-8 can carry; surrogates are not.
[[nodiscard]] constexpr bool valid_code_point(int64_t c) noexcept {
  return c >= 0 && c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
}

/// Takes the first code point off `text`; on malformed or empty text returns nothing and takes
/// nothing. Overlong forms and surrogates are malformed.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

/// Appends a valid code point.
void append_code_point(std::string& out, char32_t c);

/// Returns how many code points `text` has; a malformed byte counts as one.
[[nodiscard]] size_t count_code_points(std::string_view text) noexcept;

} // namespace troupe::internal
