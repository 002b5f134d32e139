#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace troupe::bench {

namespace {

using line = std::vector<std::string>;

std::optional<measurement> median_in(const cell& x) {
  if (x.rounds.empty())
    return std::nullopt;
  return median_of(x.rounds);
}

line heads_of(const results& all) {
  line result{"workload"};
  for (auto& name : all.contenders)
    result.push_back(name);
  for (size_t j = 1; j < all.contenders.size(); ++j)
    result.push_back("x " + all.contenders[j]);
  return result;
}

line line_of_row(const results& all, size_t i) {
  auto& what = *all.chosen[i];
  line result{std::string{what.title}};
  std::vector<std::optional<measurement>> medians;
  for (auto& x : all.rows[i])
    medians.push_back(median_in(x));
  for (auto& x : medians)
    result.push_back(x ? text_of(x->value, what.unit) : "-");
  for (size_t j = 1; j < medians.size(); ++j)
    result.push_back(medians[0] && medians[j]
                       ? fmt::format("{:.2f}", ratio_of(what, medians[0]->value, medians[j]->value))
                       : "-");
  return result;
}

std::string spread_of(const results& all, size_t i) {
  std::string text;
  for (size_t j = 0; j < all.contenders.size(); ++j)
    if (auto x = median_in(all.rows[i][j]); x && x->spread)
      text += fmt::format("  {:<36}p50 {}, p99 {}, p99.9 {}\n",
                          std::string{all.chosen[i]->name} + " on " + all.contenders[j],
                          text_of(x->spread->p50, unit::time), text_of(x->spread->p99, unit::time),
                          text_of(x->spread->p999, unit::time));
  return text;
}

/// Contenders that took part in nothing of a row say why; those that cannot, do not.
std::string failures_of(const results& all, size_t i) {
  std::string text;
  for (size_t j = 0; j < all.contenders.size(); ++j)
    if (auto& x = all.rows[i][j]; !x.why_not.empty() && !x.why_not.starts_with("not measured"))
      text += fmt::format("  {} on {}: {}\n", all.chosen[i]->name, all.contenders[j], x.why_not);
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (auto c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  }
  return result + "\"";
}

} // namespace

double ratio_of(const workload& what, double ours, double theirs) {
  return what.less_is_better() ? theirs / ours : ours / theirs;
}

std::string table_of(const results& all) {
  std::vector<line> lines{heads_of(all)};
  std::string below;
  for (size_t i = 0; i < all.chosen.size(); ++i) {
    lines.push_back(line_of_row(all, i));
    below += spread_of(all, i) + failures_of(all, i);
  }
  std::vector<size_t> widths(lines[0].size());
  for (auto& x : lines)
    for (size_t k = 0; k < x.size(); ++k)
      widths[k] = std::max(widths[k], x[k].size());
  std::string text;
  for (auto& x : lines) {
    text += fmt::format("{:<{}}", x[0], widths[0]);
    for (size_t k = 1; k < x.size(); ++k)
      text += fmt::format("  {:>{}}", x[k], widths[k]);
    text += "\n";
  }
  if (!below.empty())
    text += "\n" + below;
  return text;
}

std::string json_of(const results& all) {
  std::string text = "[";
  for (size_t i = 0; i < all.chosen.size(); ++i)
    for (size_t j = 0; j < all.contenders.size(); ++j) {
      std::string rounds;
      for (auto& x : all.rows[i][j].rounds) {
        rounds += (rounds.empty() ? "" : ", ") + fmt::format("{{\"value\": {:.9g}", x.value);
        if (x.spread)
          rounds += fmt::format(", \"p50\": {:.9g}, \"p99\": {:.9g}, \"p99.9\": {:.9g}",
                                x.spread->p50, x.spread->p99, x.spread->p999);
        rounds += "}";
      }
      text += fmt::format("{}\n  {{\"workload\": {}, \"contender\": {}, \"rounds\": [{}]}}",
                          text.size() > 1 ? "," : "", quoted(all.chosen[i]->name),
                          quoted(all.contenders[j]), rounds);
    }
  return text + "\n]\n";
}

} // namespace troupe::bench
