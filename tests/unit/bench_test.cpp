// The benchmark's statistics and reports; its numbers are not for tests.

#include "../../apps/bench/report.hpp"

#include <doctest/doctest.h>

using namespace troupe::bench;

namespace {

results two_contenders() {
  results all;
  all.contenders = {"ours", "theirs"};
  all.chosen = {find_workload("rtt-1"), find_workload("oneway-1"), find_workload("blob-1k")};
  all.rows.resize(3, std::vector<cell>(2));
  all.rows[0][0].rounds = {{10e-6, percentiles{9e-6, 20e-6, 30e-6}}};
  all.rows[0][1].rounds = {{30e-6, {}}};
  all.rows[1][0].rounds = {{3e6, {}}, {1e6, {}}, {2e6, {}}};
  all.rows[1][1].rounds = {{0.5e6, {}}};
  all.rows[2][0].rounds = {{5e8, {}}};
  all.rows[2][1].why_not = "it said \"no\"";
  return all;
}

} // namespace

TEST_CASE("measurement: percentiles are values that were measured") {
  std::vector<double> x;
  for (int i = 1000; i > 0; --i)
    x.push_back(i);
  auto p = percentiles_of(x);
  CHECK(p.p50 == 500);
  CHECK(p.p99 == 990);
  CHECK(p.p999 == 999);
  CHECK(percentiles_of({7}).p999 == 7);
}

TEST_CASE("measurement: a median does not follow one outlier") {
  CHECK(median({5}) == 5);
  CHECK(median({1, 100, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 2.5);
  auto x
    = median_of({{1, percentiles{1, 2, 3}}, {9, percentiles{9, 9, 9}}, {2, percentiles{2, 4, 6}}});
  CHECK(x.value == 2);
  REQUIRE(x.spread);
  CHECK(x.spread->p99 == 4);
  CHECK_FALSE(median_of({{1, percentiles{1, 2, 3}}, {2, {}}}).spread);
}

TEST_CASE("measurement: what a child prints is read back, and nothing else is") {
  auto x = parse_line(line_of({58.25e-6, percentiles{1e-6, 2e-6, 3e-6}}));
  REQUIRE(x);
  CHECK(x->value == doctest::Approx(58.25e-6));
  REQUIRE(x->spread);
  CHECK(x->spread->p999 == doctest::Approx(3e-6));
  CHECK_FALSE(parse_line("= 12")->spread);
  CHECK_FALSE(parse_line("! nothing"));
  CHECK_FALSE(parse_line("="));
  CHECK_FALSE(parse_line("= nan"));
  CHECK_FALSE(parse_line(""));
}

TEST_CASE("workload: values are written in the unit that suits them") {
  CHECK(text_of(58.24e-6, unit::time) == "58.2 us");
  CHECK(text_of(0.00123, unit::time) == "1.23 ms");
  CHECK(text_of(2.5e6, unit::rate) == "2.50 M/s");
  CHECK(text_of(117, unit::rate) == "117 /s");
  CHECK(text_of(1.87e9, unit::bandwidth) == "1.87 GB/s");
  CHECK(text_of(870, unit::bytes) == "870 B");
  CHECK(text_of(0, unit::time) == "0.00 ns");
}

TEST_CASE("workload: names are unique, and every workload does something") {
  for (auto& x : workloads()) {
    CHECK(find_workload(x.name) == &x);
    CHECK(x.count >= x.quick);
    CHECK(x.quick > 0);
  }
  CHECK(find_workload("nothing") == nullptr);
}

TEST_CASE("report: above 1 is better, whatever is measured") {
  CHECK(ratio_of(*find_workload("rtt-1"), 10, 30) == doctest::Approx(3));
  CHECK(ratio_of(*find_workload("oneway-1"), 30, 10) == doctest::Approx(3));
  CHECK(ratio_of(*find_workload("process-bytes"), 800, 2600) == doctest::Approx(3.25));
}

TEST_CASE("report: the table has medians, ratios, and why something is missing") {
  auto text = table_of(two_contenders());
  CHECK(text.find("ours") != std::string::npos);
  CHECK(text.find("2.00 M/s") != std::string::npos);
  CHECK(text.find("3.00") != std::string::npos);
  CHECK(text.find("4.00") != std::string::npos);
  CHECK(text.find("rtt-1 on ours") != std::string::npos);
  CHECK(text.find("blob-1k on theirs: it said \"no\"") != std::string::npos);
}

TEST_CASE("report: every round is in the JSON, and texts are escaped") {
  auto all = two_contenders();
  all.contenders[1] = "the \"others\"";
  auto text = json_of(all);
  CHECK(text.find("{\"value\": 3000000}, {\"value\": 1000000}, {\"value\": 2000000}")
        != std::string::npos);
  CHECK(text.find("\"the \\\"others\\\"\"") != std::string::npos);
  CHECK(text.find("\"p99.9\": 3e-05") != std::string::npos);
}

TEST_CASE("report: the chart has a bar for each ratio") {
  auto text = chart_of(two_contenders());
  CHECK(text.starts_with("<svg "));
  CHECK(text.find(">3.00<") != std::string::npos);
  CHECK(text.find(">4.00<") != std::string::npos);
  size_t bars = 0;
  for (size_t at = 0; (at = text.find("<rect", at)) != std::string::npos; ++at)
    ++bars;
  CHECK(bars == 3); // two, and the background
}
