#include "troupe/epmd/epmd_table.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <string>

using namespace troupe;
using namespace troupe::epmd;

namespace {

node_info node(std::string name, uint16_t port = 1) {
  node_info x;
  x.name = std::move(name);
  x.port = port;
  return x;
}

} // namespace

TEST_CASE("epmd_table: a name is found until its connection ends") {
  epmd_table table{100};
  REQUIRE(table.add(1, node("a", 9100)));
  REQUIRE(table.find("a"));
  CHECK(table.find("a")->port == 9100);
  CHECK_FALSE(table.find("b"));
  CHECK(table.remove(1));
  CHECK_FALSE(table.find("a"));
  CHECK_FALSE(table.remove(1));
}

TEST_CASE("epmd_table: a name has one owner, and is free as soon as that one is gone") {
  epmd_table table{100};
  REQUIRE(table.add(1, node("a")));
  auto second = table.add(2, node("a", 2));
  REQUIRE_FALSE(second);
  CHECK(second.error() == errc::name_in_use);
  CHECK(table.find("a")->port == 1);
  CHECK_FALSE(table.remove(2));
  table.remove(1);
  CHECK(table.add(2, node("a", 2)));
}

TEST_CASE("epmd_table: a connection has one name") {
  epmd_table table{100};
  REQUIRE(table.add(1, node("a")));
  auto second = table.add(1, node("b"));
  REQUIRE_FALSE(second);
  CHECK(second.error() == errc::overload);
}

TEST_CASE("epmd_table: creations differ and leave out those that Erlang reserves") {
  epmd_table table{std::numeric_limits<uint32_t>::max() - 1};
  std::set<uint32_t> seen;
  for (epmd_table::owner by = 1; by <= 5; ++by) {
    auto creation = table.add(by, node("a"));
    REQUIRE(creation);
    CHECK(*creation > 3);
    seen.insert(*creation);
    table.remove(by);
  }
  CHECK(seen.size() == 5);
}

TEST_CASE("epmd_table: a full table refuses until a name is gone") {
  epmd_table table{0};
  for (size_t i = 0; i < names_max; ++i)
    REQUIRE(table.add(i, node("n" + std::to_string(i))));
  auto more = table.add(names_max, node("more"));
  REQUIRE_FALSE(more);
  CHECK(more.error() == errc::overload);
  table.remove(0);
  CHECK(table.add(names_max, node("more")));
}

TEST_CASE("epmd_table: a snapshot has all nodes by name") {
  epmd_table table{100};
  REQUIRE(table.add(1, node("b", 2)));
  REQUIRE(table.add(2, node("a", 1)));
  CHECK(table.snapshot() == std::vector{node("a", 1), node("b", 2)});
}
