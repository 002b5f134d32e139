// Arbitrary bytes as a datagram: as they are, and as the body of an authentic packet, so that what
// lies behind the proof is reached too. What decodes is the same after encoding, and a filter and a
// beacon stand it.
//
//   cd discovery/troupe/discovery && clang++ -std=c++20 -g -O1 \
//     -fsanitize=fuzzer,address,undefined -I../../../{runtime,discovery,actors,tests} \
//     ../../../tests/fuzz/announcement_fuzz.cpp {announcement,packet_filter,beacon}.cpp \
//     internal/{dial_order,keyed_hash,numeric_address}.cpp <the runtime> -lcrypto -lfmt && ./a.out
//
// The first byte picks the kind; 0 to 5 are those that exist.

#include "support/announcements.hpp"
#include "support/beacon_fixture.hpp"
#include "troupe/discovery/beacon.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/packet_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;

namespace {

constexpr uint64_t self = 77;

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// Gives a beacon what a filter believes, and whatever decodes.
void hear(std::string_view packet, const announcement& x) {
  clock::time_point now{std::chrono::hours{1}};
  packet_filter filter{monster_codec(), self, [] { return 4; }};
  auto verdict = filter.take(packet, now, golden_wall_ms);
  require(verdict.content.has_value() == (verdict.why == drop::none));
  require(!filter.take(packet, now, golden_wall_ms).content); // twice is a replay
  beacon node{beacon_self(), [] { return 4; }};
  node.start(now);
  node.view({1, 1, 1}, now);
  for (const char* source : {"10.0.0.7", "fe80::7%3", ""}) {
    auto outcome = node.receive(x, {{source, 9}, 3}, now);
    require(outcome.seen.size() <= 1 && outcome.send.size() <= 2);
    for (auto& seen : outcome.seen)
      require(seen.endpoints.size() <= discovery::limits::endpoints_max && !seen.name.empty());
  }
  (void)node.due(now + std::chrono::seconds{1});
}

void feed(const std::string& packet) {
  auto decoded = monster_codec().decode(packet);
  auto* x = std::get_if<announcement>(&decoded);
  if (!x)
    return;
  auto bytes = monster_codec().encode(*x);
  require(bytes.size() <= discovery::limits::packet_bytes_max);
  auto again = monster_codec().decode(bytes);
  require(std::holds_alternative<announcement>(again));
  auto& y = std::get<announcement>(again);
  if (x->what != announcement::kind::challenge && x->what != announcement::kind::response)
    x->nonce = {}; // read, but never written by these
  require(y == *x);
  hear(packet, y);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size); // A heap block of this very size.
  (void)monster_codec().decode(bytes);
  if (bytes.empty())
    return 0;
  auto what = static_cast<announcement::kind>(1 + data[0] % 8);
  feed(with_body(what, std::string_view{bytes}.substr(1)));
  feed(sealed(bytes)); // a header of the fuzzer's own
  return 0;
}
