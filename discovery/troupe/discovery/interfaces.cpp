#include "troupe/discovery/interfaces.hpp"

#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fnmatch.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

namespace troupe::discovery {

namespace {

constexpr unsigned v4_bits = 32;
constexpr unsigned v6_bits = 128;
constexpr const char* not_decimal = "0123456789.";

bool same_network(const ip_address& x, const ip_address& y, unsigned prefix) {
  if (x.family != y.family)
    return false;
  for (size_t i = 0; i < prefix; ++i) {
    auto mask = static_cast<unsigned char>(0x80U >> (i % 8));
    if ((x.bytes[i / 8] & mask) != (y.bytes[i / 8] & mask))
      return false;
  }
  return true;
}

std::optional<ip_address> address_of(const sockaddr* x) {
  ip_address result;
  if (x && x->sa_family == AF_INET) {
    auto& in = reinterpret_cast<const sockaddr_in*>(x)->sin_addr;
    std::copy_n(reinterpret_cast<const unsigned char*>(&in), 4, result.bytes.begin());
    return result;
  }
  if (x && x->sa_family == AF_INET6) {
    result.family = 6;
    auto& in = reinterpret_cast<const sockaddr_in6*>(x)->sin6_addr;
    std::copy_n(in.s6_addr, 16, result.bytes.begin());
    return result;
  }
  return std::nullopt;
}

std::string text_of(const ip_address& x) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(x.family == 4 ? AF_INET : AF_INET6, x.bytes.data(), buffer.data(), buffer.size());
  return buffer.data();
}

unsigned prefix_of(const sockaddr* mask) {
  auto bits = address_of(mask);
  unsigned result = 0;
  if (bits)
    for (auto byte : bits->bytes)
      for (auto b = byte; b != 0; b = static_cast<unsigned char>(b << 1U))
        ++result;
  return result;
}

/// IPv6 addresses of which the system still checks whether another host has them: nothing can be
/// sent from them yet. As 32 hexadecimal digits with the index of the interface.
std::set<std::pair<std::string, unsigned>> unchecked_addresses() {
  constexpr unsigned tentative = 0x40; // IFA_F_TENTATIVE
  std::set<std::pair<std::string, unsigned>> result;
  std::ifstream file{"/proc/net/if_inet6"};
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields{line};
    std::string address;
    unsigned index = 0, prefix = 0, scope = 0, flags = 0;
    if (fields >> address >> std::hex >> index >> prefix >> scope >> flags && (flags & tentative))
      result.emplace(address, index);
  }
  return result;
}

std::string hex_of(const ip_address& x) {
  std::string result;
  for (auto b : x.bytes) {
    result += "0123456789abcdef"[b >> 4U];
    result += "0123456789abcdef"[b & 15U];
  }
  return result;
}

} // namespace

// -- addresses ----------------------------------------------------------------------------------

std::optional<ip_address> ip_address::parse(std::string_view text) {
  ip_address result;
  std::string host{text.substr(0, text.find('%'))};
  if (host.size() == text.size() && ::inet_pton(AF_INET, host.c_str(), result.bytes.data()) == 1)
    return result;
  result = {};
  result.family = 6;
  if (::inet_pton(AF_INET6, host.c_str(), result.bytes.data()) == 1)
    return result;
  return std::nullopt;
}

bool ip_address::loopback() const noexcept {
  if (family == 4)
    return bytes[0] == 127;
  return bytes[15] == 1
         && std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; });
}

bool ip_address::link_local() const noexcept {
  return family == 4 ? bytes[0] == 169 && bytes[1] == 254
                     : bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80;
}

bool ip_address::multicast() const noexcept {
  return family == 4 ? (bytes[0] & 0xF0U) == 0xE0 : bytes[0] == 0xFF;
}

std::string with_scope(const std::string& host, unsigned interface) {
  auto x = ip_address::parse(host);
  if (!x || x->family == 4 || !x->link_local() || host.find('%') != std::string::npos)
    return host;
  return host + "%" + std::to_string(interface);
}

result<dist::endpoint> numeric(const dist::endpoint& x) {
  if (ip_address::parse(x.host))
    return x;
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(x.host.c_str(), nullptr, &hints, &found) != 0 || !found)
    return error{errc::unknown_host, "the host " + x.host + " has no address"};
  auto bits = address_of(found->ai_addr);
  ::freeaddrinfo(found);
  if (!bits)
    return error{errc::unknown_host, "the host " + x.host + " has no IP address"};
  return dist::endpoint{text_of(*bits), x.port};
}

// -- the system's list --------------------------------------------------------------------------

result<std::vector<network_interface>> list_interfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0)
    return error{errc::invalid_config,
                 "cannot list the network interfaces: " + std::generic_category().message(errno)};
  auto unchecked = unchecked_addresses();
  std::map<std::string, network_interface> by_name;
  for (auto* i = first; i; i = i->ifa_next) {
    std::string name{i->ifa_name};
    name.resize(std::min(name.size(), name.find(':'))); // `eth0:1` is a label of an address
    auto& x = by_name[name];
    if (x.name.empty()) {
      x.name = name;
      x.index = ::if_nametoindex(name.c_str());
      x.up = (i->ifa_flags & IFF_UP) && (i->ifa_flags & IFF_RUNNING);
      x.multicast = i->ifa_flags & IFF_MULTICAST;
      x.point_to_point = i->ifa_flags & IFF_POINTOPOINT;
      x.loopback = i->ifa_flags & IFF_LOOPBACK;
    }
    auto bits = address_of(i->ifa_addr);
    if (bits && !unchecked.contains({hex_of(*bits), x.index}))
      x.addresses.push_back({*bits, text_of(*bits), prefix_of(i->ifa_netmask)});
  }
  ::freeifaddrs(first);
  std::vector<network_interface> result;
  for (auto& [name, x] : by_name)
    if (x.index != 0) // 0: gone meanwhile
      result.push_back(std::move(x));
  std::sort(result.begin(), result.end(), [](auto& x, auto& y) { return x.index < y.index; });
  return result;
}

