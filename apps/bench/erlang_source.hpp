// The Erlang side of the benchmark, troupe_bench.erl, as text: the build puts it into the program.
//
// Threads: a constant.

#pragma once

namespace troupe::bench {

extern const char* const erlang_source;

} // namespace troupe::bench
