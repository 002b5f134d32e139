// The same over plain TCP sockets, as far as there is such a thing: the limit of the machine.
//
// Threads: the far side has one for each connection; the near side has one.

#pragma once

#include <string>

namespace troupe::bench {

/// Prints the port where it serves.
int run_raw_far();
int run_raw_near(const std::string& port);

} // namespace troupe::bench
