// Arbitrary bytes as seeds, as names for DNS, as a file of peers and as a cache: each is read or
// refused with a short error, and what is read is the same after writing.
//
//   clang++ -std=c++20 -g -fsanitize=fuzzer,address,undefined -Iruntime -Idiscovery \
//     tests/fuzz/seed_fuzz.cpp discovery/troupe/discovery/{cache_file,dns_spec,peer_file,seed}.cpp
//     \
//     discovery/troupe/discovery/internal/host_port.cpp runtime/troupe/node_name.cpp \
//     runtime/troupe/dist/tcp_{stream,transport}.cpp runtime/troupe/{atom,errc}.cpp -o seed_fuzz \
//     && ./seed_fuzz

#include "troupe/discovery/cache_file.hpp"
#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/peer_file.hpp"
#include "troupe/discovery/seed.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace troupe;
using namespace troupe::discovery;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

void require_same(const seed& x) {
  auto again = parse_seed(to_string(x));
  require(again && *again == x);
  require(!(x < x));
}

// An error is for one line of a log.
void require_short(const error& x) {
  require(x == errc::invalid_config && !x.context.empty() && x.context.size() < 1000);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size); // A heap block of this very size.
  auto seeds = parse_seeds(text);
  if (seeds) {
    require(seeds->size() <= limits::seeds_max);
    for (auto& x : *seeds)
      require_same(x);
  } else {
    require_short(seeds.error());
  }
  auto spec = parse_dns_spec(text);
  if (!spec)
    require_short(spec.error());
  auto file = parse_peer_file(text);
  if (auto* list = std::get_if<peer_list>(&file)) {
    for (auto& x : list->seeds)
      require_same(x);
    require(difference(list->seeds, list->seeds).added.empty());
    require(difference({}, list->seeds).added.size() == list->seeds.size());
  } else {
    auto& bad = std::get<bad_line>(file);
    require(bad.line > 0 && !bad.why.empty() && bad.why.size() < 1000);
  }
  auto cache = read_cache(text);
  if (cache) {
    for (auto& x : *cache)
      x.connected = true; // Nobody is left out when it is written.
    auto written = write_cache(*cache);
    auto again = read_cache(written);
    require(again && again->size() == cache->size() && written == text);
  } else {
    require_short(cache.error());
  }
  return 0;
}
