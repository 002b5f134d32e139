#include "troupe/discovery/internal/dial_order.hpp"

#include "troupe/discovery/internal/numeric_address.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace troupe::discovery::internal {

namespace {

/// `3` of `fe80::1%3`; else the number of the interface, or nothing when it is 0.
std::string scope_of(std::string_view source, unsigned interface) {
  auto percent = source.find('%');
  if (percent != std::string_view::npos && percent + 1 < source.size())
    return std::string{source.substr(percent + 1)};
  return interface == 0 ? std::string{} : std::to_string(interface);
}

enum class rank : uint8_t { source, ordinary, doubtful };

} // namespace

std::vector<dist::endpoint> dial_order(const std::vector<dist::endpoint>& told,
                                       std::string_view source, unsigned interface) {
  auto from = numeric_address::parse(source);
  auto scope = scope_of(source, interface);
  std::vector<std::pair<rank, dist::endpoint>> ranked;
  for (const auto& x : told) {
    auto address = numeric_address::parse(x.host);
    if (!address || address->is_unspecified() || address->is_multicast())
      continue;
    auto text = address->text();
    if (address->needs_scope()) {
      if (scope.empty())
        continue;
      text += '%' + scope;
    }
    auto r = address == from                                    ? rank::source
             : address->is_loopback() || address->needs_scope() ? rank::doubtful
                                                                : rank::ordinary;
    ranked.emplace_back(r, dist::endpoint{text, x.port});
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<rank, dist::endpoint>::first);
  std::vector<dist::endpoint> result;
  for (auto& [r, x] : ranked)
    if (std::ranges::find(result, x) == result.end())
      result.push_back(std::move(x));
  return result;
}

} // namespace troupe::discovery::internal
