#include "troupe/actors/internal/group_table.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

using namespace troupe;
using actors::internal::group_subscriptions;
using actors::internal::group_table;
using kind = group_table::event::kind;
using events = group_table::events;
using pids = std::vector<pid>;

namespace {

pid at(const char* node, uint64_t id, uint32_t creation = 5) {
  return {atom{node}, creation, id};
}

const pid a1 = at("a@mem", 1);
const pid a2 = at("a@mem", 2);
const pid peer_b = at("b@mem", 100);
const pid b1 = at("b@mem", 1);
const pid b2 = at("b@mem", 2);
const pid peer_c = at("c@mem", 100);
const pid c1 = at("c@mem", 1);
const term g{"g"};
const term h{"h"};

} // namespace

TEST_CASE("group_table: a process is a member as often as it joined and not left (PG-01)") {
  group_table t;
  CHECK(t.join(g, {a1}) == events{{kind::join, g, {a1}}});
  CHECK(t.join(g, {a1}) == events{{kind::join, g, {a1}}});
  CHECK(t.members(g) == pids{a1, a1});
  CHECK(t.leave(g, {a1}) == events{{kind::leave, g, {a1}}});
  CHECK(t.members(g) == pids{a1});
  CHECK(t.is_local_member(a1));
  CHECK(t.leave(h, {a1}).empty());
  CHECK(t.leave(g, {a2}).empty());
  CHECK(t.leave(g, {a1}) == events{{kind::leave, g, {a1}}});
  CHECK(t.leave(g, {a1}).empty());
  CHECK_FALSE(t.is_local_member(a1));
  CHECK(t.all().empty());
}

TEST_CASE("group_table: lists join in their order, the newest first, and leave where they can") {
  group_table t;
  t.join(g, {a1});
  CHECK(t.join(g, {a1, a2, a1}) == events{{kind::join, g, {a1, a2, a1}}});
  CHECK(t.members(g) == pids{a1, a2, a1, a1});
  CHECK(t.leave(g, {a2, b1, a2, a1}) == events{{kind::leave, g, {a2, a1}}});
  CHECK(t.members(g) == pids{a1, a1});
  CHECK(t.join(h, {}).empty());
  CHECK(t.leave(g, {}).empty());
  CHECK(t.all() == group_table::listing{{g, {a1, a1}}});
}

TEST_CASE("group_table: an unknown group has no members, and 1 is not 1.0 (PG-09)") {
  group_table t;
  CHECK(t.members(g).empty());
  CHECK(t.local_members(g).empty());
  t.join(1, {a1});
  t.join(1.0, {a2});
  t.join(term::tuple({g, term{}}), {a1});
  CHECK(t.members(1) == pids{a1});
  CHECK(t.members(1.0) == pids{a2});
  CHECK(t.all().size() == 3);
}

TEST_CASE("group_table: the end of a process ends its memberships one by one (PG-05)") {
  group_table t;
  t.join(g, {a1});
  t.join(h, {a1, a2});
  t.join(g, {a1});
  CHECK(t.gone(a1)
        == events{{kind::leave, g, {a1}}, {kind::leave, h, {a1}}, {kind::leave, g, {a1}}});
  CHECK(t.gone(a1).empty());
  CHECK(t.all() == group_table::listing{{h, {a2}}});
}

TEST_CASE("group_table: members of peers count for all, not for this node (PG-04)") {
  group_table t;
  t.join(g, {a1});
  t.add_peer(peer_b);
  CHECK(t.peer_joined(peer_b, g, {b1, b1}) == events{{kind::join, g, {b1, b1}}});
  CHECK(t.peer_joined(peer_b, h, {b2}) == events{{kind::join, h, {b2}}});
  CHECK(t.members(g) == pids{b1, b1, a1});
  CHECK(t.local_members(g) == pids{a1});
  CHECK(t.all_local() == group_table::listing{{g, {a1}}});
  CHECK(t.leave(g, {b1}).empty());
  CHECK(t.peer_left(peer_b, {b1, b2}, {g, h})
        == events{{kind::leave, g, {b1}}, {kind::leave, h, {b2}}});
  CHECK(t.members(g) == pids{b1, a1});
  CHECK(t.members(h).empty());
}

TEST_CASE("group_table: what strangers say, and what peers say of others, does not count") {
  group_table t;
  t.add_peer(peer_b);
  CHECK(t.peer_joined(peer_c, g, {c1}).empty());
  CHECK(t.peer_has(peer_c, {{g, {c1}}}).empty());
  CHECK(t.peer_left(peer_c, {c1}, {g}).empty());
  CHECK(t.peer_gone(peer_c).empty());
  CHECK(t.peer_joined(peer_b, g, {c1}).empty());
  CHECK(t.peer_joined(peer_b, g, {at("b@mem", 1, 6)}).empty());
  t.join(g, {a1});
  CHECK(t.peer_left(peer_b, {a1}, {g}).empty());
  CHECK(t.members(g) == pids{a1});
}

