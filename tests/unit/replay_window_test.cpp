#include "troupe/discovery/internal/replay_window.hpp"

#include "troupe/discovery/internal/token_bucket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::discovery::internal;
using namespace std::chrono_literals;

TEST_CASE("replay_window: a number is new once, and 64 below the highest are remembered") {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    replay_window window;
    std::set<uint32_t> marked;
    uint32_t highest = 0;
    for (int i = 0; i < 1000; ++i) {
      auto x = static_cast<uint32_t>(1 + random() % static_cast<uint32_t>(i + 150));
      bool seen = marked.contains(x) || (x < highest && highest - x > 64);
      REQUIRE(window.seen(x) == seen);
      window.mark(x); // of a seen number it changes nothing
      marked.insert(x);
      highest = std::max(highest, x);
    }
  }
}

TEST_CASE("replay_window: leaps of any length keep what is still in reach") {
  for (uint32_t leap : {1u, 2u, 63u, 64u, 65u, 1000u, UINT32_MAX - 10}) {
    CAPTURE(leap);
    replay_window window;
    CHECK_FALSE(window.seen(1));
    window.mark(10);
    window.mark(10 + leap);
    CHECK(window.seen(10));
    CHECK(window.seen(10 + leap));
    CHECK(window.seen(9) == (leap + 1 > 64));
    if (leap > 1)
      CHECK_FALSE(window.seen(9 + leap));
  }
}

TEST_CASE("token_bucket: gives its burst, then its rate, and never saves more") {
  token_bucket bucket{2, 5};
  auto now = clock::time_point{1h};
  auto taken = [&] {
    int count = 0;
    while (bucket.take(now))
      ++count;
    return count;
  };
  CHECK(taken() == 5);
  now += 500ms;
  CHECK(taken() == 1);
  now += 24h;
  CHECK(taken() == 5);
  now -= 1h; // cannot be; does no harm
  CHECK(taken() == 0);
}
