#include "workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::bench {

namespace {

constexpr std::array all{
  workload{"rtt-1", "round trip, one pair", unit::time, 1, 20'000, 2'000},
  workload{"rtt-16", "round trips, 16 pairs", unit::rate, 16, 100'000, 20'000},
  workload{"rtt-128", "round trips, 128 pairs", unit::rate, 128, 200'000, 40'000},
  workload{"oneway-1", "small messages one way, 1 sender", unit::rate, 1, 1'000'000, 200'000},
  workload{"oneway-4", "small messages one way, 4 senders", unit::rate, 4, 1'000'000, 200'000},
  workload{"blob-1k", "blobs of 1 KiB one way", unit::bandwidth, 1 << 10, 200'000, 50'000},
  workload{"blob-64k", "blobs of 64 KiB one way", unit::bandwidth, 64 << 10, 16'000, 2'000},
  workload{"blob-1m", "blobs of 1 MiB one way", unit::bandwidth, 1 << 20, 1'000, 150},
  workload{"spawn", "remote spawn, one after another", unit::time, 1, 5'000, 1'000},
  workload{"spawn-pipelined", "remote spawns, pipelined", unit::rate, 1, 50'000, 10'000},
  workload{"local-spawn", "local spawns", unit::rate, 1, 200'000, 50'000},
  workload{"local-oneway", "local messages one way", unit::rate, 1, 1'000'000, 200'000},
  workload{"local-pingpong", "local round trip", unit::time, 1, 200'000, 50'000},
  workload{"process-bytes", "memory of a waiting process", unit::bytes, 1, 100'000, 20'000},
  workload{"ping-in-transfer", "p99 of a ping during a transfer", unit::time, 1 << 20, 500, 100},
  workload{"connect", "connections set up", unit::rate, 1, 200, 50},
  workload{"connection-bytes", "memory of a connection, one end", unit::bytes, 1, 16, 8},
};

struct scale {
  double above;
  double factor;
  std::string_view suffix;
};

constexpr std::array times{scale{1.0, 1.0, " s"}, scale{1e-3, 1e3, " ms"}, scale{1e-6, 1e6, " us"},
                           scale{0.0, 1e9, " ns"}};
constexpr std::array rates{scale{1e6, 1e-6, " M/s"}, scale{1e3, 1e-3, " k/s"},
                           scale{0.0, 1.0, " /s"}};
constexpr std::array bandwidths{scale{1e9, 1e-9, " GB/s"}, scale{1e6, 1e-6, " MB/s"},
                                scale{0.0, 1e-3, " kB/s"}};
constexpr std::array sizes{scale{1e6, 1e-6, " MB"}, scale{1e4, 1e-3, " kB"}, scale{0.0, 1.0, " B"}};

std::span<const scale> scales_of(unit u) {
  switch (u) {
    case unit::time: return times;
    case unit::rate: return rates;
    case unit::bandwidth: return bandwidths;
    case unit::bytes: return sizes;
  }
  return sizes;
}

} // namespace

std::span<const workload> workloads() {
  return all;
}

const workload* find_workload(std::string_view name) {
  auto i = std::ranges::find(all, name, &workload::name);
  return i == all.end() ? nullptr : &*i;
}

std::string text_of(double value, unit u) {
  auto scales = scales_of(u);
  auto i = std::ranges::find_if(scales, [value](auto& s) { return value >= s.above; });
  auto& chosen = i == scales.end() ? scales.back() : *i;
  auto scaled = value * chosen.factor;
  return fmt::format("{:.{}f}{}", scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0, chosen.suffix);
}

} // namespace troupe::bench
