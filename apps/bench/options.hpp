// What `troupe-bench` is told on its command line.
//
// Threads: a value.

#pragma once

#include "workload.hpp"

#include "troupe/config.hpp"

#include <string>
#include <vector>

namespace troupe::bench {

struct options {
  std::vector<const workload*> chosen;
  std::vector<std::string> transports{"plain", "tls"};
  bool against_raw = false;
  bool against_erlang = false;
  bool quick = false;
  int rounds = 5;
  std::string json; ///< File; empty: none.
  std::string plot; ///< The same.
  bool help = false;
  std::string help_text;
  std::string side; ///< Of the processes that a benchmark starts: far, near, raw-far, raw-near.
  std::string peer;
  config node; ///< Of such a process.
};

/// Reads them; errors name the option, what was given and what would be right.
[[nodiscard]] result<options> read_options(int argc, const char* const* argv);

} // namespace troupe::bench
