#include "troupe/actors/internal/name_merge.hpp"

#include "troupe/actors/internal/global_table.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <random>
#include <string>

using namespace troupe;
using namespace troupe::actors::internal;

namespace {

const atom a{"a@x"}, b{"b@x"};
const pid p{a, 5, 1}, q{b, 5, 2};

/// A cluster of tables that tell each other what they own over channels that keep order.
struct model {
  struct news {
    enum class kind : uint8_t { all, added, removed, drop };
    kind type = kind::all;
    global_table::listing entries;
  };

  explicit model(uint64_t seed) : random(seed) {
    for (auto* name : {"a@x", "b@x", "c@x", "d@x"}) {
      nodes.push_back(atom{name});
      tables.emplace(nodes.back(), global_table{nodes.back()});
    }
  }

  size_t below(size_t n) { return random() % n; }
  atom any() { return nodes[below(nodes.size())]; }
  bool joined(atom x, atom y) const { return links.contains({std::min(x, y), std::max(x, y)}); }

  void link(atom x, atom y) {
    if (x == y || !links.insert({std::min(x, y), std::max(x, y)}).second)
      return;
    say(x, y, {news::kind::all, tables.at(x).own()});
    say(y, x, {news::kind::all, tables.at(y).own()});
  }

  void cut(atom x, atom y) {
    if (links.erase({std::min(x, y), std::max(x, y)}) == 0)
      return;
    channels.erase({x, y});
    channels.erase({y, x});
    tables.at(x).peer_gone(y);
    tables.at(y).peer_gone(x);
  }

  void say(atom from, atom to, const news& x) { channels[{from, to}].push_back(x); }

  void tell(atom from, const news& x) {
    for (auto to : nodes)
      if (joined(from, to))
        say(from, to, x);
  }

  void give(atom to) {
    global_entry x{static_cast<int64_t>(below(3)), {pid{to, 5, ++last_id}, term{}}};
    if (tables.at(to).find(x.name))
      return;
    tables.at(to).insert(x);
    tell(to, {news::kind::added, {x}});
  }

  void drop(atom owner, const global_entry& x) {
    if (tables.at(owner).erase(x.name, x.claim.holder))
      tell(owner, {news::kind::removed, {x}});
  }

  /// The node settles its clashes: the one on the lesser node stays.
  void settle(atom who) {
    for (auto& name : tables.at(who).clashes()) {
      auto x = tables.at(who).clash_of(name);
      auto [stays, goes] = min_max(x->own.holder, x->other.holder);
      auto verdict = keeper_of(stays, x->own.holder, x->other.holder);
      CHECK(verdict == keeper::own); // the lesser node decides
      if (joined(who, x->other_owner))
        say(who, x->other_owner, {news::kind::drop, {{name, x->other}}});
    }
  }

  /// Takes one message off a channel; false when all are empty.
  bool deliver() {
    std::vector<std::pair<atom, atom>> full;
    for (auto& [key, queue] : channels)
      if (!queue.empty())
        full.push_back(key);
    if (full.empty())
      return false;
    auto [from, to] = full[below(full.size())];
    auto x = channels.at({from, to}).front();
    channels.at({from, to}).pop_front();
    auto& t = tables.at(to);
    if (x.type == news::kind::all)
      t.peer_has(from, x.entries);
    for (auto& y : x.entries)
      if (x.type == news::kind::added)
        t.peer_added(from, y);
      else if (x.type == news::kind::removed)
        t.peer_removed(from, y.name, y.claim.holder);
      else if (x.type == news::kind::drop)
        drop(to, y);
    return true;
  }

  void step() {
    switch (below(7)) {
      case 0: return link(any(), any());
      case 1: return cut(any(), any());
      case 2: return give(any());
      case 3: return settle(any());
      case 4:
        for (auto& x : tables.at(any()).own())
          return drop(any(), x);
        return;
      default: deliver();
    }
  }

  std::mt19937_64 random;
  std::vector<atom> nodes;
  std::map<atom, global_table> tables;
  std::set<std::pair<atom, atom>> links;
  std::map<std::pair<atom, atom>, std::deque<news>> channels;
  uint64_t last_id = 0;
};

} // namespace

TEST_CASE("name_merge: one of two nodes decides, the same on both") {
  CHECK(decides(a, b));
  CHECK_FALSE(decides(b, a));
  CHECK_FALSE(decides(a, a));
}

TEST_CASE("name_merge: the process on the lesser node is the first, whatever the order (G-09)") {
  CHECK(min_max(p, q) == std::pair{p, q});
  CHECK(min_max(q, p) == std::pair{p, q});
}

TEST_CASE("name_merge: what is neither of the two processes keeps nothing (G-12)") {
  CHECK(keeper_of(p, p, q) == keeper::own);
  CHECK(keeper_of(q, p, q) == keeper::other);
  CHECK(keeper_of(atom{"none"}, p, q) == keeper::nobody);
  CHECK(keeper_of(pid{a, 5, 9}, p, q) == keeper::nobody);
  CHECK(keeper_of(atom{"none"}, p, p) == keeper::own); // no clash at all
}

TEST_CASE("name_merge: any order of events ends in the same names on all connected nodes") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    model m{seed};
    for (auto n = 20 + m.below(150); n > 0; --n)
      m.step();
    for (auto x : m.nodes)
      for (auto y : m.nodes)
        m.link(x, y);
    auto busy = true;
    while (busy) {
      while (m.deliver()) {
      }
      busy = false;
      for (auto x : m.nodes) {
        busy = busy || m.tables.at(x).has_clash();
        m.settle(x);
      }
    }
    auto& first = m.tables.at(m.nodes.front());
    size_t owned = 0;
    for (auto& [node, t] : m.tables) {
      owned += t.own().size();
      CHECK(t.names() == first.names());
      for (auto& name : first.names())
        CHECK(t.find(name)->claim == first.find(name)->claim);
    }
    CHECK(owned == first.size()); // one owner each
  }
}
