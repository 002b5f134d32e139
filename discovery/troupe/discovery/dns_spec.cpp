#include "troupe/discovery/dns_spec.hpp"

#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/node_name.hpp"

namespace troupe::discovery {

namespace {

// A name of SRV records begins with `_service._protocol.`.
bool is_service(std::string_view name) {
  auto dot = name.find('.');
  return name.starts_with('_') && dot != std::string_view::npos
         && name.substr(dot + 1).starts_with('_');
}

} // namespace

result<dns_spec> parse_dns_spec(std::string_view given) {
  auto text = internal::trim(given);
  auto fail = [&](const std::string& why) -> result<dns_spec> {
    return error{errc::invalid_config,
                 "'" + internal::shown(text) + "' cannot be asked of DNS: " + why};
  };
  if (text.empty())
    return fail("there is no name; give one, such as dns:app.local or dns:app.local:9100");
  dns_spec x;
  auto at = text.find('@');
  if (at != std::string_view::npos) {
    x.base = internal::shown(text.substr(0, at));
    if (auto name = node_name::parse(x.base + "@h"); !name)
      return fail("the part before '@' must consist of letters, digits, '_' and '-'");
  }
  auto place = internal::parse_host_port(at == std::string_view::npos ? text : text.substr(at + 1));
  if (!place)
    return fail(place.error().context);
  if (internal::is_address(place->host))
    return fail("it is an address, not a name; give it with seeds:");
  x.name = place->host;
  x.port = place->port;
  x.service = is_service(x.name);
  if (x.name.starts_with('_') && !x.service)
    return fail("a service must be of the form _troupe._tcp.app.local");
  if (x.service && x.port)
    return fail("SRV records have ports of their own; leave the port out");
  return x;
}

} // namespace troupe::discovery
