// Questions to the port mapper of a host.
//
// Erlang counterpart: erl_epmd:port_please and net_adm:names. The host's name is resolved without
// blocking, and every address of it is tried.
// Threads: call on the transport thread or before it runs; callbacks run on the transport thread,
// once, never from inside the call. They are dropped uncalled when the io_context ends first.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/epmd/epmd_codec.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe::epmd {

/// Where Erlang's epmd listens unless it was told otherwise.
inline constexpr uint16_t default_mapper_port = 4369;

/// Asks the port mapper of `host` where the node `alive_name` listens. The endpoint has the numeric
/// address at which the port mapper answered, since a node registers at its own host's.
///
/// Errors: `errc::unknown_host`, `errc::no_port_mapper`, `errc::not_registered`, `errc::timeout`
/// after `timeout` in all, `errc::protocol_violation` when something else answers.
void lookup(boost::asio::io_context& io, const std::string& host, uint16_t mapper_port,
            const std::string& alive_name, std::chrono::milliseconds timeout,
            std::function<void(result<dist::endpoint>)> callback);

/// Asks the port mapper of `host` for all its names; errors as `lookup`.
void names(boost::asio::io_context& io, const std::string& host, uint16_t mapper_port,
           std::chrono::milliseconds timeout,
           std::function<void(result<std::vector<registered_name>>)> callback);

} // namespace troupe::epmd
