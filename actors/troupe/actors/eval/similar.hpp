// Names that look like another name, for "Did you mean".
//
// Erlang counterpart: Elixir's `String.jaro_distance/2`.
// Threads: any thread.

#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace troupe::actors::eval {

/// Similarity above which Elixir suggests a name.
inline constexpr double similarity_min = 0.77;
/// Most names that are suggested.
inline constexpr size_t suggestions_max = 5;

/// Returns how alike two texts are, from 0 to 1; works on bytes.
[[nodiscard]] inline double similarity(std::string_view x, std::string_view y) {
  if (x == y)
    return 1;
  if (x.empty() || y.empty())
    return 0;
  auto longest = std::max(x.size(), y.size());
  auto reach = longest / 2 > 0 ? longest / 2 - 1 : 0;
  std::vector<bool> taken(y.size());
  std::string_view::size_type matches = 0;
  std::vector<char> from_x, from_y;
  for (size_t i = 0; i < x.size(); ++i) {
    auto low = i > reach ? i - reach : 0;
    auto high = std::min(y.size(), i + reach + 1);
    for (auto j = low; j < high; ++j) {
      if (taken[j] || x[i] != y[j])
        continue;
      taken[j] = true;
      from_x.push_back(x[i]);
      ++matches;
      break;
    }
  }
  if (matches == 0)
    return 0;
  for (size_t j = 0; j < y.size(); ++j)
    if (taken[j])
      from_y.push_back(y[j]);
  size_t swapped = 0;
  for (size_t i = 0; i < matches; ++i)
    swapped += from_x[i] != from_y[i];
  auto m = static_cast<double>(matches);
  return (m / static_cast<double>(x.size()) + m / static_cast<double>(y.size())
          + (m - static_cast<double>(swapped) / 2) / m)
         / 3;
}

} // namespace troupe::actors::eval
