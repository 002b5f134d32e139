// The bounds of packet_filter: what happens above each of them.

#include "support/filter_fixture.hpp"
#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <string>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using namespace std::chrono_literals;
using fixture = filter_fixture;
using kind = announcement::kind;

TEST_CASE_FIXTURE(fixture, "packet_filter: a flood of newcomers is bounded") {
  size_t believed = 0;
  for (uint64_t i = 100; i < 1600; ++i)
    believed += take(packet(i, 1)).content ? 1 : 0;
  CHECK(believed == limits::newcomers_burst);
  CHECK(filter.counts()[static_cast<size_t>(drop::rate)] == 500);
  CHECK(take(packet(100, 2)).content); // who is known does not suffer
  pass(1s);
  believed = 0;
  for (uint64_t i = 2000; i < 2500; ++i)
    believed += take(packet(i, 1)).content ? 1 : 0;
  CHECK(believed == limits::newcomers_per_second);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: what is forgotten for lack of room cannot be played again") {
  auto first = packet(1, 1);
  auto leaving = packet(2, 1, kind::goodbye);
  CHECK(take(first).content);
  CHECK(take(leaving).content);
  for (uint64_t i = 0; i < limits::peers_max; ++i) {
    pass(6ms);
    REQUIRE(take(packet(100 + i, 1)).content);
  }
  CHECK(take(first).why == drop::stale);
  CHECK(take(leaving).why == drop::stale);
  auto asked = take(first);
  CHECK(asked.why == drop::stale);
  CHECK(take(packet(1, 2)).content); // it lives
  CHECK(take(packet(100 + limits::peers_max - 1, 2)).content);
  CHECK(std::accumulate(filter.counts().begin(), filter.counts().end(), uint64_t{0})
        == limits::peers_max + 7);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: those whose clocks are ahead are not forgotten for others") {
  prove(1, 1h);
  for (uint64_t i = 0; i < limits::peers_max; ++i) {
    pass(6ms);
    REQUIRE(take(packet(100 + i, 1)).content);
  }
  CHECK(take(packet(1, 2, kind::announce, 1h)).why == drop::replayed);
  CHECK(take(packet(1, 3, kind::announce, 1h)).content);
}
