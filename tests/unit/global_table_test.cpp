#include "troupe/actors/internal/global_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace troupe;
using namespace troupe::actors::internal;

namespace {

const atom a{"a@x"}, b{"b@x"}, c{"c@x"};
const term method = term::tuple({atom{"global"}, atom{"random_exit_name"}});

pid process_of(atom node, uint64_t id) {
  return {node, 5, id};
}

global_entry entry(const term& name, const pid& holder) {
  return {name, {holder, method}};
}

pid holder(const global_table& t, const term& name) {
  auto x = t.find(name);
  return x ? x->claim.holder : pid{};
}

} // namespace

TEST_CASE("global_table: an own entry is found until it is erased or its holder ends (G-03)") {
  global_table t{a};
  auto p = process_of(a, 1), q = process_of(b, 2);
  CHECK_FALSE(t.insert(entry(atom{"n"}, p)));
  CHECK_FALSE(t.insert(entry(term::tuple({1, "x"}), p)));
  CHECK(t.insert(entry(atom{"n"}, q))->holder == p);
  CHECK(holder(t, atom{"n"}) == q);
  CHECK(t.names_of(p) == std::vector<term>{term::tuple({1, "x"})});
  CHECK(t.is_own_holder(p));
  CHECK_FALSE(t.erase(atom{"n"}, p)); // another holder
  CHECK(t.erase(atom{"n"}) == q);
  CHECK_FALSE(t.is_own_holder(q));
  CHECK(t.holder_gone(p) == std::vector<term>{term::tuple({1, "x"})});
  CHECK(t.size() == 0);
  CHECK(t.names_of(p).empty());
}

TEST_CASE("global_table: names are any terms, told apart as keys of maps are (G-14)") {
  global_table t{a};
  t.insert(entry(1, process_of(a, 1)));
  CHECK_FALSE(t.find(1.0));
  t.insert(entry(1.0, process_of(a, 2)));
  CHECK(holder(t, 1) == process_of(a, 1));
  CHECK(t.names().size() == 2);
}

TEST_CASE("global_table: a peer's entries come and go with it (G-02, G-21)") {
  global_table t{b};
  t.insert(entry(atom{"own"}, process_of(b, 1)));
  t.peer_has(a, {entry(atom{"x"}, process_of(a, 1)), entry(atom{"y"}, process_of(c, 2))});
  t.peer_added(c, entry(atom{"z"}, process_of(c, 3)));
  CHECK(t.names().size() == 4);
  t.peer_has(a, {entry(atom{"y"}, process_of(c, 2))}); // all that it has now
  CHECK_FALSE(t.find(atom{"x"}));
  t.peer_removed(a, atom{"y"}, process_of(a, 1)); // of another holder, long ago
  CHECK(t.find(atom{"y"}));
  t.peer_removed(a, atom{"y"}, process_of(c, 2));
  CHECK_FALSE(t.find(atom{"y"}));
  t.peer_gone(c);
  CHECK(t.names() == std::vector<term>{atom{"own"}});
  t.peer_gone(b); // nobody is its own peer
  t.peer_added(b, entry(atom{"own"}, process_of(b, 9)));
  CHECK(holder(t, atom{"own"}) == process_of(b, 1));
}

TEST_CASE("global_table: of several owners the least counts, and settles the clash") {
  global_table of_a{a}, of_b{b}, of_c{c};
  auto p = process_of(a, 1), q = process_of(b, 2);
  of_a.insert(entry(atom{"n"}, p));
  of_b.insert(entry(atom{"n"}, q));
  CHECK_FALSE(of_a.has_clash());
  of_a.peer_added(b, entry(atom{"n"}, q));
  of_b.peer_added(a, entry(atom{"n"}, p));
  of_c.peer_added(b, entry(atom{"n"}, q));
  of_c.peer_added(a, entry(atom{"n"}, p));
  for (auto* t : {&of_a, &of_b, &of_c})
    CHECK(holder(*t, atom{"n"}) == p);
  CHECK(of_a.clashes() == std::vector<term>{atom{"n"}});
  CHECK_FALSE(of_b.has_clash());
  CHECK_FALSE(of_c.has_clash());
  auto x = of_a.clash_of(atom{"n"});
  REQUIRE(x);
  CHECK(x->own.holder == p);
  CHECK(x->other.holder == q);
  CHECK(x->other_owner == b);
  of_a.peer_gone(b);
  CHECK_FALSE(of_a.clash_of(atom{"n"}));
}

TEST_CASE("global_table: a name that is given anew belongs to its owner alone (G-06)") {
  global_table t{b};
  auto q = process_of(b, 2);
  t.insert(entry(atom{"n"}, q));
  t.peer_added(a, entry(atom{"n"}, process_of(a, 1)));
  CHECK(t.replaced_by(c, atom{"n"}) == q);
  CHECK_FALSE(t.find(atom{"n"}));
  t.peer_added(c, entry(atom{"n"}, process_of(c, 3)));
  CHECK_FALSE(t.replaced_by(c, atom{"n"}));
  CHECK(holder(t, atom{"n"}) == process_of(c, 3));
  CHECK_FALSE(t.replaced_by(c, atom{"other"}));
}
