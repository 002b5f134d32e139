// The whole benchmark: starts who takes part, runs the workloads, writes the results.
//
// Threads: the main thread.

#pragma once

#include "options.hpp"

namespace troupe::bench {

/// Returns the exit status. Throws what the contenders throw.
int run_benchmark(const options& opts);

} // namespace troupe::bench
