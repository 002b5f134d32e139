#include "troupe/discovery/beacon.hpp"

#include "support/beacon_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using namespace std::chrono_literals;
using fixture = beacon_fixture;
using kind = announcement::kind;
using std::chrono::milliseconds;

TEST_CASE("beacon: a node says hello six times, with pauses that double") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    fixture x{seed};
    x.node.start(x.now);
    x.run(5s);
    auto hellos = x.take(kind::hello);
    REQUIRE(hellos.size() == 6);
    CHECK(hellos[0].at <= 20ms);
    milliseconds pause{100};
    for (size_t i = 1; i < hellos.size(); ++i, pause *= 2) {
      auto since = hellos[i].at - hellos[i - 1].at;
      CHECK(since >= pause * 8 / 10 - 1ms);
      CHECK(since <= pause * 12 / 10 + 1ms);
    }
    for (auto& h : hellos) {
      CHECK(h.what.family == 0);
      CHECK(h.what.only == 0);
      CHECK_FALSE(h.what.to);
      CHECK(h.what.what.name == "self@10.0.0.1");
      CHECK(h.what.what.instance == 77);
      CHECK(h.what.what.creation == 5);
    }
  }
}

TEST_CASE_FIXTURE(fixture,
                  "beacon: hellos end with the first answer or connection, but one is sent") {
  node.start(now);
  size_t expected = 1;
  SUBCASE("an answer before the first") {
    hear(from_a_to(77, kind::reply));
  }
  SUBCASE("a connection before the first") {
    know(1);
  }
  SUBCASE("an answer") {
    run(50ms);
    hear(from_a_to(77, kind::reply));
  }
  SUBCASE("a connection") {
    run(50ms);
    know(1);
  }
  SUBCASE("an answer to somebody else, and others' hellos, are none") {
    run(50ms);
    hear(from_a_to(78, kind::reply));
    hear(from_a(kind::hello));
    hear(from_a(kind::announce));
    node.view({1, 0, 1}, now);
    expected = 6;
  }
  run(7s);
  CHECK(take(kind::hello).size() == expected);
  CHECK_FALSE(take(kind::announce).empty());
}

TEST_CASE_FIXTURE(fixture, "beacon: hellos on a new interface end with an answer from there") {
  settle(2);
  node.interface_changed(9, now);
  size_t expected = 6;
  SUBCASE("not with a connection or an answer from elsewhere") {
    run(50ms);
    know(3);
    hear(from_a_to(77, kind::reply), 8);
  }
  SUBCASE("an answer") {
    run(50ms);
    hear(from_a_to(77, kind::reply), 9);
    expected = 1;
  }
  SUBCASE("an answer before the first") {
    hear(from_a_to(77, kind::reply), 9);
    expected = 1;
  }
  run(5s);
  auto hellos = take(kind::hello);
  CHECK(hellos.size() == expected);
  for (auto& x : hellos)
    CHECK(x.what.only == 9);
}

TEST_CASE_FIXTURE(fixture,
                  "beacon: an interface that changes all the time does not flood its network") {
  settle(2);
  for (int i = 0; i < 1000; ++i) {
    node.interface_changed(9, now);
    run(1ms);
  }
  auto hellos = take(kind::hello);
  CHECK(hellos.size() >= 8);
  CHECK(hellos.size() <= 11);
  for (unsigned i = 1; i < 1000; ++i)
    node.interface_changed(i, now);
  run(10s);
  CHECK(take(kind::hello).size() <= 66 * 6);
}

