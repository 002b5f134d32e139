#include "troupe/discovery/internal/own_addresses.hpp"

#include "troupe/discovery/interfaces.hpp"
#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/discovery/limits.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

namespace troupe::discovery::internal {

std::set<std::string> local_addresses() {
  std::set<std::string> all;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0)
    return all;
  for (auto* i = first; i; i = i->ifa_next) {
    char text[INET6_ADDRSTRLEN] = {};
    if (!i->ifa_addr)
      continue;
    auto family = i->ifa_addr->sa_family;
    const void* address = nullptr;
    if (family == AF_INET)
      address = &reinterpret_cast<const sockaddr_in*>(i->ifa_addr)->sin_addr;
    else if (family == AF_INET6)
      address = &reinterpret_cast<const sockaddr_in6*>(i->ifa_addr)->sin6_addr;
    if (address && inet_ntop(family, address, text, sizeof text))
      all.insert(text);
  }
  freeifaddrs(first);
  return all;
}

bool is_any_address(std::string_view host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

bool is_own(const dist::endpoint& x, const dist::endpoint& listens,
            const std::set<std::string>& local) {
  if (x.port != listens.port)
    return false;
  auto host = x.host.substr(0, x.host.find('%'));
  if (!is_any_address(listens.host) && is_address(listens.host))
    return host == listens.host.substr(0, listens.host.find('%'));
  if (host == listens.host || local.contains(host))
    return true;
  return is_any_address(listens.host) && is_address(host) && host.starts_with("127.");
}

bool is_own(const seed& x, const self_description& self, const std::set<std::string>& local) {
  if (!x.name.empty())
    return x.name == self.name;
  auto& at = *x.at;
  auto host_of_name = std::string_view{self.name}.substr(self.name.find('@') + 1);
  return is_own(at, self.listens, local)
         || (at.port == self.listens.port && at.host == host_of_name);
}

std::vector<dist::endpoint> own_endpoints(const dist::endpoint& listens,
                                          const std::set<std::string>& local) {
  if (!is_any_address(listens.host))
    return {listens};
  std::vector<dist::endpoint> result;
  for (auto& x : local) {
    auto bits = ip_address::parse(x);
    auto fits = bits && !bits->loopback() && !bits->link_local();
    if (fits && result.size() < limits::endpoints_max)
      result.push_back({x, listens.port});
  }
  return result;
}

} // namespace troupe::discovery::internal
