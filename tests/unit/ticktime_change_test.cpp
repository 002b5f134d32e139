#include "troupe/dist/ticktime_change.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using troupe::dist::ticktime_change;
using answer = ticktime_change::answer;

TEST_CASE("ticktime_change: one change at a time, and none to the same value") { // TICK-04
  ticktime_change t{60s};
  CHECK(t.begin(60s) == answer::unchanged);
  CHECK_FALSE(t.next());
  CHECK(t.begin(30s) == answer::initiated);
  CHECK(t.next() == 30s);
  CHECK(t.current() == 60s);
  CHECK(t.begin(30s) == answer::ongoing);
  CHECK(t.begin(60s) == answer::ongoing);
  t.end();
  CHECK(t.current() == 30s);
  CHECK_FALSE(t.next());
  CHECK(t.begin(30s) == answer::unchanged);
  CHECK(t.begin(60s) == answer::initiated);
}

TEST_CASE("ticktime_change: while it lasts, ticks go out for the shorter of both") {
  ticktime_change shorter{60s};
  shorter.begin(8s);
  CHECK(shorter.shortest() == 8s);
  ticktime_change longer{8s};
  longer.begin(60s);
  CHECK(longer.shortest() == 8s);
  longer.end();
  CHECK(longer.shortest() == 60s);
}

TEST_CASE("ticktime_change: the end of no change changes nothing") {
  ticktime_change t{60s};
  t.end();
  CHECK(t.current() == 60s);
}
