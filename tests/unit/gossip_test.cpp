#include "troupe/discovery/gossip.hpp"

#include "troupe/discovery/internal/mix.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::cluster_view;
using discovery::gossip;
using discovery::observation;
using discovery::told_peer;

namespace {

told_peer peer(const std::string& name, uint64_t instance = 5) {
  return {name, instance, instance, 1, {"10.0.0.1"}, {9100}};
}

/// Nodes that know sets of names; links deliver at once, in order.
struct net {
  struct node {
    std::string name;
    std::map<std::string, uint64_t> knows; ///< Itself included.
    std::unique_ptr<gossip> talk;
    std::vector<observation> seen;
  };
  struct letter {
    std::string from;
    gossip::outgoing what;
  };

  explicit net(size_t size) {
    for (size_t i = 0; i < size; ++i) {
      auto name = "n" + std::to_string(i) + "@h";
      auto& x = nodes[name];
      x.name = name;
      x.knows[name] = 5;
      x.talk = std::make_unique<gossip>([&x] { return list(x); }, [this] { return numbers(); });
      view(x);
    }
  }

  static std::vector<told_peer> list(const node& x) {
    std::vector<told_peer> result;
    for (auto& [name, instance] : x.knows)
      result.push_back(peer(name, instance));
    return result;
  }
  node& at(size_t i) { return nodes.at("n" + std::to_string(i) + "@h"); }
  void view(node& x) {
    uint64_t digest = 0;
    for (auto& [name, instance] : x.knows)
      digest ^= discovery::internal::life_mark(name, instance);
    auto known = static_cast<uint32_t>(x.knows.size() - 1);
    cluster_view v;
    v.known = known;
    v.linked = known;
    v.digest = digest;
    x.talk->view(v, now);
  }
  void learn(node& x, const std::string& name, uint64_t instance = 5) {
    x.knows[name] = instance;
    view(x);
  }
  void send(node& x, std::vector<gossip::outgoing> what) {
    for (auto& y : what)
      post.push_back({x.name, std::move(y)});
  }
  void link(node& x, node& y) {
    send(x, x.talk->connected(y.name, now));
    send(y, y.talk->connected(x.name, now));
  }
  /// Delivers what is under way and does what is due.
  void settle() {
    for (;;) {
      if (post.empty())
        for (auto& [name, x] : nodes)
          if (x.talk->next() <= now)
            send(x, x.talk->due(now));
      if (post.empty())
        return;
      auto next = std::move(post.front());
      post.pop_front();
      ++letters;
      lists += next.what.what.peers.empty() ? 0 : 1;
      REQUIRE(letters < 100'000);
      auto& to = nodes.at(next.what.to);
      auto [answers, seen] = to.talk->receive(next.from, next.what.what, now);
      for (auto& y : seen) {
        to.knows[y.name] = y.instance;
        to.seen.push_back(y);
      }
      view(to);
      send(to, std::move(answers));
    }
  }
  void run(clock::duration time) {
    for (auto end = now + time; now < end; now += 10ms)
      settle();
  }
  bool all_know(size_t count) const {
    return std::all_of(nodes.begin(), nodes.end(),
                       [&](auto& x) { return x.second.knows.size() == count; });
  }

  std::mt19937_64 numbers{3};
  clock::time_point now = clock::time_point{} + 1h;
  std::map<std::string, node> nodes;
  std::deque<letter> post;
  size_t letters = 0;
  size_t lists = 0;
};

} // namespace

TEST_CASE("gossip: two nodes tell each other what they know in two lists") {
  net n{2};
  for (int i = 0; i < 20; ++i) {
    n.learn(n.at(0), "a" + std::to_string(i) + "@h");
    n.learn(n.at(1), "b" + std::to_string(i) + "@h");
  }
  n.link(n.at(0), n.at(1));
  n.settle();
  CHECK(n.all_know(42));
  CHECK(n.letters == 4); // A digest and a list each way.
  auto& x = n.at(0).seen.front();
  CHECK(x.what == observation::kind::seen);
  CHECK_FALSE(x.fresh);
  CHECK(x.lifetime == gossip::told_lifetime);
  CHECK(x.endpoints == std::vector<dist::endpoint>{{"10.0.0.1", 9100}});
  n.run(60s);
  CHECK(n.lists == 2); // Those who know the same only compare digests.
  CHECK(n.letters < 80);
}

TEST_CASE("gossip: nodes whose digests are equal at once send no list") {
  net n{2};
  n.learn(n.at(0), "n1@h");
  n.learn(n.at(1), "n0@h");
  n.link(n.at(0), n.at(1));
  n.run(10s);
  CHECK(n.lists == 0);
  CHECK(n.all_know(2));
}

TEST_CASE("gossip: news reaches all in a moment, is passed on once by each, and dies out") {
  net n{30};
  for (size_t i = 0; i < 30; ++i)
    for (size_t j = 0; j < 30; ++j)
      n.learn(n.at(i), n.at(j).name);
  for (size_t i = 0; i < 30; ++i)
    for (size_t j = 0; j < i; ++j) {
      // As if each had told the other before.
      n.link(n.at(i), n.at(j));
      for (auto [a, b] : {std::pair{i, j}, {j, i}})
        static_cast<void>(
          n.at(a).talk->receive(n.at(b).name, {0, 0, false, net::list(n.at(b))}, n.now));
    }
  n.run(5s);
  n.lists = 0;
  n.learn(n.at(0), "new@h");
  n.at(0).talk->news(peer("new@h"), n.now);
  n.run(1s);
  auto know = std::count_if(n.nodes.begin(), n.nodes.end(),
                            [](auto& x) { return x.second.knows.contains("new@h"); });
  CHECK(know >= 27); // With four letters each about 2 % are missed, and found by digests.
  n.run(5s);
  CHECK(n.all_know(31));
  CHECK(n.lists <= 30 * 4 + 20);
  n.lists = 0;
  n.run(20s);
  CHECK(n.lists == 0);
}

TEST_CASE("gossip: what digests find is repaired along a chain") {
  net n{6};
  for (size_t i = 0; i + 1 < 6; ++i)
    n.link(n.at(i), n.at(i + 1));
  n.learn(n.at(0), "far@h");
  n.run(20s);
  CHECK(n.all_know(7));
}

TEST_CASE("gossip: lists go to one node in half a second, whoever asks") {
  net n{30};
  auto& busy = n.at(0);
  for (int i = 0; i < 10; ++i)
    n.learn(busy, "a" + std::to_string(i) + "@h");
  for (size_t i = 1; i < 30; ++i)
    static_cast<void>(busy.talk->connected(n.at(i).name, n.now));
  size_t lists = 0;
  auto end = n.now + 2s;
  for (; n.now < end; n.now += 50ms) {
    for (size_t i = 1; i < 30; ++i)
      lists += busy.talk->receive(n.at(i).name, {77, 3, true, {}}, n.now).first.size();
    for (auto& x : busy.talk->due(n.now))
      lists += x.what.peers.empty() ? 0 : 1;
  }
  CHECK(lists == 4);
  // Those that wait are not answered long after.
  lists = 0;
  for (end = n.now + 10s; n.now < end; n.now += 50ms)
    for (auto& x : busy.talk->due(n.now))
      lists += x.what.peers.empty() ? 0 : 1;
  CHECK(lists <= 4);
}

TEST_CASE("gossip: a difference that lists cannot repair costs little") {
  net n{2};
  n.learn(n.at(0), "n1@h");
  n.learn(n.at(1), "n0@h", 6); // A conflict: each keeps its opinion.
  auto& a = *n.at(0).talk;
  auto& b = *n.at(1).talk;
  static_cast<void>(a.connected("n1@h", n.now));
  static_cast<void>(b.connected("n0@h", n.now));
  size_t lists = 0;
  size_t letters = 0;
  for (auto end = n.now + 600s; n.now < end; n.now += 10ms)
    for (auto [from, to] : {std::pair{0, 1}, {1, 0}}) {
      auto post = n.at(from).talk->due(n.now);
      for (size_t i = 0; i < post.size(); ++i) {
        ++letters;
        lists += post[i].what.peers.empty() ? 0 : 1;
        auto [answers, seen] = n.at(to).talk->receive(n.at(from).name, post[i].what, n.now);
        for (auto& x : answers)
          n.post.push_back({n.at(to).name, x});
      }
      while (!n.post.empty()) {
        auto x = std::move(n.post.front());
        n.post.pop_front();
        ++letters;
        lists += x.what.what.peers.empty() ? 0 : 1;
        auto [answers, seen] = n.nodes.at(x.what.to).talk->receive(x.from, x.what.what, n.now);
        CHECK(answers.empty());
      }
    }
  CHECK(lists < 130);
  CHECK(letters < 250);
}

TEST_CASE("gossip: who has a peer that is not connected asks others for it now and then") {
  net n{2};
  auto& a = n.at(0);
  static_cast<void>(a.talk->connected("n1@h", n.now));
  cluster_view v;
  v.known = 2;
  v.linked = 1;
  v.digest = 9;
  a.talk->view(v, n.now);
  size_t wishes = 0;
  for (auto end = n.now + 60s; n.now < end; n.now += 50ms)
    for (auto& x : a.talk->due(n.now))
      wishes += x.what.digest == 0 && x.what.wants ? 1 : 0;
  CHECK(wishes >= 3);
  CHECK(wishes <= 6);
  // Told again, it holds again.
  CHECK(a.talk->receive("n1@h", {9, 2, false, {peer("x@h")}}, n.now).second.size() == 1);
  n.now += 1s;
  CHECK(a.talk->receive("n1@h", {9, 2, false, {peer("x@h")}}, n.now).second.empty());
  n.now += gossip::told_lifetime / 3;
  CHECK(a.talk->receive("n1@h", {9, 2, false, {peer("x@h")}}, n.now).second.size() == 1);
}

TEST_CASE(
  "gossip: who misses others asks whoever comes up for his list, though both know the same") {
  net n{2};
  auto& a = n.at(0);
  auto& b = n.at(1);
  for (auto* x : {&a, &b}) {
    n.learn(*x, "n0@h");
    n.learn(*x, "n1@h");
    n.learn(*x, "lost@h");
  }
  cluster_view v;
  v.known = 2;
  v.digest = 9;
  a.talk->view(v, n.now);
  b.talk->view(v, n.now);
  auto asked = a.talk->connected("n1@h", n.now);
  static_cast<void>(b.talk->connected("n0@h", n.now));
  REQUIRE(asked.size() == 1);
  auto answers = b.talk->receive("n0@h", asked[0].what, n.now).first;
  REQUIRE(answers.size() == 1);
  auto seen = a.talk->receive("n1@h", answers[0].what, n.now).second;
  CHECK(std::any_of(seen.begin(), seen.end(), [](auto& x) { return x.name == "lost@h"; }));
}
