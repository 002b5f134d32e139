#include "measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace troupe::bench {

double percentile(std::vector<double>& values, double p) {
  std::ranges::sort(values);
  auto rank = static_cast<size_t>(std::ceil(p * static_cast<double>(values.size())));
  return values[std::min(values.size(), std::max<size_t>(rank, 1)) - 1];
}

percentiles percentiles_of(std::vector<double> values) {
  return {percentile(values, 0.5), percentile(values, 0.99), percentile(values, 0.999)};
}

double median(std::vector<double> values) {
  auto upper = percentile(values, 0.5);
  if (values.size() % 2 == 1)
    return upper;
  return (upper + values[values.size() / 2]) / 2;
}

measurement median_of(const std::vector<measurement>& all) {
  auto of = [&all](auto part) {
    std::vector<double> values;
    for (auto& x : all)
      values.push_back(part(x));
    return median(std::move(values));
  };
  measurement result{of([](auto& x) { return x.value; }), {}};
  if (std::ranges::all_of(all, [](auto& x) { return x.spread.has_value(); }))
    result.spread
      = {of([](auto& x) { return x.spread->p50; }), of([](auto& x) { return x.spread->p99; }),
         of([](auto& x) { return x.spread->p999; })};
  return result;
}

std::string line_of(const measurement& x) {
  auto text = fmt::format("= {:.9g}", x.value);
  if (x.spread)
    text += fmt::format(" {:.9g} {:.9g} {:.9g}", x.spread->p50, x.spread->p99, x.spread->p999);
  return text;
}

std::optional<measurement> parse_line(std::string_view line) {
  std::istringstream in{std::string{line}};
  std::string mark;
  measurement result;
  if (!(in >> mark >> result.value) || mark != "=" || !std::isfinite(result.value))
    return std::nullopt;
  percentiles spread;
  if (in >> spread.p50 >> spread.p99 >> spread.p999)
    result.spread = spread;
  return result;
}

} // namespace troupe::bench
