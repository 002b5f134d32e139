#include "troupe/discovery/seed.hpp"

#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/node_name.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::discovery {

namespace {

error wrong(std::string_view text, const std::string& why) {
  return {errc::invalid_config, "'" + internal::shown(text) + "' is no seed: " + why};
}

result<seed> parse_named(std::string_view text, size_t at) {
  auto place = internal::parse_host_port(text.substr(at + 1));
  if (!place)
    return wrong(text, place.error().context);
  if (at > node_name::size_max)
    return wrong(text, "it is too long");
  auto name = node_name::parse(std::string{text.substr(0, at + 1)} + place->host);
  if (!name)
    return wrong(text, name.error().context);
  seed x{name->text(), {}};
  if (place->port)
    x.at = dist::endpoint{place->host, *place->port};
  return x;
}

} // namespace

bool operator<(const seed& x, const seed& y) {
  auto key = [](const seed& s) {
    return std::tuple{std::string_view{s.name}, s.at.has_value(),
                      s.at ? std::string_view{s.at->host} : std::string_view{},
                      s.at ? s.at->port : uint16_t{0}};
  };
  return key(x) < key(y);
}

result<seed> parse_seed(std::string_view given) {
  auto text = internal::trim(given);
  if (text.empty())
    return wrong(text, "there is nothing; give name@host, name@host:port or host:port");
  auto at = text.find('@');
  if (at != std::string_view::npos)
    return parse_named(text, at);
  auto place = internal::parse_host_port(text);
  if (!place)
    return wrong(text, place.error().context);
  if (!place->port)
    return wrong(text, "it says neither which node nor which port; give name@" + place->host
                         + " or " + dist::to_string({place->host, 9100}));
  return seed{{}, dist::endpoint{place->host, *place->port}};
}

result<std::vector<seed>> parse_seeds(std::string_view list) {
  std::vector<seed> all;
  for (;;) {
    auto comma = list.find(',');
    auto x = parse_seed(list.substr(0, comma));
    if (!x)
      return x.error();
    if (std::ranges::find(all, *x) == all.end())
      all.push_back(std::move(*x));
    if (all.size() > limits::seeds_max)
      return error{errc::invalid_config,
                   "more than " + std::to_string(limits::seeds_max) + " seeds; give fewer"};
    if (comma == std::string_view::npos)
      return all;
    list.remove_prefix(comma + 1);
  }
}

std::string to_string(const seed& x) {
  if (!x.at)
    return x.name;
  auto place = dist::to_string(*x.at);
  return x.name.empty() ? place : x.name.substr(0, x.name.find('@') + 1) + place;
}

observation to_observation(const seed& x, observation::kind what) {
  observation y;
  y.what = what;
  y.name = x.name;
  y.seed = true;
  if (x.at)
    y.endpoints.push_back(*x.at);
  return y;
}

} // namespace troupe::discovery
