// One round of questions for one `dns:` option: records, targets of services, and the port mappers
// of addresses where nobody said the port.
//
// Erlang counterpart: none.
// Threads: transport thread.

#pragma once

#include "troupe/discovery/dns_answers.hpp"
#include "troupe/discovery/dns_client.hpp"
#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/internal/mapper_survey.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>

namespace troupe::discovery::internal {

/// Targets of services that are looked up; further ones are left out.
inline constexpr size_t targets_max = 256;

struct dns_round_options {
  dns_spec spec;
  dns_client::options client;
  survey_options mappers;
  std::string self;       ///< Name of this node, and
  dist::endpoint listens; ///< where it listens: both are left out of what is found.
};

/// Asks, and calls `done` once, never from inside the call.
void ask_dns(boost::asio::io_context& io, dns_round_options how,
             std::function<void(dns_findings)> done);

} // namespace troupe::discovery::internal
