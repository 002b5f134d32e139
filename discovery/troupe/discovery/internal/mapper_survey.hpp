// Asks the port mappers of several hosts for all nodes that they know.
//
// Erlang counterpart: net_adm:world/0.
// Threads: transport thread.

#pragma once

#include "troupe/discovery/seed.hpp"
#include "troupe/epmd/epmd_codec.hpp"
#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace troupe::discovery::internal {

struct surveyed_host {
  std::string host;
  result<std::vector<epmd::registered_name>> nodes;
};
using survey = std::vector<surveyed_host>;

struct survey_options {
  uint16_t mapper_port = 4369;
  std::chrono::milliseconds timeout{2'000}; ///< For each host.
};

/// Hosts that are asked at once; the others wait.
inline constexpr size_t surveys_max = 32;

/// Calls `done` once, in the order of `hosts`, never from inside the call.
void survey_hosts(boost::asio::io_context& io, std::vector<std::string> hosts,
                  survey_options options, std::function<void(survey)> done);

/// Returns the addresses of a host's nodes; their names are not known, since the port mapper does
/// not know the part behind `@`.
[[nodiscard]] std::vector<seed> seeds_of(const surveyed_host& x);

/// Returns a part of a sentence for the first error, empty if there is none.
[[nodiscard]] std::string error_of(const survey& all);

} // namespace troupe::discovery::internal
