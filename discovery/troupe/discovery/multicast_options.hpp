// What a user may choose about multicast, and its checked form.
//
// Erlang counterpart: the options of libcluster's Gossip strategy.
// Threads: values.

#pragma once

#include "troupe/discovery/interfaces.hpp"
#include "troupe/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::discovery {

struct multicast_options {
  /// Interfaces: patterns of names, networks, addresses; see interface_choice.
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  /// One of each protocol at the most; a protocol without a group is not used. 239.255 is the local
  /// scope of RFC 2365 and 84.82 are the letters TR; ff12 is transient and for one link. Not
  /// 224.0.0.1, which switches flood.
  std::vector<std::string> groups{"239.255.84.82", "ff12::8452"};
  /// Below the ports that the system gives to outgoing connections.
  uint16_t port = 14369;
  /// Ms since 1970; empty: the system's clock.
  std::function<uint64_t()> wall_ms;
};

/// Options that make sense.
struct multicast_settings {
  interface_choice interfaces;
  std::optional<ip_address> v4_group;
  std::optional<ip_address> v6_group;
  uint16_t port = 0;
};

/// Errors: `errc::invalid_config`, with the input and what would be right.
[[nodiscard]] result<multicast_settings> read(const multicast_options& x);

/// Ms since 1970 by the system's clock.
[[nodiscard]] uint64_t system_wall_ms();

} // namespace troupe::discovery
