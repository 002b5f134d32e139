#include "benchmark.hpp"

#include "contender.hpp"
#include "report.hpp"
#include "runner.hpp"

#include <fstream>
#include <iostream>
#include <random>

namespace troupe::bench {

namespace {

/// Ports of our own port mappers, so that nobody's nodes are in the way.
uint16_t some_port() {
  std::random_device random;
  return static_cast<uint16_t>(20'000 + random() % 9'000);
}

std::vector<std::unique_ptr<contender>> contenders_of(const options& opts,
                                                      const std::string& self) {
  std::vector<std::unique_ptr<contender>> result;
  auto port = some_port();
  for (auto& transport : opts.transports)
    result.push_back(contender::troupe(self, transport, port));
  if (opts.against_raw)
    result.push_back(contender::raw_tcp(self));
  if (opts.against_erlang) {
    std::string why;
    if (auto x = contender::erlang(static_cast<uint16_t>(port + 1), why))
      result.push_back(std::move(x));
    else
      std::cerr << "troupe-bench: without Erlang: " << why << "\n";
  }
  return result;
}

int write_file(const std::string& path, const std::string& text) {
  if (path.empty())
    return 0;
  std::ofstream out{path};
  out << text;
  out.close();
  if (out)
    return 0;
  std::cerr << "troupe-bench: cannot write " << path << "\n";
  return 1;
}

} // namespace

int run_benchmark(const options& opts) {
  auto contenders = contenders_of(opts, "/proc/self/exe");
  run_settings how;
  how.rounds = opts.rounds;
  how.quick = opts.quick;
  how.progress = [](const std::string& text) { std::cerr << text << "\n"; };
  auto all = run_all(contenders, opts.chosen, how);
  std::cout << table_of(all);
  return write_file(opts.json, json_of(all)) + write_file(opts.plot, chart_of(all));
}

} // namespace troupe::bench
