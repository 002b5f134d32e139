// The network interfaces of this machine, and which of them discovery uses.
//
// Erlang counterpart: inet:getifaddrs/0.
// Threads: values; `list_interfaces` from any thread, the rest is pure.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// A numeric address as its bits; IPv4 in the first four bytes.
struct ip_address {
  int family = 4; ///< 4 or 6
  std::array<unsigned char, 16> bytes{};

  /// Reads `10.0.0.5` or `fe80::1`, which may have a `%scope` behind it; nothing for anything else.
  [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);
  [[nodiscard]] bool any() const noexcept { return bytes == decltype(bytes){}; }
  [[nodiscard]] bool loopback() const noexcept;
  [[nodiscard]] bool link_local() const noexcept;
  [[nodiscard]] bool multicast() const noexcept;

  friend bool operator==(const ip_address&, const ip_address&) = default;
};

struct interface_address {
  ip_address bits;
  std::string text; ///< Without scope.
  unsigned prefix = 0;

  friend bool operator==(const interface_address&, const interface_address&) = default;
};

/// An interface as the system has it.
struct network_interface {
  unsigned index = 0;
  std::string name;
  bool up = false; ///< Switched on, and with a carrier.
  bool multicast = false;
  bool point_to_point = false;
  bool loopback = false;
  std::vector<interface_address>
    addresses; ///< IPv6 ones that are still being checked are not here.
};

/// An interface that discovery uses, and how.
struct usable_interface {
  unsigned index = 0;
  std::string name;
  bool loopback = false;
  std::string v4_source; ///< Packets over IPv4 have this address; empty: no IPv4 here.
  bool v6 = false;
  /// What peers may dial: those that are valid everywhere before those of this link only.
  std::vector<std::string> addresses;

  friend bool operator==(const usable_interface&, const usable_interface&) = default;
};

/// More than anybody has on purpose; further ones, by index, are left out.
inline constexpr size_t interfaces_max = 32;

/// Asks the system. Errors: `errc::invalid_config` with the reason.
[[nodiscard]] result<std::vector<network_interface>> list_interfaces();

/// Returns `x` with a numeric host: a name is resolved as the listener resolves it. Blocks.
[[nodiscard]] result<dist::endpoint> numeric(const dist::endpoint& x);

/// Which interfaces are used. By default those that are up, can multicast and have an address, but
/// no loopback, no point-to-point ones and no `veth*`, which are the outer ends of containers.
class interface_choice {
public:
  interface_choice() = default;

  /// Each text is a pattern of names (`eth*`), a network (`10.0.0.0/8`) or an address. What
  /// `include` names is used whatever kind it is, and nothing else is; a network means the
  /// addresses in it. `exclude` is the stronger one. Errors: `errc::invalid_config`.
  [[nodiscard]] static result<interface_choice> parse(const std::vector<std::string>& include,
                                                      const std::vector<std::string>& exclude);

  /// `listens` has a numeric host. Is it an address of its own, then only interfaces that carry it
  /// are used, and nothing but it is announced; 127.x and ::1 mean the loopback interface.
  [[nodiscard]] std::vector<usable_interface> usable(const std::vector<network_interface>& all,
                                                     const dist::endpoint& listens) const;

private:
  struct network {
    ip_address bits;
    unsigned prefix = 0;
  };
  struct list {
    std::vector<std::string> names;
    std::vector<network> networks;
    [[nodiscard]] bool empty() const { return names.empty() && networks.empty(); }
    [[nodiscard]] bool has_name(const std::string& x) const;
    [[nodiscard]] bool has_address(const ip_address& x) const;
  };

  static std::optional<error> add(list& to, const std::string& text, const char* option);
  [[nodiscard]] std::vector<interface_address> chosen(const network_interface& x,
                                                      const ip_address& listens) const;

  list include_;
  list exclude_;
};

/// Returns what a packet that leaves by `via` says where the node is: the addresses of that
/// interface, then those of the others that are valid everywhere; limits::endpoints_max at the
/// most.
[[nodiscard]] std::vector<dist::endpoint>
announced(const usable_interface& via, const std::vector<usable_interface>& all, uint16_t port);

/// Returns `host` with the interface behind it when it is an IPv6 address of one link only, which
/// cannot be dialled without: `fe80::1%3`.
[[nodiscard]] std::string with_scope(const std::string& host, unsigned interface);

} // namespace troupe::discovery
