// Texts as sequences of characters. A character is a code point here: combining marks stand alone.
//
// Erlang counterpart: Elixir's `String.graphemes/1`, which joins them.
// Threads: any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors::eval {

/// Splits into characters; bytes that are no UTF-8 stand alone.
[[nodiscard]] std::vector<std::string_view> characters(std::string_view text);
/// Returns the text with every letter changed; covers Latin, Greek and Cyrillic.
[[nodiscard]] std::string upcase(std::string_view text);
[[nodiscard]] std::string downcase(std::string_view text);
/// Whether all of it is UTF-8.
[[nodiscard]] bool is_valid_text(std::string_view text);
/// Returns the text without white space at the ends that are asked for.
[[nodiscard]] std::string_view trimmed(std::string_view text, bool leading, bool trailing);
/// Splits at every `separator`, which is not empty, but no more than `parts_max` parts; 0 is no
/// bound.
[[nodiscard]] std::vector<std::string_view>
split_text(std::string_view text, const std::vector<std::string_view>& separators,
           size_t parts_max);
/// Splits at white space and leaves empty parts out.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);
/// Resolves a start that may count from the end, and a length, within `size` elements; nothing when
/// they are outside.
[[nodiscard]] std::optional<std::pair<size_t, size_t>> slice_bounds(int64_t start, int64_t length,
                                                                    size_t size);

} // namespace troupe::actors::eval
