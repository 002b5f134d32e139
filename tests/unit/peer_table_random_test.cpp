#include "troupe/discovery/peer_table.hpp"

#include "troupe/discovery/internal/mix.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::observation;
using discovery::peer_table;

namespace {

constexpr uint64_t own_instance = 1;
const std::string self{"me@h"};

/// Says anything about a few names and addresses, in any order.
struct chaos {
  explicit chaos(uint64_t seed) : random(seed) {}

  uint64_t below(uint64_t bound) { return random() % bound; }
  std::string name() { return below(8) == 0 ? self : std::string(1, char('a' + below(5))) + "@h"; }
  std::string address() { return "10.0.0.1:" + std::to_string(1 + below(3)); }

  observation anything() {
    observation x;
    x.what = static_cast<observation::kind>(below(8) < 6 ? 0 : 1 + below(2));
    if (below(5) != 0)
      x.name = name();
    x.instance = below(6);
    x.incarnation = x.instance == 0 ? 0 : 10 - x.instance / 2;
    x.creation = static_cast<uint32_t>(below(2) * x.instance);
    x.hidden = below(8) == 0;
    x.fresh = below(2) == 0;
    for (auto count = below(4); count > 0; --count)
      x.endpoints.push_back({"10.0.0.1", static_cast<uint16_t>(1 + below(3))});
    x.lifetime = below(3) * 10s;
    return x;
  }

  peer_table::outcome step() {
    constexpr std::array sources{"multicast", "peers", "seeds"};
    now += below(4) * 1s;
    switch (below(8)) {
      case 0: return table.connected(name(), static_cast<uint32_t>(below(6)), below(8) == 0, now);
      case 1: return table.disconnected(name(), "random", now);
      case 2: return table.named(address(), name(), now);
      case 3: return table.expire(now);
      default: return table.observe(sources[below(sources.size())], anything(), now);
    }
  }

  std::mt19937_64 random;
  peer_table table{self, own_instance, 8};
  clock::time_point now = clock::time_point{} + 1h;
};

} // namespace

TEST_CASE("peer_table: its numbers and its digest are right whatever is said in whichever order") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    chaos c{seed};
    for (int i = 0; i < 250; ++i) {
      auto out = c.step();
      uint32_t known = 0;
      uint32_t linked = 0;
      auto digest = discovery::internal::life_mark(self, own_instance);
      for (auto& [key, x] : c.table.entries()) {
        known += x.name.empty() ? 0 : 1;
        linked += x.connected ? 1 : 0;
        if (!x.name.empty() && !x.hidden && x.current.instance != 0)
          digest ^= discovery::internal::life_mark(x.name, x.current.instance);
        REQUIRE((x.name.empty() || x.name == key));
        REQUIRE(key != self);
        REQUIRE((x.connected || !x.sources.empty())); // Nobody is kept for nothing.
        if (!x.connected)
          for (auto& [source, w] : x.sources)
            REQUIRE(c.table.next_expiry() <= w.until);
        REQUIRE((!x.rival || x.rival->instance != x.current.instance));
      }
      auto view = c.table.view();
      REQUIRE(view.known == known);
      REQUIRE(view.linked == linked);
      REQUIRE(view.digest == digest);
      for (auto& key : out.wanted) {
        REQUIRE(c.table.find(key));
        REQUIRE_FALSE(c.table.find(key)->connected);
      }
    }
    // After the last word everybody who is not listed for good is forgotten.
    for (auto name : {"a@h", "b@h", "c@h", "d@h", "e@h"})
      static_cast<void>(c.table.disconnected(name, "end", c.now));
    for (int i = 0; i < 20; ++i) {
      c.now += 60s;
      static_cast<void>(c.table.expire(c.now));
    }
    for (auto& [key, x] : c.table.entries())
      for (auto& [source, w] : x.sources)
        REQUIRE(w.until == clock::time_point::max());
    CHECK(c.table.next_expiry() == clock::time_point::max());
  }
}
