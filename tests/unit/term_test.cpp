#include "troupe/term.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace troupe;
using kind = term::kind;

namespace {

constexpr auto int_max = std::numeric_limits<int64_t>::max();
constexpr auto int_min = std::numeric_limits<int64_t>::min();
constexpr double two_63 = 9223372036854775808.0;
constexpr int many = 50'000; // too many for recursion in eight megabytes of stack

term nested_tuples(int depth) {
  term x;
  for (int i = 0; i < depth; ++i)
    x = term::tuple({x});
  return x;
}

term count_to(int n) {
  auto x = term::empty_list();
  for (int i = n; i > 0; --i)
    x = term::cons(i, x);
  return x;
}

/// -1, 0, 1 as `compare`; also checks the opposite direction.
int order(const term& x, const term& y) {
  auto c = compare(x, y);
  CHECK((compare(y, x) <=> 0) == (0 <=> c));
  return c < 0 ? -1 : c > 0 ? 1 : 0;
}

} // namespace

TEST_CASE("term: each value knows its kind") {
  CHECK(term{}.is_atom(atom{"nil"}));
  CHECK(term{true}.is_atom(atom{"true"}));
  CHECK(term{7}.as_integer() == 7);
  CHECK(term{1.5}.as_real() == 1.5);
  CHECK(term{"text"}.as_binary() == "text");
  CHECK(term::empty_list().is(kind::nil));
  CHECK(term::list({}).is(kind::nil));
  CHECK(term::list({1, 2}).is(kind::cons));
  CHECK(term::map({}).is(kind::map));
  CHECK(term{pid{}}.is(kind::pid));
  CHECK(term{reference{}}.is(kind::reference));
  CHECK(term{fun{}}.is(kind::fun));
}

TEST_CASE("term: a tagged tuple has its arity and its first element") {
  auto x = term::tuple({atom{"ok"}, 1});
  CHECK(x.is_tagged(atom{"ok"}, 2));
  CHECK_FALSE(x.is_tagged(atom{"ok"}, 3));
  CHECK_FALSE(x.is_tagged(atom{"error"}, 2));
  CHECK_FALSE(term::tuple({}).is_tagged(atom{"ok"}, 0));
  CHECK_FALSE(term{1}.is_tagged(atom{"ok"}, 2));
}

TEST_CASE("term: all but false and nil is true") {
  CHECK_FALSE(term{}.truthy());
  CHECK_FALSE(term{false}.truthy());
  CHECK(term{true}.truthy());
  CHECK(term{0}.truthy());
  CHECK(term::empty_list().truthy());
}

TEST_CASE("term: kinds are in Erlang's order") {
  std::vector<term> ascending{1,
                              atom{"z"},
                              reference{},
                              fun{},
                              pid{},
                              term::tuple({1, 2, 3}),
                              term::map({}),
                              term::empty_list(),
                              term::list({1}),
                              term{""}};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK(order(ascending[i], ascending[j]) == (i < j ? -1 : i > j ? 1 : 0));
    }
  }
}

TEST_CASE("term: integers and reals compare by value without rounding") {
  CHECK(order(1, 1.0) == 0);
  CHECK(order(1, 1.5) == -1);
  CHECK(order(-1, -1.5) == 1);
  CHECK(order(9007199254740993, 9007199254740992.0) == 1);
  CHECK(order(int_max, two_63) == -1);
  CHECK(order(int_min, -two_63) == 0);
  CHECK(order(int_max, 1e300) == -1);
  CHECK(order(int_min, -1e300) == 1);
  CHECK(order(0, -0.0) == 0);
  CHECK(equal_value(term::list({1}), term::list({1.0})));
}

TEST_CASE("term: === tells integers from reals at any depth") {
  CHECK(term{1} == term{1});
  CHECK_FALSE(term{1} == term{1.0});
  CHECK_FALSE(term::tuple({1}) == term::tuple({1.0}));
  CHECK_FALSE(term::map({{1, 1}}) == term::map({{1, 1.0}}));
  CHECK(term{0.0} == term{-0.0});
}

TEST_CASE("term: tuples compare by size first, lists by element") {
  CHECK(order(term::tuple({9}), term::tuple({1, 1})) == -1);
  CHECK(order(term::tuple({1, 2}), term::tuple({1, 3})) == -1);
  CHECK(order(term::list({9}), term::list({1, 1})) == 1);
  CHECK(order(term::list({1}), term::list({1, 1})) == -1);
  CHECK(order(term::cons(1, 2), term::list({1, 2})) == -1);
}

TEST_CASE("term: maps compare by size, then keys, then values") {
  auto map = [](std::vector<term_pair> entries) { return term::map(std::move(entries)); };
  CHECK(order(map({{9, 9}}), map({{1, 1}, {2, 2}})) == -1);
  CHECK(order(map({{1, 9}}), map({{2, 1}})) == -1);
  CHECK(order(map({{1, 1}, {2, 2}}), map({{1, 1}, {2, 3}})) == -1);
  CHECK(order(map({{2, 1}}), map({{1.0, 1}})) == -1);
  CHECK(order(map({{1, 1}}), map({{1, 1.0}})) == 0);
}

