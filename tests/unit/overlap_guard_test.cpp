#include "troupe/actors/internal/overlap_guard.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;
using namespace std::chrono_literals;

namespace {

const atom a{"a@x"}, b{"b@x"}, c{"c@x"};
const clock::time_point start{};
constexpr auto later = overlap_guard::grace;

/// Node c, which knows a and then b, both of creation 7.
struct third {
  overlap_guard guard{c, 7};

  third() {
    guard.met(a, 7);
    guard.met(b, 7);
  }

  std::vector<atom> victims(clock::time_point at = start + later) {
    std::vector<atom> result;
    for (auto& x : guard.due(at))
      result.push_back(x.victim);
    return result;
  }
};

lost_connection word(atom from, atom lost, int64_t number = 1) {
  return {from, 7, number, lost, 7, false};
}

lost_connection failed(atom from, atom lost) {
  return {from, 7, 1, lost, 0, true};
}

} // namespace

TEST_CASE("overlap_guard: who lost a peer tells it, once, unless that was wanted") {
  overlap_guard g{a, 3};
  CHECK_FALSE(g.met(b, 7));
  auto x = g.lost(b);
  REQUIRE(x);
  CHECK(*x == lost_connection{a, 3, 1, b, 7, false});
  CHECK(g.met(b, 8)); // others have to know
  g.expect_end(b);
  CHECK_FALSE(g.lost(b));
  CHECK_FALSE(g.met(b, 8));
  CHECK(g.lost(b)->number == 2);
}

TEST_CASE("overlap_guard: that a peer lost this node counts no more when they have met again") {
  third x; // c
  CHECK(x.guard.lost(b));
  x.guard.heard(word(b, c), start); // from a
  CHECK(x.guard.met(b, 7));
  CHECK(x.victims().empty());
  x.guard.heard(word(b, c, 2), start); // as long as b looks connected it does count
  CHECK(x.victims() == std::vector<atom>{b});
}

TEST_CASE("overlap_guard: a node that is lost before it was met could not be connected") {
  overlap_guard g{a, 3};
  auto x = g.lost(b);
  REQUIRE(x);
  CHECK(*x == lost_connection{a, 3, 1, b, 0, true});
  CHECK(g.met(b, 7)); // others have to know
}

TEST_CASE("overlap_guard: who is connected with a lost node cuts it, after a while (MESH-05)") {
  third c;
  c.guard.heard(word(a, b), start);
  CHECK(c.guard.next() == start + later);
  CHECK(c.victims(start + later - 1ms).empty());
  CHECK(c.victims() == std::vector{b});
  CHECK(c.guard.next() == clock::time_point::max());
  c.guard.heard(word(b, a), start);
  CHECK(c.victims() == std::vector{a}); // the other side says it, too
  c.guard.heard(word(a, b), start);     // as passed on by others
  CHECK(c.victims().empty());
  CHECK_FALSE(c.guard.lost(b)); // it was wanted
}

TEST_CASE("overlap_guard: a node that died is cut by nobody (MESH-07)") {
  third c;
  c.guard.heard(word(a, b), start);
  SUBCASE("it is gone here, too") {
    CHECK(c.guard.lost(b));
  }
  SUBCASE("it lives again") {
    CHECK(c.guard.lost(b));
    c.guard.met(b, 8);
  }
  SUBCASE("the two have met again") {
    c.guard.regained(a, b);
  }
  SUBCASE("the other one says so") {
    c.guard.regained(b, a);
  }
  CHECK(c.victims().empty());
}

TEST_CASE("overlap_guard: who is said to be lost himself cuts who says so") {
  third x;
  x.guard.heard(word(a, c), start);
  CHECK(x.victims() == std::vector{a});
}

TEST_CASE("overlap_guard: of two that cannot connect the newcomer goes (MESH-09)") {
  third c;
  SUBCASE("the older one says so") {
    c.guard.heard(failed(a, b), start);
  }
  SUBCASE("the newcomer says so") {
    c.guard.heard(failed(b, a), start);
  }
  SUBCASE("both do") {
    c.guard.heard(failed(b, a), start);
    c.guard.heard(failed(a, b), start);
  }
  CHECK(c.victims() == std::vector{b});
}

TEST_CASE("overlap_guard: who cannot be connected and is known to nobody else is no matter") {
  third x;
  x.guard.heard(failed(a, atom{"d@x"}), start);
  x.guard.heard(failed(atom{"d@x"}, b), start);
  x.guard.heard(failed(a, c), start); // it is connected with us
  CHECK(x.victims().empty());
  CHECK_FALSE(x.guard.unreachable(a)); // we are connected by now
  auto said = x.guard.unreachable(atom{"d@x"});
  REQUIRE(said);
  CHECK(said->failed);
  CHECK(x.guard.met(atom{"d@x"}, 1));
}

TEST_CASE("overlap_guard: a later word of the same node counts anew, of an earlier life too") {
  third c;
  c.guard.heard(word(a, b, 5), start);
  CHECK(c.victims() == std::vector{b});
  CHECK(c.guard.knows(b));
  static_cast<void>(c.guard.lost(b));
  c.guard.met(b, 7);
  c.guard.heard(word(a, b, 4), start);
  CHECK(c.victims().empty());
  c.guard.heard(word(a, b, 6), start);
  CHECK(c.victims() == std::vector{b});
  CHECK(c.guard.knows(b));
  static_cast<void>(c.guard.lost(b));
  c.guard.met(b, 7);
  auto reborn = word(a, b, 1);
  reborn.creation = 9;
  c.guard.heard(reborn, start);
  CHECK(c.victims() == std::vector{b});
}

TEST_CASE("overlap_guard: what it remembers is bounded") {
  third c;
  for (size_t i = 0; i < 2 * overlap_guard::memory_max; ++i)
    c.guard.heard(word(atom{"n" + std::to_string(i) + "@x"}, b), start);
  CHECK(c.victims() == std::vector{b});
  CHECK(c.guard.next() == clock::time_point::max());
}

TEST_CASE("overlap_guard: a loss has a term form, and what a peer sends is checked") {
  auto x = word(a, b, 5);
  CHECK(lost_connection_of(to_term(x)) == x);
  CHECK(lost_connection_of(to_term(failed(a, b))) == failed(a, b));
  CHECK_FALSE(lost_connection_of(to_term(word(a, a))));
  CHECK_FALSE(lost_connection_of(atom{"lost_connection"}));
  auto good = to_term(x);
  std::vector<term> bad(good.as_tuple().begin(), good.as_tuple().end());
  bad[2] = -1;
  CHECK_FALSE(lost_connection_of(term::tuple(bad)));
  bad[2] = 7;
  bad[4] = "b@x";
  CHECK_FALSE(lost_connection_of(term::tuple(bad)));
}
