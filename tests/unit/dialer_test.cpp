#include "troupe/discovery/dialer.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::dialer;
namespace bounds = discovery::limits;

namespace {

using names = std::vector<std::string>;

const std::string self{"me@h"};

struct fixture {
  std::mt19937_64 numbers{7};
  dialer d{self, [this] { return numbers(); }};
  clock::time_point now = clock::time_point{} + 1h;

  /// A name for which this node dials first, or not.
  static std::string peer(bool first, int number = 0) {
    for (int i = 0, found = 0;; ++i) {
      auto name = "peer" + std::to_string(i) + "@h";
      if (dialer::goes_first(self, name) == first && found++ == number)
        return name;
    }
  }

  /// How long until `key` is dialled.
  clock::duration until_dialled(const std::string& key) {
    auto begin = now;
    for (;;) {
      auto at = d.next();
      REQUIRE(at != clock::time_point::max());
      now = std::max(now, at);
      auto keys = d.due(now);
      if (std::find(keys.begin(), keys.end(), key) != keys.end())
        return now - begin;
    }
  }
};

} // namespace

TEST_CASE("dialer: both nodes of a pair agree who goes first, and nobody always does") {
  size_t first = 0;
  for (int i = 0; i < 1000; ++i) {
    auto a = "node" + std::to_string(i) + "@10.0.0.1";
    auto b = "node" + std::to_string(i * 7 + 1) + "@10.0.0.2";
    CHECK(dialer::goes_first(a, b) != dialer::goes_first(b, a));
    first += dialer::goes_first("node@10.0.0.9", a) ? 1 : 0;
  }
  CHECK(first > 430);
  CHECK(first < 570);
}

TEST_CASE_FIXTURE(fixture, "dialer: who goes first dials at once") {
  auto key = peer(true);
  d.want(key, now);
  CHECK(d.is_wanted(key));
  CHECK(d.next() <= now);
  CHECK(d.due(now) == names{key});
  CHECK(d.in_flight() == 1);
  CHECK(d.due(now).empty());
  CHECK(d.next() == clock::time_point::max());
}

TEST_CASE_FIXTURE(fixture,
                  "dialer: who does not go first waits 0.3 to 0.5 s, also when wanted again") {
  auto key = peer(false);
  d.want(key, now);
  d.want(key, now + 100ms);
  CHECK_FALSE(d.alive(key, now + 200ms));
  auto waited = until_dialled(key);
  CHECK(waited >= 300ms);
  CHECK(waited <= 500ms);
}

TEST_CASE_FIXTURE(fixture, "dialer: an address without a name is dialled at once") {
  d.want("10.0.0.7:9100", now);
  CHECK(d.due(now) == names{"10.0.0.7:9100"});
}

TEST_CASE_FIXTURE(fixture, "dialer: who was connected to in the meantime is not dialled") {
  auto key = peer(false);
  d.want(key, now);
  SUBCASE("connected") {
    d.connected(key, now + 10ms);
  }
  SUBCASE("forgotten") {
    d.forget(key);
  }
  CHECK_FALSE(d.is_wanted(key));
  CHECK(d.next() == clock::time_point::max());
  CHECK(d.due(now + 1h).empty());
}

TEST_CASE_FIXTURE(fixture, "dialer: pauses are drawn below a bound that doubles up to a minute") {
  auto key = peer(true);
  d.want(key, now);
  CHECK(until_dialled(key) == 0ms);
  clock::duration bound = bounds::backoff_first;
  clock::duration longest{};
  for (int i = 0; i < 40; ++i) {
    d.failed(key, now);
    auto pause = until_dialled(key);
    CHECK(pause <= bound);
    longest = std::max(longest, pause);
    bound = std::min<clock::duration>(bound * 2, bounds::backoff_last);
  }
  CHECK(longest > 40s);
}

TEST_CASE_FIXTURE(fixture, "dialer: a sign of life ends a pause, but not at each of many words") {
  auto key = peer(true);
  d.want(key, now);
  CHECK(d.due(now) == names{key});
  size_t dials = 0;
  auto end = now + 600s;
  d.failed(key, now);
  CHECK_FALSE(d.alive(key, now));
  CHECK(d.due(now) == names{key});
  for (; now < end; now += 2s) {
    if (d.in_flight() > 0)
      d.failed(key, now);
    d.alive(key, now);
    dials += d.due(now).size();
  }
  CHECK(dials > 10); // At least one a minute.
  CHECK(dials < 60); // Each word would make 300.
}

