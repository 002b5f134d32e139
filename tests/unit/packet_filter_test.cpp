#include "troupe/discovery/packet_filter.hpp"

#include "support/filter_fixture.hpp"
#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using namespace std::chrono_literals;
using fixture = filter_fixture;
using kind = announcement::kind;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(fixture, "packet_filter: a recent packet is believed, once") {
  auto hello = packet(1, 1, kind::hello);
  auto first = take(hello);
  REQUIRE(first.content);
  CHECK(first.why == drop::none);
  CHECK(first.content->name == "a@10.0.0.7");
  CHECK_FALSE(first.challenge);
  CHECK_FALSE(first.clock_skew);
  auto second = take(hello);
  CHECK(second.why == drop::replayed);
  CHECK_FALSE(second.content);
  CHECK(filter.counts()[0] == 1);
  CHECK(filter.counts()[static_cast<size_t>(drop::replayed)] == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: a captured packet is of no use, now, later or after a restart") {
  auto captured = packet(1, 5);
  CHECK(take(captured).content);
  for (auto later : {0ms, 119'000ms, 2'000ms, 3'600'000ms, 1'000'000'000ms}) {
    pass(later);
    CHECK(take(captured).why == drop::replayed);
  }
  now = clock::time_point{1s}; // this node's machine began again
  packet_filter fresh{monster_codec(), self, [] { return 1; }};
  auto doubted = fresh.take(captured, now, wall);
  CHECK(doubted.why == drop::stale);
  CHECK_FALSE(doubted.content);
  REQUIRE(doubted.challenge); // nobody answers it
  CHECK(doubted.challenge->to == 1);
  CHECK(doubted.challenge->what == kind::challenge);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: a new instance's clock may be off by two minutes either way") {
  CHECK(take(packet(1, 1, kind::hello, 120s)).content);
  CHECK(take(packet(2, 1, kind::hello, -120s)).content);
  CHECK(take(packet(3, 1, kind::hello, 120'001ms)).why == drop::stale);
  CHECK(take(packet(4, 1, kind::hello, -120'001ms)).why == drop::stale);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: packets may arrive in another order, within 64 numbers") {
  CHECK(take(packet(1, 100)).content);
  CHECK(take(packet(1, 36)).content);
  CHECK(take(packet(1, 36)).why == drop::replayed);
  CHECK(take(packet(1, 35)).why == drop::replayed);
  CHECK(take(packet(1, 101)).content);
  CHECK(take(packet(1, 100)).why == drop::replayed);
  CHECK(take(packet(1, UINT32_MAX)).content);
  CHECK(take(packet(1, 102)).why == drop::replayed);
}

TEST_CASE_FIXTURE(fixture, "packet_filter: what is not for this node is dropped") {
  CHECK(take(packet(self, 1)).why == drop::self);
  CHECK(take(std::string(100, 'x')).why == drop::magic);
  auto x = from_a_to(self + 1, kind::reply, 1);
  x.wall_ms = wall;
  CHECK(take(monster_codec().encode(x)).why == drop::stale);
  x.to = self;
  CHECK(take(monster_codec().encode(x)).content); // the same number: it was not taken before
}

TEST_CASE_FIXTURE(fixture, "packet_filter: a goodbye ends its own life and no other") {
  auto captured = packet(1, 3);
  CHECK(take(packet(1, 2)).content);
  CHECK(take(packet(1, 9, kind::goodbye)).content);
  CHECK(take(packet(1, 10, kind::goodbye)).why == drop::stale);
  CHECK(take(packet(1, 11)).why == drop::stale);
  CHECK(take(captured).why == drop::stale);
  CHECK(take(packet(2, 1, kind::hello)).content); // the next life of the same node
  auto old = packet(3, 1, kind::goodbye);
  pass(121s);
  auto late = take(old);
  CHECK(late.why == drop::stale);
  CHECK_FALSE(late.challenge);
  CHECK(take(packet(2, 2)).content);
  pass(300s);
  CHECK(take(packet(1, 12)).why == drop::stale);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: a clock that is an hour off is told once, after a proof") {
  for (auto skew : {3'600'000ms, -3'600'000ms}) {
    uint64_t sender = skew > 0ms ? 1 : 2;
    auto asked = take(packet(sender, 1, kind::hello, skew));
    REQUIRE(asked.challenge);
    auto answered = take(response(sender, 2, *asked.challenge, skew));
    REQUIRE(answered.content);
    CHECK(answered.content->what == kind::response);
    CHECK(answered.clock_skew == std::chrono::duration_cast<std::chrono::seconds>(skew));
    pass(14 * 24h); // it may stay so
    auto known = take(packet(sender, 3, kind::announce, skew));
    CHECK(known.content);
    CHECK_FALSE(known.clock_skew);
  }
}

TEST_CASE_FIXTURE(fixture, "packet_filter: only the response to a recent challenge is a proof") {
  auto asked = take(packet(1, 1, kind::hello, 1h));
  REQUIRE(asked.challenge);
  auto wrong = *asked.challenge;
  wrong.nonce[0] ^= 1;
  CHECK(take(response(1, 2, wrong, 1h)).why == drop::stale);
  CHECK(take(response(2, 2, *asked.challenge, 1h)).why == drop::stale); // another's
  pass(5s);
  auto late = take(response(1, 3, *asked.challenge, 1h));
  CHECK(late.why == drop::stale);
  CHECK_FALSE(late.challenge);
  auto again = take(packet(1, 4, kind::hello, 1h));
  REQUIRE(again.challenge);
  CHECK(again.challenge->nonce != asked.challenge->nonce);
  CHECK(take(response(1, 5, *again.challenge, 1h)).content);
  CHECK(take(response(1, 6, *again.challenge, 1h)).content); // known by now
}

TEST_CASE_FIXTURE(
  fixture, "packet_filter: of two nodes with different clocks each answers the other's challenge") {
  announcement question;
  auto challenge = response(1, 1, question, 1h, kind::challenge);
  auto heard = take(challenge);
  REQUIRE(heard.content);
  CHECK(heard.content->what == kind::challenge);
  CHECK_FALSE(heard.challenge);
  CHECK(take(challenge).why == drop::replayed);
  CHECK(take(packet(1, 2, kind::announce, 1h)).why == drop::stale); // it proved nothing
  CHECK(take(packet(1, 3, kind::goodbye, 1h)).why == drop::stale);
  auto elsewhere = from_a_to(self + 1, kind::challenge, 9);
  CHECK(take(monster_codec().encode(elsewhere)).why == drop::stale);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: challenges are few, and one instance gets the same for a while") {
  auto first = take(packet(1, 1, kind::hello, 1h));
  REQUIRE(first.challenge);
  CHECK_FALSE(take(packet(1, 2, kind::hello, 1h)).challenge);
  pass(1s);
  auto second = take(packet(1, 3, kind::hello, 1h));
  REQUIRE(second.challenge);
  CHECK(second.challenge->nonce == first.challenge->nonce);
  size_t asked = 0;
  for (uint64_t i = 100; i < 1100; ++i) {
    asked += take(packet(i, 1, kind::hello, 1h)).challenge.has_value() ? 1 : 0;
    pass(1ms);
  }
  CHECK(asked >= limits::challenges_per_second);
  CHECK(asked <= 2 * limits::challenges_per_second);
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: a packet that was kept cannot revive a node whose clock is off") {
  auto skew = 3'600'000ms;
  prove(1, skew);
  auto unseen = packet(1, 50, kind::announce, skew); // an attacker caught it, we did not
  auto unseen_goodbye = packet(1, 51, kind::goodbye, skew);
  SUBCASE("when its clock would be right by now") {
    pass(skew);
  }
  SUBCASE("much later") {
    pass(24h);
  }
  SUBCASE("a little later") {
    pass(121s);
  }
  auto revived = take(unseen);
  CHECK(revived.why == drop::stale);
  CHECK_FALSE(revived.content);
  CHECK(revived.challenge);
  CHECK(take(unseen_goodbye).why == drop::stale);
  CHECK(take(packet(1, 52, kind::announce, skew)).content); // the node itself is believed still
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: packets that are kept cannot hand a dead node on to each other") {
  CHECK(take(packet(1, 1)).content);
  std::vector<std::string> unseen;
  for (uint32_t i = 2; i < 40; ++i)
    unseen.push_back(packet(1, i));
  milliseconds passed{};
  size_t believed = 0;
  for (const auto& x : unseen) {
    pass(30s);
    passed += 30s;
    believed += take(x).content ? 1 : 0;
    CHECK((passed <= 120s) == (believed == static_cast<size_t>(passed / 30s)));
  }
}

TEST_CASE_FIXTURE(fixture,
                  "packet_filter: a known node whose clock was set has to answer a challenge") {
  CHECK(take(packet(1, 1)).content);
  auto moved = take(packet(1, 2, kind::announce, 1h));
  CHECK(moved.why == drop::stale);
  REQUIRE(moved.challenge);
  auto proof = take(response(1, 3, *moved.challenge, 1h));
  CHECK(proof.content);
  CHECK(proof.clock_skew == 3600s);
  CHECK(take(packet(1, 4, kind::announce, 1h)).content);
}

TEST_CASE_FIXTURE(
  fixture, "packet_filter: when this node's clock is set or it slept, known nodes stay known") {
  CHECK(take(packet(1, 1)).content);
  wall += 3'600'000; // set
  auto known = take(packet(1, 2, kind::announce, -1h));
  CHECK(known.content);
  CHECK(known.clock_skew == -3600s);
  wall += 3'600'000; // slept: the steady clock stood still
  CHECK(take(packet(1, 3, kind::announce, -1h)).content);
}
