#include "troupe/discovery/peer_table.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::observation;
using discovery::peer_table;
namespace bounds = discovery::limits;

namespace {

using names = std::vector<std::string>;
using kind = observation::kind;

struct fixture {
  peer_table table{"me@h", 1, 1000};
  clock::time_point now = clock::time_point{} + 1h;
  peer_table::outcome last;

  static observation heard(const std::string& name, uint64_t instance = 0, uint16_t port = 9100) {
    observation x;
    x.name = name;
    x.instance = instance;
    x.incarnation = instance; // A later life has a greater instance in these tests.
    x.creation = static_cast<uint32_t>(instance);
    x.fresh = instance != 0;
    x.endpoints = {{"10.0.0.1", port}};
    x.lifetime = instance == 0 ? 0s : 15s;
    return x;
  }

  /// Returns the events, by their words.
  std::string observe(const observation& x, const std::string& source = "multicast") {
    last = table.observe(source, x, now);
    return text();
  }
  std::string text() const {
    std::string result;
    for (auto& x : last.events)
      result += (result.empty() ? "" : " ") + std::string{x.what.text()};
    return result;
  }
  std::string connect(const std::string& name, uint32_t creation) {
    last = table.connected(name, creation, false, now);
    return text();
  }
  std::string disconnect(const std::string& name) {
    last = table.disconnected(name, "gone", now);
    return text();
  }
  std::string expire() {
    last = table.expire(now);
    return text();
  }
};

observation as(kind what, observation x) {
  x.what = what;
  return x;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "peer_table: a peer is news once, and wanted at each sign of life") {
  CHECK(observe(heard("b@h", 5)) == "peer_seen");
  CHECK(last.events[0].node == atom{"b@h"});
  CHECK(last.events[0].source == "multicast");
  CHECK(last.events[0].detail == "10.0.0.1:9100");
  CHECK(last.changed == names{"b@h"});
  CHECK(last.wanted == names{"b@h"});
  CHECK(observe(heard("b@h", 5)).empty());
  CHECK(last.changed.empty());
  CHECK(last.wanted == names{"b@h"});
  CHECK(connect("b@h", 5) == "connected");
  CHECK(last.changed == names{"b@h"});
  CHECK(observe(heard("b@h", 5)).empty());
  CHECK(last.wanted.empty());
  CHECK(disconnect("b@h") == "disconnected");
  CHECK(last.events[0].detail == "gone");
  CHECK(disconnect("b@h").empty());
}

TEST_CASE_FIXTURE(fixture, "peer_table: several sources of one peer make one entry") {
  observe(heard("b@h", 5, 1));
  now += 1s;
  CHECK(observe(heard("b@h", 0, 2), "seeds").empty());
  CHECK(last.wanted.empty()); // Listed, no sign of life.
  auto both = heard("b@h", 0, 2);
  both.endpoints.push_back({"10.0.0.1", 3});
  observe(both, "dns:b");
  CHECK(table.entries().size() == 1);
  CHECK(table.view().known == 1);
  CHECK(table.endpoints("b@h")
        == std::vector<dist::endpoint>{{"10.0.0.1", 1}, {"10.0.0.1", 2}, {"10.0.0.1", 3}});
  CHECK(observe(as(kind::gone, heard("b@h", 0)), "dns:b").empty());
  CHECK(table.endpoints("b@h").size() == 2);
  CHECK(observe(as(kind::gone, heard("b@h", 0)), "multicast").empty());
  CHECK(observe(as(kind::gone, heard("b@h", 0)), "seeds") == "expired");
  CHECK_FALSE(table.find("b@h"));
  CHECK(table.view().known == 0);
}

TEST_CASE_FIXTURE(fixture, "peer_table: only so many addresses of one peer are kept") {
  auto x = heard("b@h", 5);
  for (uint16_t port = 1; port < 30; ++port)
    x.endpoints.push_back({"10.0.0.1", port});
  observe(x);
  CHECK(table.endpoints("b@h").size() == bounds::endpoints_max);
  CHECK(table.find("b@h")->sources.at("multicast").endpoints.size() == bounds::endpoints_max);
  observe(x);
  CHECK(last.changed.empty());
}

TEST_CASE_FIXTURE(fixture,
                  "peer_table: what is not said again expires, connected or listed peers do not") {
  for (auto* name : {"b@h", "c@h", "d@h"})
    observe(heard(name, 5));
  observe(heard("d@h"), "seeds");
  connect("c@h", 5);
  CHECK(table.next_expiry() == now + 15s);
  now += 14s;
  CHECK(expire().empty());
  now += 1s;
  CHECK(expire() == "expired");
  CHECK(last.events[0].node == atom{"b@h"});
  CHECK(std::find(last.changed.begin(), last.changed.end(), "b@h") != last.changed.end());
  CHECK(table.find("c@h")->connected);
  CHECK(table.find("d@h")->current.instance == 0); // Nobody says that it lives.
  CHECK(table.find("d@h")->sources.size() == 1);
  CHECK(table.next_expiry() == clock::time_point::max());
  CHECK(observe(heard("b@h", 5)) == "peer_seen");
}

TEST_CASE_FIXTURE(fixture, "peer_table: a peer whose connection broke is kept for a while") {
  observe(heard("b@h", 5));
  connect("b@h", 5);
  now += 1h;
  expire();
  disconnect("b@h");
  now += peer_table::grace - 1s;
  CHECK(expire().empty());
  CHECK_FALSE(table.endpoints("b@h").empty());
  now += 1s;
  CHECK(expire() == "expired");
}

TEST_CASE_FIXTURE(fixture, "peer_table: who connects without having been heard of has an entry") {
  CHECK(connect("b@h", 5) == "connected");
  CHECK(table.find("b@h")->sources.empty());
  CHECK(table.view().linked == 1);
  CHECK(disconnect("b@h") == "disconnected");
  CHECK_FALSE(table.find("b@h"));
  CHECK(table.view().known == 0);
  CHECK(table.view().linked == 0);
}

TEST_CASE_FIXTURE(fixture, "peer_table: a goodbye ends a peer, but not what lists it") {
  observe(heard("b@h", 5));
  observe(heard("b@h", 5), "gossip");
  SUBCASE("not connected") {
    CHECK(observe(as(kind::left, heard("b@h", 5))) == "left");
    CHECK_FALSE(table.find("b@h"));
  }
  SUBCASE("connected") {
    connect("b@h", 5);
    CHECK(observe(as(kind::left, heard("b@h", 5))) == "left");
    REQUIRE(table.find("b@h"));
    CHECK(disconnect("b@h") == "disconnected");
    CHECK_FALSE(table.find("b@h"));
  }
  SUBCASE("a seed") {
    observe(heard("b@h"), "seeds");
    CHECK(observe(as(kind::left, heard("b@h", 5))) == "left");
    REQUIRE(table.find("b@h"));
    CHECK(table.find("b@h")->sources.size() == 1);
  }
  auto told = heard("b@h", 5); // Others have not noticed yet.
  told.fresh = false;
  CHECK(observe(told, "gossip").empty());
  CHECK(observe(heard("b@h", 6)) == "peer_seen");
  CHECK(table.find("b@h")->current.instance == 6);
}

TEST_CASE_FIXTURE(fixture, "peer_table: a goodbye of another life ends nothing") {
  observe(heard("b@h", 5));
  CHECK(observe(as(kind::left, heard("b@h", 4))).empty());
  CHECK(observe(as(kind::left, heard("b@h", 0))).empty());
  CHECK(observe(as(kind::left, heard("x@h", 4))).empty());
  CHECK(table.find("b@h")->current.instance == 5);
  CHECK(observe(as(kind::gone, heard("b@h", 4))).empty());
  CHECK(table.find("b@h")->sources.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "peer_table: a nameless seed gets its name when it is dialled") {
  auto seed = heard({}, 0, 7);
  seed.seed = true;
  CHECK(observe(seed, "seeds").empty());
  CHECK(last.changed == names{"10.0.0.1:7"});
  CHECK(table.view().known == 0);
  last = table.named("10.0.0.1:7", "b@h", now);
  CHECK(text() == "peer_seen");
  CHECK_FALSE(table.find("10.0.0.1:7"));
  CHECK(table.find("b@h")->seed);
  CHECK(table.endpoints("b@h").size() == 1);
  connect("b@h", 5);
  observe(seed, "seeds"); // The source says it again.
  CHECK(table.entries().size() == 1);
  SUBCASE("another address of the same node") {
    observe(heard({}, 0, 8), "seeds");
    last = table.named("10.0.0.1:8", "b@h", now);
    CHECK(table.endpoints("b@h").size() == 2);
    observe(as(kind::gone, heard({}, 0, 7)), "seeds");
    CHECK(table.endpoints("b@h") == std::vector<dist::endpoint>{{"10.0.0.1", 8}});
  }
  SUBCASE("after the connection anybody may be there") {
    disconnect("b@h");
    observe(seed, "seeds");
    CHECK(table.find("10.0.0.1:7"));
  }
}

TEST_CASE_FIXTURE(fixture, "peer_table: an address that is this node's own is forgotten") {
  observe(heard({}, 0, 7), "seeds");
  last = table.named("10.0.0.1:7", "me@h", now);
  CHECK(last.changed == names{"10.0.0.1:7"});
  observe(heard({}, 0, 7), "seeds");
  CHECK(table.entries().empty());
  observe(as(kind::gone, heard({}, 0, 7)), "seeds");
  observe(heard({}, 0, 7), "seeds");
  CHECK(table.entries().size() == 1);
  observation none;
  observe(none);
  observe(as(kind::gone, none));
  CHECK(table.entries().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "peer_table: nodes that know the same have the same digest") {
  peer_table other{"b@h", 2, 1000};
  peer_table hidden{"c@h", 3, 1000, true};
  CHECK(table.view().digest != other.view().digest);
  observe(heard("b@h", 2));
  static_cast<void>(other.observe("multicast", heard("me@h", 1), now));
  CHECK(table.view().digest == other.view().digest);
  auto before = table.view().digest;
  auto c = heard("c@h", 3);
  c.hidden = true;
  observe(c);
  CHECK(table.view().digest == before);
  observe(heard("d@h", 4));
  CHECK(table.view().digest != before);
  observe(as(kind::left, heard("d@h", 4)));
  CHECK(table.view().digest == before);
  CHECK(table.view().known == 2);
  static_cast<void>(hidden.observe("multicast", heard("me@h", 1), now));
  static_cast<void>(hidden.observe("multicast", heard("b@h", 2), now));
  CHECK(hidden.view().digest == before);
}

TEST_CASE_FIXTURE(fixture, "peer_table: in a full table who was not heard for longest makes room") {
  observe(heard("listed@h"), "seeds");
  for (size_t i = 1; i < bounds::peers_max; ++i) {
    now += 1ms;
    observe(heard("n" + std::to_string(i) + "@h", 5));
  }
  connect("n1@h", 5);
  CHECK(table.view().known == bounds::peers_max);
  CHECK(observe(heard("late@h", 5)) == "expired peer_seen");
  CHECK(last.events[0].node == atom{"n2@h"});
  CHECK(table.find("n1@h"));
  CHECK(table.find("listed@h"));
  CHECK(table.view().known == bounds::peers_max);
  for (auto i = table.entries().begin(); i != table.entries().end(); ++i)
    connect(i->first, 5);
  CHECK(observe(heard("latest@h", 5)).empty());
  CHECK_FALSE(table.find("latest@h"));
}

TEST_CASE_FIXTURE(fixture, "peer_table: only what connects or speaks is known first-hand") {
  observe(heard("listed@h"), "seeds");
  CHECK_FALSE(table.find("listed@h")->first_hand());
  auto told = heard("told@h", 5);
  told.fresh = false;
  CHECK(observe(told, "gossip") == "peer_seen");
  CHECK(last.wanted == names{"told@h"});
  CHECK_FALSE(table.find("told@h")->first_hand());
  observe(heard("told@h", 5));
  CHECK(table.find("told@h")->first_hand());
  connect("listed@h", 3);
  CHECK(table.find("listed@h")->first_hand());
  connect("told@h", 5);
  disconnect("told@h");
  CHECK_FALSE(table.find("told@h")->first_hand());
}
