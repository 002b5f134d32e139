#include "troupe/dist/ticker.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::dist;

namespace {

using action = ticker::action;

clock::time_point at(clock::duration x) {
  return clock::time_point{x};
}

/// Checks when it is time, and sends each tick at once, until `end`; returns when it gave the peer
/// up.
std::optional<clock::duration> run(ticker& t, clock::duration end) {
  while (t.next_check() <= at(end)) {
    auto now = t.next_check();
    auto what = t.check(now);
    if (what == action::down)
      return now.time_since_epoch();
    if (what == action::tick)
      t.sent();
  }
  return std::nullopt;
}

} // namespace

TEST_CASE("ticker: an idle side ticks at each quarter of the ticktime after the first") {
  ticker t{{60s, 60s}, at(0s)};
  CHECK(t.next_check() == at(15s));
  CHECK(t.check(at(15s)) == action::none); // coming up was something sent
  for (auto now = 30s; now < 600s; now += 15s) {
    t.received();
    CHECK(t.check(at(now)) == action::tick);
    t.sent();
  }
}

TEST_CASE("ticker: a side that sends does not tick") {
  ticker t{{60s, 60s}, at(0s)};
  for (auto now = 15s; now < 600s; now += 15s) {
    t.sent();
    t.received();
    CHECK(t.check(at(now)) == action::none);
  }
}

TEST_CASE("ticker: a check before its time does nothing") {
  ticker t{{60s, 60s}, at(0s)};
  for (int i = 0; i < 100; ++i)
    CHECK(t.check(at(14s)) == action::none);
  CHECK(t.next_check() == at(15s));
}

TEST_CASE(
  "ticker: a peer is down after a whole ticktime without a byte, and a quarter more at the most") {
  std::mt19937 random{1};
  for (int i = 0; i < 1000; ++i) {
    ticker t{{60s, 60s}, at(0s)};
    auto last = std::chrono::milliseconds{random() % 100'000};
    for (auto now = 0s; now < last; now += 5s) {
      run(t, now);
      t.received();
    }
    run(t, last);
    t.received();
    auto down = run(t, 1000s);
    REQUIRE(down);
    auto silence = *down - last;
    CHECK(silence >= 60s);
    CHECK(silence <= 75s);
  }
}

TEST_CASE(
  "ticker: the peer's ticktime decides how often to tick, one's own when the peer is down") {
  ticker impatient{{1s, 60s}, at(0s)};
  CHECK(run(impatient, 100s) == 1250ms);
  ticker patient{{60s, 1s}, at(0s)};
  int ticks = 0;
  while (patient.next_check() <= at(10s)) {
    auto now = patient.next_check();
    patient.received();
    if (patient.check(now) == action::tick) {
      ++ticks;
      patient.sent();
    }
  }
  CHECK(ticks == 39);
  CHECK(run(patient, 100s) == 75s);
}

TEST_CASE("ticker: a node that stood still gives its peers another chance") {
  ticker t{{60s, 60s}, at(0s)};
  CHECK(t.check(at(15s)) == action::none);
  CHECK(t.check(at(10'000s)) == action::tick);
  CHECK(t.next_check() == at(10'015s));
  t.received();
  CHECK(t.check(at(10'015s)) != action::down);
}

TEST_CASE("ticker: a peer cannot make it tick without end") {
  ticker t{{60s, 1ns}, at(0s)};
  CHECK(t.next_check() == at(10ms));
}

TEST_CASE("ticker: after a change it goes by the new times") { // TICK-04
  ticker t{{60s, 60s}, at(0s)};
  t.retime(60s, 8s, at(1s)); // the transition to 8 s: ticks come sooner, the end does not
  CHECK(t.next_check() == at(3s));
  CHECK(t.check(at(3s)) == action::none);
  CHECK(t.check(at(5s)) == action::tick);
  t.sent();
  t.received();
  t.retime(8s, 8s, at(10s));
  auto down = run(t, 60s);
  REQUIRE(down);
  CHECK(*down >= 16s);
  CHECK(*down <= 20s);

  ticker longer{{8s, 8s}, at(0s)};
  longer.retime(60s, 60s, at(1s));
  down = run(longer, 120s);
  REQUIRE(down);
  CHECK(*down >= 46s);
  CHECK(*down <= 76s);
}

TEST_CASE("ticker: a peer that wants ticks more often goes on getting them") {
  ticker t{{60s, 4s}, at(0s)};
  t.retime(120s, 120s, at(0s));
  CHECK(t.next_check() == at(1s));
}
