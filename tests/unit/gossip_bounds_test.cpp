#include "troupe/discovery/gossip.hpp"

#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/peer_table.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::discovery_gossip;
using discovery::gossip;
using discovery::observation;
using discovery::told_peer;
namespace bounds = discovery::limits;

namespace {

told_peer peer(const std::string& name, uint64_t instance = 5) {
  return {name, instance, instance, 1, {"10.0.0.1"}, {9100}};
}

struct fixture {
  std::mt19937_64 numbers{3};
  std::vector<told_peer> known;
  gossip talk{[this] { return known; }, [this] { return numbers(); }};
  clock::time_point now = clock::time_point{} + 1h;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "gossip: what is not well-formed is left out") {
  auto observed = [&](const told_peer& x) {
    return talk.receive("n1@h", {1, 1, false, {peer("good@h"), x}}, now).second;
  };
  CHECK(observed(peer("good@h")).size() == 1);
  CHECK(observed(peer("")).empty());
  CHECK(observed(peer("nohost")).empty());
  CHECK(observed(peer("a b@h")).empty());
  CHECK(observed(peer(std::string(300, 'a') + "@h")).empty());
  CHECK(observed(peer("zero@h", 0)).empty());
  auto x = peer("x@h");
  SUBCASE("fewer ports than hosts") {
    x.hosts.push_back("10.0.0.2");
  }
  SUBCASE("no port") {
    x.ports[0] = 0;
  }
  SUBCASE("no host") {
    x.hosts[0] = "";
  }
  SUBCASE("a host that is none") {
    x.hosts[0] = "10.0.0.1\n{}";
  }
  SUBCASE("a long host") {
    x.hosts[0] = std::string(254, 'a');
  }
  SUBCASE("too many addresses") {
    x.hosts.resize(bounds::endpoints_max + 1, "10.0.0.1");
    x.ports.resize(bounds::endpoints_max + 1, 1);
  }
  CHECK(observed(x).empty());
}

TEST_CASE_FIXTURE(fixture, "gossip: no more peers are read or sent than a node may know") {
  for (size_t i = 0; i < bounds::peers_max + 10; ++i)
    known.push_back(peer("p" + std::to_string(i) + "@h"));
  static_cast<void>(talk.connected("n1@h", now));
  auto answers = talk.receive("n1@h", {1, 1, true, {}}, now).first;
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].what.peers.size() == bounds::peers_max);
  discovery_gossip many{1, 1, false, known};
  CHECK(talk.receive("n1@h", many, now).second.size() == bounds::peers_max);
}

TEST_CASE_FIXTURE(fixture, "gossip: of many new connections only a few are asked for their lists") {
  size_t asked = 0;
  for (int i = 0; i < 100; ++i)
    asked += talk.connected("p" + std::to_string(i) + "@h", now).size();
  CHECK(asked == 2);
}

TEST_CASE_FIXTURE(fixture, "gossip: a newcomer does not pass on what all others know") {
  static_cast<void>(talk.connected("n1@h", now));
  discovery_gossip all{9, 100, false, {}};
  for (int i = 0; i < 100; ++i)
    all.peers.push_back(peer("p" + std::to_string(i) + "@h"));
  CHECK(talk.receive("n1@h", all, now).second.size() == 100);
  for (auto end = now + 1s; now < end; now += 10ms)
    for (auto& x : talk.due(now))
      CHECK(x.what.peers.empty());
}

TEST_CASE_FIXTURE(fixture, "gossip: a node without connections is silent") {
  talk.view({1, 0, 7}, now);
  talk.news(peer("a@h"), now);
  static_cast<void>(talk.connected("n1@h", now));
  CHECK(talk.next() < now + 2s);
  talk.disconnected("n1@h");
  for (auto end = now + 10s; now < end; now += 100ms)
    for (auto& x : talk.due(now))
      FAIL("a letter to " << x.to);
}

TEST_CASE_FIXTURE(fixture, "gossip: who is not connected gets no answer, but is read") {
  auto [answers, seen] = talk.receive("n1@h", {1, 1, true, {peer("x@h")}}, now);
  CHECK(answers.empty());
  CHECK(seen.size() == 1);
  CHECK(talk.next() == clock::time_point::max());
  talk.disconnected("n1@h");
  static_cast<void>(talk.connected("n1@h", now));
  static_cast<void>(talk.connected("n1@h", now)); // Twice is once.
  talk.disconnected("n1@h");
  CHECK(talk.next() == clock::time_point::max());
}

TEST_CASE("gossip: only what is known first-hand, with an address, is told") {
  discovery::peer_table table{"me@h", 1, 1};
  auto now = clock::time_point{} + 1h;
  observation x;
  x.name = "b@h";
  x.instance = 5;
  x.incarnation = 6;
  x.creation = 7;
  x.endpoints = {{"10.0.0.1", 9100}, {"fd00::1", 9101}};
  x.lifetime = 60s;
  static_cast<void>(table.observe("peers", x, now));
  CHECK_FALSE(tell_of(*table.find("b@h")));
  x.fresh = true;
  static_cast<void>(table.observe("multicast", x, now));
  auto told = tell_of(*table.find("b@h"));
  REQUIRE(told);
  CHECK(told->name == "b@h");
  CHECK(told->instance == 5);
  CHECK(told->incarnation == 6);
  CHECK(told->creation == 7);
  CHECK(told->hosts == std::vector<std::string>{"10.0.0.1", "fd00::1"});
  CHECK(told->ports == std::vector<uint16_t>{9100, 9101});
  x.hidden = true;
  static_cast<void>(table.observe("multicast", x, now));
  CHECK_FALSE(tell_of(*table.find("b@h")));
  static_cast<void>(table.connected("c@h", 3, false, now));
  CHECK_FALSE(tell_of(*table.find("c@h"))); // Neither its life nor an address is known.
}
