// What is measured: the workloads, by name.
//
// Threads: constant.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::bench {

/// How a value is written for people; values themselves are in seconds, bytes, or things a second.
enum class unit : uint8_t { time, rate, bandwidth, bytes };

struct workload {
  std::string_view name;
  std::string_view title;
  bench::unit unit;
  int64_t parameter; ///< Pairs, senders, or bytes of a message.
  int64_t count;     ///< Round trips, messages, processes, ... of one measurement.
  int64_t quick;     ///< The same with --quick.

  [[nodiscard]] bool less_is_better() const noexcept {
    return unit == unit::time || unit == unit::bytes;
  }
};

/// All of them, in the order of the table.
[[nodiscard]] std::span<const workload> workloads();

/// Returns the workload, or null.
[[nodiscard]] const workload* find_workload(std::string_view name);

/// Returns `58.2 us`, `2.31 M/s`, `1.8 GB/s`, `870 B`.
[[nodiscard]] std::string text_of(double value, bench::unit u);

} // namespace troupe::bench