TEST_CASE_FIXTURE(fixture, "dialer: a sign of life after silence ends a long pause at once") {
  auto key = peer(true);
  d.want(key, now);
  for (int i = 0; i < 12; ++i) {
    until_dialled(key);
    d.failed(key, now);
  }
  now += 1ms;
  if (d.due(now).empty()) {
    d.alive(key, now);
    CHECK(d.due(now) == names{key});
  }
}

TEST_CASE_FIXTURE(fixture, "dialer: a sign of life begins a dial again that takes long") {
  auto key = peer(true);
  d.want(key, now);
  CHECK(d.due(now) == names{key});
  CHECK_FALSE(d.alive(key, now + 400ms));
  CHECK(d.alive(key, now + 600ms));
  CHECK_FALSE(d.alive(key, now + 700ms));
  CHECK(d.in_flight() == 1);
}

TEST_CASE_FIXTURE(fixture, "dialer: a lasting connection that breaks is dialled as if new") {
  auto key = peer(true);
  d.want(key, now);
  until_dialled(key);
  for (int i = 0; i < 8; ++i) {
    d.failed(key, now);
    until_dialled(key);
  }
  d.connected(key, now);
  CHECK(d.in_flight() == 0);
  CHECK_FALSE(d.is_wanted(key));
  now += dialer::stable;
  d.want(key, now);
  CHECK(d.due(now) == names{key});
}

TEST_CASE_FIXTURE(fixture, "dialer: a peer whose connections break at once keeps its pauses") {
  auto key = peer(true);
  d.want(key, now);
  clock::duration total{};
  for (int i = 0; i < 20; ++i) {
    total += until_dialled(key);
    d.connected(key, now);
    d.forget(key); // Does not forgive.
    now += 1s;
    d.want(key, now);
  }
  CHECK(total > 60s);
}

TEST_CASE_FIXTURE(fixture, "dialer: no more than the limit is in flight") {
  for (int i = 0; i < 200; ++i)
    d.want(peer(true, i), now);
  auto first = d.due(now);
  CHECK(first.size() == bounds::dials_in_flight_max);
  now += 10s;
  CHECK(d.due(now).empty());
  CHECK(d.next() == clock::time_point::max());
  d.connected(first[0], now);
  d.failed(first[1], now);
  d.forget(first[2]);
  CHECK(d.in_flight() == bounds::dials_in_flight_max - 3);
  CHECK(d.next() <= now);
  CHECK(d.due(now).size() == 3);
}

TEST_CASE_FIXTURE(fixture,
                  "dialer: no more than the limit begin in a second, in order, each once") {
  constexpr size_t count = 1000;
  names wanted;
  for (size_t i = 0; i < count; ++i)
    wanted.push_back("10.0.0.1:" + std::to_string(10'000 + i));
  for (auto& key : wanted)
    d.want(key, now);
  names dialled;
  auto begin = now;
  while (dialled.size() < count) {
    now = std::max(now, d.next());
    auto keys = d.due(now);
    REQUIRE_FALSE(keys.empty()); // `next` is never too early.
    for (auto& key : keys) {
      d.connected(key, now);
      dialled.push_back(key);
    }
  }
  CHECK(dialled == wanted);
  auto seconds = std::chrono::duration<double>(now - begin).count();
  CHECK(seconds > 0.98 * (count - bounds::dials_in_flight_max) / bounds::dials_per_second);
  CHECK(seconds < 1.02 * count / bounds::dials_per_second);
}

TEST_CASE_FIXTURE(fixture, "dialer: words about keys that nobody wants are harmless") {
  d.failed("x@h", now);
  d.forget("x@h");
  d.connected("y@h", now);
  d.connected("y@h", now);
  d.failed("y@h", now);
  CHECK(d.in_flight() == 0);
  CHECK(d.due(now + 1h).empty());
  CHECK(d.next() == clock::time_point::max());
}

TEST_CASE_FIXTURE(fixture, "dialer: the same random numbers make the same dials") {
  auto run = [](uint64_t seed) {
    std::mt19937_64 source{seed};
    dialer one{self, [&] { return source(); }};
    std::string log;
    auto at = clock::time_point{} + 1h;
    for (int i = 0; i < 20; ++i)
      one.want(peer(i % 2 == 0, i), at);
    for (int i = 0; i < 200; ++i) {
      at = std::max(at, one.next());
      for (auto& key : one.due(at)) {
        log += key + std::to_string(at.time_since_epoch().count()) + ' ';
        one.failed(key, at);
      }
    }
    return log;
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}
