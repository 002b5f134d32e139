#include "troupe/errc.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace troupe;

TEST_CASE("errc: every code has a name of its own") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(errc::not_registered); ++i) {
    auto name = to_string(static_cast<errc>(i));
    CHECK(name.find('(') == std::string::npos);
    CHECK(names.insert(name).second);
  }
}

TEST_CASE("errc: numbers that travel do not change") {
  CHECK(static_cast<int>(errc::none) == 0);
  CHECK(static_cast<int>(errc::cookie_mismatch) == 2);
  CHECK(static_cast<int>(errc::protocol_violation) == 5);
  CHECK(static_cast<int>(errc::duplicate_connection) == 9);
  CHECK(static_cast<int>(errc::shutting_down) == 17);
  CHECK(static_cast<int>(errc::not_registered) == 25);
}

TEST_CASE("errc: a code of a newer peer prints as its number") {
  CHECK(to_string(static_cast<errc>(200)) == "errc(200)");
}

TEST_CASE("errc: an error prints its code and its context, and compares by code") {
  error x{errc::timeout, "b@h"};
  CHECK(to_string(x) == "timeout: b@h");
  CHECK(to_string(error{errc::timeout, ""}) == "timeout");
  CHECK(x == errc::timeout);
  CHECK(x != errc::overload);
}
