#include "troupe/internal/alias_registry.hpp"
#include "troupe/internal/alias_set.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace troupe;
using troupe::internal::alias_registry;
using troupe::internal::alias_set;

namespace {

const reference x{atom{"a@h"}, 11, 1};
const reference y{atom{"a@h"}, 11, 2};

} // namespace

TEST_CASE("alias_set: an alias takes messages until it is given up") {
  alias_set s{10};
  CHECK_FALSE(s.take(x).accepted);
  CHECK(s.add(x, alias_life::explicit_unalias));
  for (int i = 0; i < 3; ++i) {
    CHECK(s.take(x).accepted);
    CHECK_FALSE(s.take(x).ended);
  }
  CHECK_FALSE(s.take(y).accepted);
  CHECK_FALSE(s.monitor_ended(x));
  CHECK(s.take(x).accepted);
  CHECK(s.remove(x));
  CHECK_FALSE(s.remove(x));
  CHECK_FALSE(s.take(x).accepted);
}

TEST_CASE("alias_set: one for a reply takes one message") {
  alias_set s{10};
  CHECK(s.add(x, alias_life::reply));
  auto first = s.take(x);
  CHECK(first.accepted);
  CHECK(first.ended);
  CHECK_FALSE(first.demonitor);
  CHECK_FALSE(s.take(x).accepted);
  CHECK_FALSE(s.remove(x));
}

TEST_CASE("alias_set: one of a monitor ends with that") {
  alias_set s{10};
  CHECK(s.add(x, alias_life::demonitor));
  CHECK(s.add(y, alias_life::reply_demonitor));
  CHECK(s.take(x).accepted);
  CHECK_FALSE(s.take(x).ended);
  CHECK(s.monitor_ended(x));
  CHECK_FALSE(s.monitor_ended(x));
  CHECK_FALSE(s.take(x).accepted);
  CHECK(s.monitor_ended(y));
  CHECK_FALSE(s.take(y).accepted);
}

TEST_CASE("alias_set: the first reply ends a monitor that is for one reply") {
  alias_set s{10};
  CHECK(s.add(x, alias_life::reply_demonitor));
  auto first = s.take(x);
  CHECK(first.accepted);
  CHECK(first.ended);
  CHECK(first.demonitor);
  CHECK_FALSE(s.take(x).accepted);
  CHECK_FALSE(s.monitor_ended(x));
}

TEST_CASE("alias_set: it has a bound, and none is no life") {
  alias_set s{1};
  CHECK_FALSE(s.add(x, alias_life::none));
  CHECK(s.add(x, alias_life::reply));
  CHECK_FALSE(s.add(y, alias_life::reply));
  CHECK(s.take(x).accepted);
  CHECK(s.add(y, alias_life::reply));
  std::vector<reference> rest;
  s.drain([&](const reference& ref) { rest.push_back(ref); });
  CHECK(rest == std::vector<reference>{y});
  CHECK(s.size() == 0);
}

TEST_CASE("alias_registry: it says whose an alias is") {
  alias_registry r;
  CHECK(r.find(1) == 0);
  r.add(1, 7);
  r.add(65, 8);
  CHECK(r.find(1) == 7);
  CHECK(r.find(65) == 8);
  CHECK(r.size() == 2);
  r.remove(1);
  r.remove(1);
  CHECK(r.find(1) == 0);
  CHECK(r.size() == 1);
}
