#include "troupe/discovery/peer_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::observation;
using discovery::peer_table;

namespace {

/// Lives of `b@h`: a greater number is a later life, with its own creation and address.
struct fixture {
  peer_table table{"me@h", 50, 50};
  clock::time_point now = clock::time_point{} + 1h;
  peer_table::outcome last;

  static observation life(uint64_t number, bool fresh, const std::string& name = "b@h") {
    observation x;
    x.name = name;
    x.instance = number;
    x.incarnation = number;
    x.creation = static_cast<uint32_t>(number);
    x.fresh = fresh;
    x.endpoints = {{"10.0.0.1", static_cast<uint16_t>(number)}};
    x.lifetime = 15s;
    return x;
  }
  std::string text() const {
    std::string result;
    for (auto& x : last.events)
      result += (result.empty() ? "" : " ") + std::string{x.what.text()};
    return result;
  }
  /// The life speaks, a second after what happened before.
  std::string hear(uint64_t number) {
    now += 1s;
    last = table.observe("multicast", life(number, true), now);
    return text();
  }
  std::string told(uint64_t number) {
    now += 1s;
    last = table.observe("gossip", life(number, false), now);
    return text();
  }
  std::string goodbye(uint64_t number) {
    auto x = life(number, true);
    x.what = observation::kind::left;
    last = table.observe("multicast", x, now);
    return text();
  }
  std::string connect(uint32_t creation) {
    last = table.connected("b@h", creation, false, now);
    return text();
  }
  std::string disconnect() {
    last = table.disconnected("b@h", "gone", now);
    return text();
  }
  /// Who has the name, and at which address.
  uint64_t owner() const {
    auto* e = table.find("b@h");
    REQUIRE(e);
    for (auto& x : table.endpoints("b@h"))
      CHECK(x.port == e->current.instance);
    return e->current.instance;
  }
  bool wanted() const { return !last.wanted.empty(); }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "peer_table: a new life replaces one that is not connected at once") {
  CHECK(hear(5) == "peer_seen");
  SUBCASE("heard") {
    CHECK(hear(6) == "replaced");
    CHECK(wanted());
  }
  SUBCASE("told of") {
    CHECK(told(6) == "replaced");
    CHECK(wanted());
  }
  SUBCASE("after the connection to the old one broke") {
    connect(5);
    disconnect();
    CHECK(hear(6) == "replaced");
    CHECK(wanted());
  }
  SUBCASE("when the clock of its host was set back in between") {
    CHECK(hear(6) == "replaced");
    CHECK(hear(2) == "replaced");
    CHECK(owner() == 2);
    CHECK(hear(7) == "replaced");
    CHECK(owner() == 7);
    return;
  }
  CHECK(owner() == 6);
  CHECK_FALSE(table.find("b@h")->rival);
  CHECK(told(5).empty()); // Others have not noticed yet.
  CHECK(owner() == 6);
  CHECK(hear(6).empty());
}

TEST_CASE_FIXTURE(fixture,
                  "peer_table: a new life waits until the connection of the old one is gone") {
  hear(5);
  connect(5);
  SUBCASE("heard") {
    CHECK(hear(6).empty());
  }
  SUBCASE("told of") {
    CHECK(told(6).empty());
  }
  CHECK_FALSE(wanted());
  CHECK(owner() == 5);
  REQUIRE(table.find("b@h")->rival);
  CHECK(table.find("b@h")->rival->instance == 6);
  CHECK(disconnect() == "disconnected replaced");
  CHECK(wanted());
  CHECK(owner() == 6);
  CHECK_FALSE(table.find("b@h")->rival);
}

TEST_CASE_FIXTURE(fixture, "peer_table: the creation of a connection says which life it is to") {
  hear(5);
  connect(5);
  SUBCASE("a new connection, then its life is heard") {
    CHECK(connect(6) == "connected replaced");
    CHECK(told(5).empty());
    CHECK(table.find("b@h")->current.instance == 0);
    CHECK(hear(6).empty());
  }
  SUBCASE("its life was heard before") {
    hear(6);
    CHECK(connect(6) == "connected replaced");
  }
  CHECK(owner() == 6);
  CHECK(table.find("b@h")->connected);
  CHECK(table.view().linked == 1);
}

TEST_CASE_FIXTURE(fixture, "peer_table: of two live nodes with one name the older keeps it") {
  SUBCASE("the older is connected") {
    hear(5);
    connect(5);
    CHECK(hear(6).empty());
    CHECK(hear(5) == "conflict");
    CHECK(last.events[0].node == atom{"b@h"});
    CHECK(last.events[0].detail
          == "instance 5 at 10.0.0.1:5 is older and keeps the name; "
             "instance 6 at 10.0.0.1:6 has to be renamed");
    CHECK(disconnect() == "disconnected");
  }
  SUBCASE("neither is connected") {
    hear(5);
    CHECK(hear(6) == "replaced");
    CHECK(hear(5) == "conflict");
    CHECK(wanted());
  }
  SUBCASE("the older is heard second") {
    hear(6);
    CHECK(hear(5) == "replaced");
    CHECK(hear(6) == "conflict");
    CHECK_FALSE(wanted());
  }
  SUBCASE("the older is heard second, and the younger is connected") {
    hear(6);
    connect(6);
    CHECK(hear(5).empty());
    CHECK(hear(6) == "conflict");
    CHECK(table.find("b@h")->connected); // Nothing ends a connection.
    CHECK(disconnect() == "disconnected");
  }
  CHECK(owner() == 5);
  REQUIRE(table.find("b@h")->rival);
  CHECK(table.find("b@h")->rival->instance == 6);
  for (int i = 0; i < 5; ++i) { // Told once, and no flapping.
    CHECK(hear(6).empty());
    CHECK_FALSE(wanted());
    CHECK(hear(5).empty());
    CHECK(wanted());
    CHECK(told(6).empty());
    CHECK(owner() == 5);
  }
}

TEST_CASE_FIXTURE(fixture,
                  "peer_table: after a conflict the younger gets the name when the older is gone") {
  hear(5);
  hear(6);
  REQUIRE(hear(5) == "conflict");
  SUBCASE("it said goodbye") {
    CHECK(goodbye(5) == "left peer_seen");
    CHECK(wanted());
  }
  SUBCASE("it is not heard any more") {
    for (int i = 0; i < 13; ++i)
      CHECK(hear(6).empty());
    now += 2s;
    last = table.expire(now);
    CHECK(text() == "replaced");
    CHECK(wanted());
  }
  CHECK(owner() == 6);
  CHECK_FALSE(table.find("b@h")->rival);
  CHECK(hear(6).empty());
}

TEST_CASE_FIXTURE(fixture, "peer_table: a rival that says goodbye is forgotten") {
  hear(5);
  connect(5);
  hear(6);
  CHECK(goodbye(6).empty());
  CHECK_FALSE(table.find("b@h")->rival);
  CHECK(hear(5).empty());
  CHECK(disconnect() == "disconnected");
  CHECK(owner() == 5);
}

TEST_CASE_FIXTURE(fixture, "peer_table: a rival that is not heard any more is forgotten") {
  hear(5);
  connect(5);
  hear(6);
  now += peer_table::grace;
  last = table.expire(now);
  CHECK(text().empty());
  CHECK_FALSE(table.find("b@h")->rival);
  CHECK(owner() == 5);
}

TEST_CASE_FIXTURE(fixture, "peer_table: three live nodes with one name end with the oldest") {
  for (int i = 0; i < 6; ++i)
    for (uint64_t number : {6, 5, 7})
      hear(number);
  CHECK(owner() == 5);
  for (uint64_t number : {7, 5, 6, 7, 5, 6}) {
    CHECK(hear(number).empty());
    CHECK(owner() == 5);
  }
}

TEST_CASE_FIXTURE(fixture, "peer_table: the digest follows the life that has the name") {
  hear(6);
  auto six = table.view().digest;
  hear(5);
  CHECK(table.view().digest != six);
  hear(6);
  CHECK(owner() == 5);
  goodbye(5);
  CHECK(owner() == 6);
  CHECK(table.view().digest == six);
  goodbye(6);
  CHECK(table.view().digest == peer_table{"me@h", 50, 50}.view().digest);
  CHECK(table.view().known == 0);
}

TEST_CASE_FIXTURE(fixture, "peer_table: this node's name in the mouth of another is a conflict") {
  auto say = [&](uint64_t number, bool fresh) {
    last = table.observe("multicast", life(number, fresh, "me@h"), now);
    return text();
  };
  CHECK(say(50, true).empty());  // Its own words.
  CHECK(say(49, false).empty()); // Others have not noticed that it restarted.
  CHECK(say(51, true) == "conflict");
  CHECK_FALSE(last.silenced);
  CHECK(say(51, true).empty());
  CHECK(say(49, true) == "conflict");
  CHECK(last.silenced);
  CHECK(say(49, true).empty());
  CHECK(last.silenced);
  CHECK(table.entries().empty());
}

TEST_CASE_FIXTURE(fixture,
                  "peer_table: of two equally old nodes the smaller instance is the older") {
  auto x = life(51, true, "me@h");
  x.incarnation = 50;
  CHECK_FALSE(table.observe("multicast", x, now).silenced);
  x.instance = 49;
  CHECK(table.observe("multicast", x, now).silenced);
}
