// Runs all workloads on all contenders, interleaved: what disturbs the machine disturbs all alike.
//
// Threads: one.

#pragma once

#include "contender.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::bench {

/// What one contender did in one workload.
struct cell {
  std::vector<measurement> rounds;
  std::string why_not; ///< When there is none.
};

/// Contenders in columns, workloads in rows.
struct results {
  std::vector<std::string> contenders;
  std::vector<const workload*> chosen;
  std::vector<std::vector<cell>> rows;
};

struct run_settings {
  int rounds = 1;
  bool quick = false;
  /// Told what begins.
  std::function<void(const std::string&)> progress;
};

[[nodiscard]] results run_all(const std::vector<std::unique_ptr<contender>>& contenders,
                              const std::vector<const workload*>& chosen, const run_settings& how);

} // namespace troupe::bench
