#include "troupe/dist/connection_table.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;
using dist::connection_table;

namespace {

const atom self{"m@h"};
const atom lesser{"a@h"};
const atom greater{"z@h"};

connection_table::newcomer accepted(atom name, uint64_t id, uint32_t creation = 7) {
  return {name, creation, false, false, id};
}

connection_table::newcomer dialled(atom name, uint64_t id, uint32_t creation = 7) {
  return {name, creation, false, true, id};
}

} // namespace

TEST_CASE("connection_table: a peer that nobody knows is taken and in the table at once") {
  connection_table table{self};
  auto verdict = table.decide(accepted(lesser, 1));
  CHECK(verdict.refusal == errc::none);
  CHECK_FALSE(verdict.replaced);
  CHECK_FALSE(verdict.probed);
  REQUIRE(table.find(lesser));
  CHECK(table.find(lesser)->id == 1);
  CHECK(table.find(lesser)->creation == 7);
  CHECK(table.size() == 1);
}

TEST_CASE("connection_table: a node never connects to itself") {
  connection_table table{self};
  CHECK(table.decide(accepted(self, 1)).refusal == errc::self_connection);
  CHECK(table.decide(dialled(self, 2)).refusal == errc::self_connection);
  CHECK(table.size() == 0);
}

TEST_CASE("connection_table: of two dials at once that of the greater name survives") {
  connection_table table{self};
  table.dialling(lesser);
  table.dialling(greater);
  SUBCASE("ours, when our name is greater") {
    CHECK(table.decide(accepted(lesser, 1)).refusal == errc::duplicate_connection);
    CHECK_FALSE(table.find(lesser));
    CHECK(table.decide(dialled(lesser, 2)).refusal == errc::none);
    CHECK(table.find(lesser)->id == 2);
  }
  SUBCASE("the peer's, when its name is greater") {
    CHECK(table.decide(accepted(greater, 1)).refusal == errc::none);
    CHECK(table.decide(dialled(greater, 2)).refusal == errc::duplicate_connection);
    CHECK(table.find(greater)->id == 1);
  }
  SUBCASE("both ends agree, whichever arrives first") {
    connection_table other{lesser};
    other.dialling(self);
    CHECK(other.decide(accepted(self, 5)).refusal == errc::none);
    CHECK(table.decide(accepted(lesser, 1)).refusal == errc::duplicate_connection);
    CHECK(table.decide(dialled(lesser, 2)).refusal == errc::none);
    CHECK(other.decide(dialled(self, 6)).refusal == errc::duplicate_connection);
  }
}

TEST_CASE("connection_table: a dial that ended does not count against the peer's dial") {
  connection_table table{self};
  table.dialling(lesser);
  table.dial_ended(lesser);
  CHECK(table.decide(accepted(lesser, 1)).refusal == errc::none);
}

TEST_CASE(
  "connection_table: a second connection of the same life is refused, the first is probed") {
  connection_table table{self};
  CHECK(table.decide(accepted(lesser, 1)).refusal == errc::none);
  for (auto& x : {accepted(lesser, 2), dialled(lesser, 2)}) {
    auto verdict = table.decide(x);
    CHECK(verdict.refusal == errc::duplicate_connection);
    CHECK(verdict.probed == 1);
    CHECK_FALSE(verdict.replaced);
  }
  CHECK(table.find(lesser)->id == 1);
}

TEST_CASE("connection_table: a newer life of a node replaces the connection that looks up") {
  connection_table table{self};
  CHECK(table.decide(accepted(lesser, 1, 7)).refusal == errc::none);
  auto verdict = table.decide(accepted(lesser, 2, 8));
  CHECK(verdict.refusal == errc::none);
  CHECK(verdict.replaced == 1);
  CHECK(table.find(lesser)->id == 2);
  CHECK(table.find(lesser)->creation == 8);
  CHECK(table.size() == 1);
}

TEST_CASE("connection_table: the end of a replaced connection leaves its successor alone") {
  connection_table table{self};
  CHECK(table.decide(accepted(lesser, 1, 7)).refusal == errc::none);
  CHECK(table.decide(accepted(lesser, 2, 8)).replaced == 1);
  CHECK_FALSE(table.remove(lesser, 1));
  CHECK(table.find(lesser));
  CHECK(table.remove(lesser, 2));
  CHECK_FALSE(table.find(lesser));
  CHECK_FALSE(table.remove(lesser, 2));
}

TEST_CASE(
  "connection_table: visible and hidden connections are told apart, each in order of names") {
  connection_table table{self};
  CHECK(table.decide(accepted(greater, 1)).refusal == errc::none);
  CHECK(table.decide(accepted(lesser, 2)).refusal == errc::none);
  CHECK(table.decide({atom{"c@h"}, 7, true, false, 3}).refusal == errc::none);
  CHECK(table.visible() == std::vector{lesser, greater});
  CHECK(table.hidden() == std::vector{atom{"c@h"}});
}

TEST_CASE(
  "connection_table: a full table refuses new nodes, but not the newer life of a known one") {
  connection_table table{self};
  for (size_t i = 0; i < limits::connections_max; ++i)
    table.decide(accepted(atom{"n" + std::to_string(i) + "@h"}, i + 1));
  CHECK(table.size() == limits::connections_max);
  CHECK(table.decide(accepted(lesser, 9999)).refusal == errc::overload);
  CHECK(table.decide(accepted(atom{"n0@h"}, 9999, 8)).replaced == 1);
  CHECK(table.size() == limits::connections_max);
}
