#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace troupe::bench {

namespace {

constexpr int label_width = 260;
constexpr int chart_width = 560;
constexpr int bar_height = 14;
constexpr int row_gap = 10;
constexpr int top = 40;
// Ratios from a tenth to a hundred, on a logarithmic axis.
constexpr double lowest = -1;
constexpr double highest = 2;
constexpr std::array colours{"#4c72b0", "#dd8452", "#55a868", "#c44e52"};

double place_of(double ratio) {
  auto x = std::clamp(std::log10(ratio), lowest, highest);
  return label_width + (x - lowest) / (highest - lowest) * chart_width;
}

std::string text_at(double x, int y, const std::string& what, const char* anchor) {
  return fmt::format("<text x=\"{:.0f}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     what);
}

std::string axis(int bottom) {
  std::string result;
  for (auto ratio : {0.1, 1.0, 10.0, 100.0}) {
    result += fmt::format("<line x1=\"{0:.0f}\" y1=\"{1}\" x2=\"{0:.0f}\" y2=\"{2}\" "
                          "stroke=\"{3}\"/>\n",
                          place_of(ratio), top - 5, bottom, ratio == 1.0 ? "#333" : "#ccc");
    result += text_at(place_of(ratio), top - 10, fmt::format("{}x", ratio), "middle");
  }
  return result;
}

} // namespace

std::string chart_of(const results& all) {
  std::string bars;
  auto y = top;
  for (size_t i = 0; i < all.chosen.size(); ++i) {
    auto& row = all.rows[i];
    bars += text_at(label_width - 8, y + bar_height, std::string{all.chosen[i]->title}, "end");
    for (size_t j = 1; j < row.size(); ++j, y += bar_height) {
      if (row[0].rounds.empty() || row[j].rounds.empty())
        continue;
      auto ratio
        = ratio_of(*all.chosen[i], median_of(row[0].rounds).value, median_of(row[j].rounds).value);
      auto from = std::min(place_of(1), place_of(ratio));
      auto to = std::max(place_of(1), place_of(ratio));
      bars += fmt::format("<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" "
                          "fill=\"{}\"/>\n",
                          from, y, std::max(1.0, to - from), bar_height - 2,
                          colours[(j - 1) % colours.size()]);
      bars += text_at(to + 4, y + bar_height - 3, fmt::format("{:.2f}", ratio), "start");
    }
    y += row_gap;
  }
  std::string legend;
  for (size_t j = 1; j < all.contenders.size(); ++j)
    legend += fmt::format("<text x=\"{}\" y=\"16\" fill=\"{}\">against {}</text>\n",
                          label_width + static_cast<int>(j - 1) * 150,
                          colours[(j - 1) % colours.size()], all.contenders[j]);
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
                     "font-family=\"sans-serif\" font-size=\"11\">\n"
                     "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{}{}{}"
                     "<text x=\"8\" y=\"16\">{}: times better than</text>\n</svg>\n",
                     label_width + chart_width + 60, y + 10, legend, axis(y), bars,
                     all.contenders.empty() ? "" : all.contenders[0]);
}

} // namespace troupe::bench
