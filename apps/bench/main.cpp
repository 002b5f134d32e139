// `troupe-bench`: how fast two nodes on this machine talk, beside raw TCP and Erlang.
//
//   $ troupe-bench --against raw,erlang --quick

#include "benchmark.hpp"
#include "options.hpp"
#include "raw_side.hpp"
#include "troupe_side.hpp"

#include <iostream>

namespace {

using namespace troupe::bench;

int run(const options& opts) {
  if (opts.side == "far")
    return run_far(opts);
  if (opts.side == "near")
    return run_near(opts);
  if (opts.side == "raw-far")
    return run_raw_far();
  if (opts.side == "raw-near")
    return run_raw_near(opts.peer);
  return run_benchmark(opts);
}

} // namespace

int main(int argc, char** argv) {
  auto opts = read_options(argc, argv);
  if (!opts) {
    std::cerr << "troupe-bench: " << opts.error().context << "\n";
    return 2;
  }
  if (opts->help) {
    std::cout << opts->help_text;
    return 0;
  }
  try {
    return run(*opts);
  } catch (std::exception& x) {
    std::cerr << "troupe-bench: " << x.what() << "\n";
    return 1;
  }
}
