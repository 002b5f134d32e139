// The two programs of a benchmark of Troupe: the far one holds what is talked to, the near one
// measures.
//
// Threads: each on the main thread of its program, beside a node.

#pragma once

#include "options.hpp"

namespace troupe::bench {

/// Both return the exit status.
int run_far(const options& opts);
int run_near(const options& opts);

} // namespace troupe::bench
