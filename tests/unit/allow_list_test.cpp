#include "troupe/dist/allow_list.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;
using troupe::dist::allow_list;

namespace {

const atom a{"a@h"};
const atom b{"b@h"};
const atom c{"c@h"};

} // namespace

TEST_CASE("allow_list: all are allowed until some are named, and more may be") { // CONN-12
  allow_list x;
  CHECK(x.allows(a));
  CHECK(x.add({}));
  CHECK(x.allows(a));
  CHECK(x.add({b}));
  CHECK_FALSE(x.allows(a));
  CHECK(x.allows(b));
  CHECK(x.add({c, b}));
  CHECK(x.nodes() == std::vector{b, c});
  CHECK(x.allows(c));
  CHECK_FALSE(x.allows(a));
}

TEST_CASE("allow_list: it does not grow without bound") {
  std::vector<atom> many;
  for (size_t i = 0; i < limits::allowed_nodes_max; ++i)
    many.emplace_back("n" + std::to_string(i) + "@h");
  allow_list x;
  CHECK(x.add(many));
  CHECK_FALSE(x.add({a}));
  CHECK_FALSE(x.allows(a));
  CHECK(x.add({many.front()}));
}