TEST_CASE("group_table: a sync tells of the difference only") {
  group_table t;
  t.add_peer(peer_b);
  CHECK(t.peer_has(peer_b, {{g, {b1, b2}}, {h, {b1}}})
        == events{{kind::join, g, {b1, b2}}, {kind::join, h, {b1}}});
  CHECK(t.peer_has(peer_b, {{g, {b1, b2}}, {h, {b1}}}).empty());
  CHECK(t.peer_has(peer_b, {{g, {b2, b2}}, {1, {b1}}})
        == events{{kind::leave, g, {b1}},
                  {kind::leave, h, {b1}},
                  {kind::join, 1, {b1}},
                  {kind::join, g, {b2}}});
  CHECK(t.members(g) == pids{b2, b2});
  CHECK(t.peer_has(peer_b, {}) == events{{kind::leave, 1, {b1}}, {kind::leave, g, {b2, b2}}});
  CHECK(t.knows(peer_b));
  CHECK(t.all().empty());
}

TEST_CASE("group_table: a lost peer takes its members along, once per group (PG-06)") {
  group_table t;
  t.join(g, {a1});
  t.add_peer(peer_b);
  t.add_peer(peer_c);
  t.peer_joined(peer_b, g, {b1});
  t.peer_joined(peer_b, h, {b1});
  t.peer_joined(peer_c, g, {c1});
  t.peer_joined(peer_b, g, {b2});
  CHECK(t.peer_gone(peer_b) == events{{kind::leave, g, {b2, b1}}, {kind::leave, h, {b1}}});
  CHECK(t.members(g) == pids{c1, a1});
  CHECK(t.peers() == pids{peer_c});
  CHECK(t.peer_joined(peer_b, g, {b1}).empty());
}

TEST_CASE("group_table: after any changes the events add up to the members") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto some = [&](const char* node) {
      pids result;
      for (auto n = random() % 4; n > 0; --n)
        result.push_back(at(node, 1 + random() % 4));
      return result;
    };
    group_table t;
    std::map<int64_t, std::multiset<pid>> seen;
    for (int i = 0; i < 300; ++i) {
      events happened;
      term group{static_cast<int64_t>(random() % 3)};
      t.add_peer(peer_b);
      switch (random() % 7) {
        case 0: happened = t.join(group, some("a@mem")); break;
        case 1: happened = t.leave(group, some("a@mem")); break;
        case 2: happened = t.gone(at("a@mem", 1 + random() % 4)); break;
        case 3: happened = t.peer_joined(peer_b, group, some("b@mem")); break;
        case 4: happened = t.peer_left(peer_b, some("b@mem"), {group}); break;
        case 5: happened = t.peer_has(peer_b, {{group, some("b@mem")}}); break;
        case 6: happened = t.peer_gone(peer_b); break;
      }
      for (auto& x : happened)
        for (auto& who : x.who) {
          auto& members = seen[x.group.as_integer()];
          if (x.type == kind::join)
            members.insert(who);
          else
            members.erase(members.find(who));
        }
      std::erase_if(seen, [](auto& x) { return x.second.empty(); });
      REQUIRE(t.all().size() == seen.size());
      for (auto& [key, members] : seen) {
        auto now = t.members(key);
        CHECK(std::multiset<pid>(now.begin(), now.end()) == members);
      }
    }
  }
}

TEST_CASE("group_table: changes go to those of all groups, then to those of the group") {
  group_subscriptions s;
  auto ref = [](uint64_t id) { return reference{atom{"a@mem"}, 5, id}; };
  using list = std::vector<group_subscriptions::subscriber>;
  s.add_group(ref(1), a1, g);
  s.add_scope(ref(2), a2);
  s.add_group(ref(3), a1, g);
  s.add_group(ref(4), a1, h);
  CHECK(s.of(g) == list{{ref(2), a2}, {ref(3), a1}, {ref(1), a1}});
  CHECK(s.of(h) == list{{ref(2), a2}, {ref(4), a1}});
  CHECK(s.of(1) == list{{ref(2), a2}});
  for (uint64_t id : {1, 2, 3, 4}) {
    CHECK(s.remove(ref(id)));
    CHECK_FALSE(s.remove(ref(id)));
  }
  CHECK(s.of(g).empty());
}