TEST_CASE_FIXTURE(fixture, "beacon: a challenge is answered at once, to where it came from") {
  node.start(now);
  auto challenge = from_a_to(77, kind::challenge);
  CHECK(hear(challenge).empty()); // it proves nothing, so it is no sign of life
  auto responses = take(kind::response);
  REQUIRE(responses.size() == 1);
  auto& what = responses[0].what.what;
  CHECK(what.nonce == challenge.nonce);
  CHECK(what.to == instance_of_a);
  CHECK(what.name == "self@10.0.0.1");
  CHECK(responses[0].what.to == beacon::place{{"10.0.0.7", 40'000}, 3});
  for (int i = 0; i < 1000; ++i) {
    hear(challenge);
    run(1ms);
  }
  CHECK(take(kind::response).size() <= 20);
  hear(from_a_to(78, kind::challenge));
  CHECK(take(kind::response).empty());
}

TEST_CASE_FIXTURE(fixture,
                  "beacon: the older of two nodes with one name tells the younger at once") {
  settle(1000);
  auto x = from_a(kind::hello);
  x.name = "self@10.0.0.1";
  bool told = true;
  SUBCASE("a younger one") {
    x.incarnation = 1'790'000'000'001;
  }
  SUBCASE("as old, and a greater instance") {
    x.incarnation = 1'790'000'000'000;
  }
  SUBCASE("any kind of packet") {
    x = from_a_to(77, kind::reply);
    x.name = "self@10.0.0.1";
  }
  SUBCASE("an older one") {
    x.incarnation = 1'789'999'999'999;
    told = false;
  }
  SUBCASE("as old, and a lower instance") {
    x.instance = 76;
    told = false;
  }
  SUBCASE("one that leaves") {
    x.what = kind::goodbye;
    told = false;
  }
  auto seen = hear(x);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].name == "self@10.0.0.1");
  CHECK(seen[0].instance == x.instance);
  auto replies = take(kind::reply);
  REQUIRE(replies.size() == (told ? 1 : 0));
  if (told)
    CHECK(replies[0].what.what.to == x.instance);
  for (int i = 0; i < 1000; ++i) {
    hear(x);
    run(1ms);
  }
  CHECK(take(kind::reply).size() <= 7);
  hear(hello_of(77)); // what is heard back of this very node is nothing
  CHECK(take(kind::reply).empty());
}

TEST_CASE_FIXTURE(fixture, "beacon: what an authentic packet says is one observation") {
  settle(1);
  auto x = from_a(kind::announce);
  x.hidden = true;
  auto seen = hear(x);
  REQUIRE(seen.size() == 1);
  observation expected;
  expected.what = observation::kind::seen;
  expected.name = "a@10.0.0.7";
  expected.instance = instance_of_a;
  expected.incarnation = 1'790'000'000'000;
  expected.creation = 0x01020304;
  expected.hidden = true;
  expected.fresh = true;
  expected.endpoints = {{"10.0.0.7", 9100}, {"fe80::7%3", 9100}};
  expected.lifetime = 15s;
  CHECK(seen[0] == expected);
  x.interval = 5'100ms;
  CHECK(hear(x)[0].lifetime == 15'300ms);
  CHECK(hear(from_a_to(77, kind::response)).size() == 1);
  CHECK(hear(from_a_to(77, kind::reply)).size() == 1);
  x.name.clear();
  CHECK(hear(x).empty());
}

TEST_CASE_FIXTURE(fixture, "beacon: a goodbye is an observation that ends one life") {
  auto seen = hear(from_a(kind::goodbye));
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].what == observation::kind::left);
  CHECK(seen[0].name == "a@10.0.0.7");
  CHECK(seen[0].instance == instance_of_a);
  CHECK_FALSE(seen[0].fresh);
  auto own = node.goodbye();
  CHECK(own.what.what == kind::goodbye);
  CHECK(own.what.instance == 77);
  CHECK(own.what.name == "self@10.0.0.1");
  CHECK_FALSE(own.to);
  CHECK(own.family == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "beacon: a node that falls silent sends nothing more, but still listens") {
  settle(1);
  hear(hello_of(5));
  node.interface_changed(9, now);
  node.fall_silent();
  node.interface_changed(9, now);
  hear(from_a_to(77, kind::challenge));
  CHECK(hear(hello_of(6)).size() == 1);
  auto younger = hello_of(7);
  younger.name = "self@10.0.0.1";
  younger.incarnation += 1;
  CHECK(hear(younger).size() == 1);
  know(5);
  run(1h);
  CHECK(sent.empty());
  CHECK(node.next() == clock::time_point::max());
  CHECK(node.goodbye().what.what == kind::goodbye);
}
