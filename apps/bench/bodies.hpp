// The processes of a benchmark.
//
// Threads: each function confined to its process.

#pragma once

#include "measurement.hpp"

#include "troupe/process.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::bench {

/// One measurement that is asked for.
struct job {
  std::string workload;
  int64_t count = 0;
  int64_t parameter = 0;
  node_name peer;
};

/// The name of a node that the far side starts beside itself.
[[nodiscard]] std::string further_name(std::string_view far, int64_t i);

/// Runs a job. Throws std::runtime_error when there is no such workload, or the peer is lost.
[[nodiscard]] task<measurement> perform(process& self, job what);

} // namespace troupe::bench
