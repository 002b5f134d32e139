// What came out, for people and for programs.
//
// Threads: pure functions.

#pragma once

#include "runner.hpp"

#include <optional>
#include <string>

namespace troupe::bench {

/// How many times better `ours` is than `theirs`: above 1 is faster or smaller.
[[nodiscard]] double ratio_of(const workload& what, double ours, double theirs);

/// A line for each workload: the median of each contender, and the first one's ratio to the others.
[[nodiscard]] std::string table_of(const results& all);

/// Every measurement of every round.
[[nodiscard]] std::string json_of(const results& all);

/// A chart of the ratios as SVG.
[[nodiscard]] std::string chart_of(const results& all);

} // namespace troupe::bench
