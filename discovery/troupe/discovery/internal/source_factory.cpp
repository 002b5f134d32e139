#include "troupe/discovery/internal/source_factory.hpp"

#include "troupe/discovery/cache_source.hpp"
#include "troupe/discovery/dns_source.hpp"
#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/file_source.hpp"
#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/discovery/local_source.hpp"
#include "troupe/discovery/multicast_source.hpp"
#include "troupe/discovery/seed.hpp"
#include "troupe/discovery/seed_source.hpp"

namespace troupe::discovery::internal {

multicast_options multicast_of(const options& x) {
  multicast_options how;
  for (auto& glob : x.interfaces)
    if (glob.starts_with('!'))
      how.exclude.push_back(glob.substr(1));
    else
      how.include.push_back(glob);
  how.port = x.multicast_port;
  return how;
}

result<std::vector<dist::endpoint>> dns_servers(const options& x) {
  constexpr uint16_t dns_port = 53;
  if (x.dns_server.empty())
    return std::vector<dist::endpoint>{};
  auto at = parse_host_port(x.dns_server);
  if (!at || !is_address(at->host))
    return error{errc::invalid_config,
                 "--dns-server '" + x.dns_server + "' is not an address: give ADDR or ADDR:PORT"};
  return std::vector{dist::endpoint{at->host, at->port.value_or(dns_port)}};
}

namespace {

using made = result<std::shared_ptr<source>>;

/// A source of the type that `x` has, or its error.
template <class T>
made lift(const result<std::shared_ptr<T>>& x) {
  if (!x)
    return x.error();
  return std::shared_ptr<source>{*x};
}

made make_seeds(const std::string& text, const surroundings& around) {
  auto seeds = parse_seeds(text);
  if (!seeds)
    return seeds.error();
  return std::shared_ptr<source>{std::make_shared<seed_source>(*seeds, around.self)};
}

made make_dns(const std::string& text, const options& opts, const surroundings& around,
              uint16_t mapper_port) {
  auto spec = parse_dns_spec(text);
  if (!spec)
    return spec.error();
  auto servers = dns_servers(opts);
  if (!servers)
    return servers.error();
  return std::shared_ptr<source>{
    std::make_shared<dns_source>(dns_source::options{*spec, *servers, mapper_port}, around)};
}

made make_source(const source_spec& x, const options& opts, const surroundings& around,
                 uint16_t mapper_port) {
  using kind = source_spec::kind;
  switch (x.what) {
    case kind::multicast: return lift(multicast_source::make(multicast_of(opts), around));
    case kind::seeds: return make_seeds(x.text, around);
    case kind::dns: return make_dns(x.text, opts, around, mapper_port);
    case kind::local: return lift(local_source::make({}, around));
    case kind::file: {
      file_source::options how;
      how.path = x.text;
      how.mapper_port = mapper_port;
      return std::shared_ptr<source>{std::make_shared<file_source>(how, around)};
    }
    case kind::cache: break;
  }
  cache_source::options how;
  how.path = x.text;
  return std::shared_ptr<source>{std::make_shared<cache_source>(how, around)};
}

} // namespace

result<std::vector<std::shared_ptr<source>>>
make_sources(const options& opts, const surroundings& around, const config& how) {
  auto result = opts.more;
  for (auto& x : opts.sources) {
    auto y = make_source(x, opts, around, how.epmd_port);
    if (!y)
      return y.error();
    result.push_back(*y);
  }
  return result;
}

} // namespace troupe::discovery::internal