// -- the choice ---------------------------------------------------------------------------------

bool interface_choice::list::has_name(const std::string& x) const {
  return std::any_of(names.begin(), names.end(),
                     [&](auto& pattern) { return ::fnmatch(pattern.c_str(), x.c_str(), 0) == 0; });
}

bool interface_choice::list::has_address(const ip_address& x) const {
  return std::any_of(networks.begin(), networks.end(),
                     [&](auto& n) { return same_network(n.bits, x, n.prefix); });
}

std::optional<error> interface_choice::add(list& to, const std::string& text, const char* option) {
  auto wrong = [&](const std::string& why) {
    return error{errc::invalid_config,
                 std::string{option} + ": \"" + text + "\" " + why
                   + "; give a pattern of interface names such as eth*, a network such as "
                     "10.0.0.0/8, or an address"};
  };
  auto slash = text.find('/');
  auto host = text.substr(0, slash);
  if (auto bits = ip_address::parse(host); bits && host.find('%') == std::string::npos) {
    auto width = bits->family == 4 ? v4_bits : v6_bits;
    auto prefix = width;
    if (slash != std::string::npos) {
      auto* begin = text.data() + slash + 1;
      auto* end = text.data() + text.size();
      auto [last, failed] = std::from_chars(begin, end, prefix);
      if (failed != std::errc{} || last != end || prefix > width)
        return wrong("has no prefix length between 0 and " + std::to_string(width));
    }
    to.networks.push_back({*bits, prefix});
    return std::nullopt;
  }
  if (text.empty())
    return wrong("is empty");
  if (text.find_first_of("/:% \t") != std::string::npos
      || text.find_first_not_of(not_decimal) == std::string::npos)
    return wrong("is neither an address, nor a network, nor a name of an interface");
  to.names.push_back(text);
  return std::nullopt;
}

result<interface_choice> interface_choice::parse(const std::vector<std::string>& include,
                                                 const std::vector<std::string>& exclude) {
  interface_choice result;
  for (auto& x : include)
    if (auto failed = add(result.include_, x, "include"))
      return *failed;
  for (auto& x : exclude)
    if (auto failed = add(result.exclude_, x, "exclude"))
      return *failed;
  return result;
}

/// The addresses of an interface that may be used, none when the interface may not.
std::vector<interface_address> interface_choice::chosen(const network_interface& x,
                                                        const ip_address& listens) const {
  auto wanted_loopback = x.loopback && listens.loopback();
  if (!x.up || exclude_.has_name(x.name) || (!x.multicast && !x.loopback))
    return {};
  auto named = include_.has_name(x.name);
  if (include_.empty() && !wanted_loopback
      && (x.loopback || x.point_to_point || x.name.starts_with("veth")))
    return {};
  std::vector<interface_address> result;
  for (auto& a : x.addresses) {
    auto included = include_.empty() || named || include_.has_address(a.bits);
    // The addresses of the loopback interface are all of its network.
    auto carried
      = listens.any() || a.bits == listens
        || (wanted_loopback && a.bits.loopback() && (a.bits.family == 4 || listens.family == 6));
    auto spoken = !listens.any() || listens.family == 6 || a.bits.family == 4; // 0.0.0.0 is IPv4
    if (included && carried && spoken && !exclude_.has_address(a.bits))
      result.push_back(a);
  }
  return result;
}

std::vector<usable_interface> interface_choice::usable(const std::vector<network_interface>& all,
                                                       const dist::endpoint& listens) const {
  std::vector<usable_interface> result;
  auto at = ip_address::parse(listens.host);
  if (!at)
    return result;
  for (auto& x : all) {
    auto addresses = chosen(x, *at);
    if (addresses.empty())
      continue;
    if (result.size() == interfaces_max)
      break;
    usable_interface u;
    u.index = x.index;
    u.name = x.name;
    u.loopback = x.loopback;
    for (auto& a : addresses) {
      if (a.bits.family == 6)
        u.v6 = !x.loopback; // multicast of IPv6 does not work on the loopback interface
      else if (u.v4_source.empty())
        u.v4_source = at->any() || at->family == 6 ? a.text : listens.host;
    }
    std::stable_partition(addresses.begin(), addresses.end(),
                          [](auto& a) { return !a.bits.link_local(); });
    if (at->any())
      for (auto& a : addresses)
        u.addresses.push_back(a.text);
    else
      u.addresses.push_back(listens.host);
    if (!u.v4_source.empty() || u.v6)
      result.push_back(std::move(u));
  }
  return result;
}

std::vector<dist::endpoint> announced(const usable_interface& via,
                                      const std::vector<usable_interface>& all, uint16_t port) {
  std::vector<dist::endpoint> result;
  auto add = [&](const std::string& host) {
    dist::endpoint x{host.substr(0, host.find('%')), port};
    if (result.size() < limits::endpoints_max
        && std::find(result.begin(), result.end(), x) == result.end())
      result.push_back(std::move(x));
  };
  for (auto& host : via.addresses)
    add(host);
  for (auto& other : all)
    if (other.index != via.index)
      for (auto& host : other.addresses)
        if (auto x = ip_address::parse(host); x && !x->link_local() && !x->loopback())
          add(host);
  return result;
}

} // namespace troupe::discovery
