#include "troupe/actors/restart_window.hpp"

#include <doctest/doctest.h>

#include <chrono>

using troupe::actors::restart_window;
using namespace std::chrono_literals;

namespace {

const troupe::clock::time_point start{100s};

} // namespace

TEST_CASE("restart_window: as many restarts as the intensity are fine, one more is not") {
  restart_window window{2, 5s};
  CHECK(window.add(start));
  CHECK(window.add(start + 1s));
  CHECK_FALSE(window.add(start + 2s));
}

TEST_CASE("restart_window: intensity 0 allows none") {
  restart_window window{0, 5s};
  CHECK_FALSE(window.add(start));
}

TEST_CASE("restart_window: a restart counts until it is older than the period") {
  restart_window window{1, 5s};
  CHECK(window.add(start));
  SUBCASE("exactly as old") {
    CHECK_FALSE(window.add(start + 5s));
  }
  SUBCASE("older") {
    CHECK(window.add(start + 5s + 1ms));
    CHECK_FALSE(window.add(start + 6s));
  }
}

TEST_CASE("restart_window: slow failures never end a supervisor") {
  restart_window window{1, 5s};
  for (int i = 0; i < 1'000; ++i)
    CHECK(window.add(start + i * 6s));
}
