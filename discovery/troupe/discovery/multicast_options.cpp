#include "troupe/discovery/multicast_options.hpp"

#include <ctime>

namespace troupe::discovery {

result<multicast_settings> read(const multicast_options& x) {
  auto bad = [](const std::string& text) { return error{errc::invalid_config, text}; };
  multicast_settings result;
  auto choice = interface_choice::parse(x.include, x.exclude);
  if (!choice)
    return choice.error();
  result.interfaces = *choice;
  for (auto& text : x.groups) {
    auto group = ip_address::parse(text);
    if (!group || !group->multicast() || text.find('%') != std::string::npos)
      return bad("multicast group \"" + text
                 + "\" is none; give an address such as 239.255.84.82 or ff12::8452");
    auto& slot = group->family == 4 ? result.v4_group : result.v6_group;
    if (slot)
      return bad("multicast group \"" + text + "\" is the second of its protocol; give one of IPv"
                 + std::to_string(group->family));
    slot = group;
  }
  if (x.groups.empty())
    return bad("no multicast group; give one such as 239.255.84.82");
  if (x.port == 0)
    return bad("multicast port 0 is none; give one from 1 to 65535 that all nodes share");
  result.port = x.port;
  return result;
}

uint64_t system_wall_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

} // namespace troupe::discovery
