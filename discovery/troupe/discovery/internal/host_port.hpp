// Hosts and ports as people write them.
//
// Erlang counterpart: none.
// Threads: pure functions and values.

#pragma once

#include "troupe/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::discovery::internal {

struct host_port {
  std::string host; ///< A name or a numeric address, without brackets.
  std::optional<uint16_t> port;
};

/// Reads `host`, `host:port`, `[v6]`, `[v6]:port`, and an IPv6 address without brackets, which then
/// has no port. Errors say what is wrong, for the caller to put behind the input.
[[nodiscard]] result<host_port> parse_host_port(std::string_view text);

/// Whether `text` is a numeric address of IPv4 or IPv6; the latter may name its interface behind
/// `%`.
[[nodiscard]] bool is_address(std::string_view text);

/// Whether `text` has the form of a host's name: labels of letters, digits, `-` and `_`.
[[nodiscard]] bool is_host_name(std::string_view text);

/// Reads 1 to 65535: digits only, no zero in front.
[[nodiscard]] std::optional<uint16_t> parse_port(std::string_view text);

/// The beginning of an input that may be long, for an error.
[[nodiscard]] std::string shown(std::string_view text);

/// Without blanks at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

} // namespace troupe::discovery::internal