TEST_CASE("term: pids compare by number first, references by node first") {
  atom a{"a@h"}, b{"b@h"};
  CHECK(order(pid{b, 1, 1}, pid{a, 1, 2}) == -1);
  CHECK(order(pid{a, 1, 1}, pid{b, 1, 1}) == -1);
  CHECK(order(pid{a, 1, 1}, pid{a, 2, 1}) == -1);
  CHECK(order(reference{a, 1, 2}, reference{b, 1, 1}) == -1);
}

TEST_CASE("term: functions are equal when their origin and bindings are") {
  fun x{.module = {},
        .name = {},
        .arity = 1,
        .creator = {atom{"a@h"}, 5, 1},
        .index = 3,
        .clauses = {},
        .bindings = term::map({{atom{"n"}, 1}})};
  auto y = x;
  CHECK(term{x} == term{y});
  y.bindings = term::map({{atom{"n"}, 2}});
  CHECK(order(x, y) == -1);
  y = x;
  y.index = 4;
  CHECK(order(x, y) == -1);
}

TEST_CASE("term: the keys of a map are sorted, integers before reals") {
  auto x = term::map({{"b", 1}, {1.0, 2}, {atom{"a"}, 3}, {2, 4}, {1, 5}});
  std::vector<term> keys;
  for (const auto& [key, value] : x.as_map())
    keys.push_back(key);
  CHECK(keys == std::vector<term>{1, 2, 1.0, atom{"a"}, "b"});
}

TEST_CASE("term: of equal keys the last wins") {
  auto x = term::map({{1, "one"}, {2, "two"}, {1, "uno"}, {1, "eins"}});
  CHECK(x.as_map().size() == 2);
  REQUIRE(x.find(1));
  CHECK(*x.find(1) == term{"eins"});
}

TEST_CASE("term: put and erase leave the original alone") {
  auto x = term::map({{1, "a"}, {3, "c"}});
  CHECK(x.put(2, "b") == term::map({{1, "a"}, {2, "b"}, {3, "c"}}));
  CHECK(x.put(3, "d") == term::map({{1, "a"}, {3, "d"}}));
  CHECK(x.put(1.0, "r").as_map().size() == 3);
  CHECK(x.erase(1) == term::map({{3, "c"}}));
  CHECK(x.erase(1.0) == x);
  CHECK(x == term::map({{3, "c"}, {1, "a"}}));
  CHECK_FALSE(x.find(2));
}

TEST_CASE("term: only a proper list becomes a vector") {
  CHECK(term::list({1, 2}).to_vector() == std::vector<term>{1, 2});
  CHECK(term::empty_list().to_vector() == std::vector<term>{});
  CHECK_FALSE(term::cons(1, 2).to_vector());
  CHECK_FALSE(term{"ab"}.to_vector());
  std::vector<term> elements{1, 2};
  CHECK(term::list(elements, 3) == term::cons(1, term::cons(2, 3)));
}

TEST_CASE("term: a charlist holds code points, and stray bytes as they are") {
  CHECK(term::charlist("a\xC3\xA9\xFFz") == term::list({'a', 0xE9, 0xFF, 'z'}));
  CHECK(term::charlist("\xE6\x97\xA5\xF0\x9F\x98\x80") == term::list({0x65E5, 0x1F600}));
  CHECK(term::charlist("\xC0\x80") == term::list({0xC0, 0x80}));
}

TEST_CASE("term: chardata has a text, however it is nested") {
  CHECK(term{"ab"}.to_text() == "ab");
  CHECK(term::empty_list().to_text() == "");
  CHECK(term::charlist("\xC3\xA9").to_text() == "\xC3\xA9");
  CHECK(term::list({term::list({"a", 'b'}), term::empty_list(), 0x1F600}).to_text()
        == "ab\xF0\x9F\x98\x80");
  CHECK(term::cons('a', "b").to_text() == "ab");
  CHECK_FALSE(term::cons('a', 'b').to_text());
  CHECK_FALSE(term{'a'}.to_text());
  CHECK_FALSE(term::list({0xD800}).to_text());
  CHECK_FALSE(term::list({-1}).to_text());
  CHECK_FALSE(term::list({0x110000}).to_text());
  CHECK_FALSE(term::list({atom{"a"}}).to_text());
}

TEST_CASE("term: long lists use no stack") {
  auto x = count_to(many), y = count_to(many);
  CHECK(x == y);
  CHECK(x.to_vector()->size() == many);
  CHECK(order(x, count_to(many - 1)) == 1);
}

TEST_CASE("term: deep nesting uses no stack") {
  CHECK(nested_tuples(many) == nested_tuples(many));
  auto left = term::empty_list();
  auto maps = term::map({});
  for (int i = 0; i < many; ++i) {
    left = term::list({left, "x"});
    maps = term::map({{1, maps}});
  }
  CHECK(left.to_text()->size() == many);
  CHECK(maps == maps.put(1, *maps.find(1)));
}
