// One result of a workload, and the statistics over several.
//
// Threads: values.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::bench {

struct percentiles {
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
};

struct measurement {
  double value = 0; ///< Seconds, bytes, or things a second.
  std::optional<percentiles> spread;
};

/// Returns the value below which the part `p` of them lies; `values` is sorted by it. Not for none.
[[nodiscard]] double percentile(std::vector<double>& values, double p);
[[nodiscard]] percentiles percentiles_of(std::vector<double> values);
[[nodiscard]] double median(std::vector<double> values);

/// Returns the median of the values, and of each percentile by itself. Not for none.
[[nodiscard]] measurement median_of(const std::vector<measurement>& all);

/// A measurement as the children of a benchmark print it: `= value [p50 p99 p99.9]`.
[[nodiscard]] std::string line_of(const measurement& x);
[[nodiscard]] std::optional<measurement> parse_line(std::string_view line);

} // namespace troupe::bench
