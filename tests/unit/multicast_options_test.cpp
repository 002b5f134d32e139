#include "troupe/discovery/multicast_options.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe::discovery;
using troupe::errc;

TEST_CASE("multicast_options: the defaults are a group of each protocol") {
  auto x = read({});
  REQUIRE(x);
  CHECK(x->port == 14369);
  CHECK(x->v4_group == ip_address::parse("239.255.84.82"));
  CHECK(x->v6_group == ip_address::parse("ff12::8452"));
}

TEST_CASE("multicast_options: a protocol without a group is not used") {
  multicast_options how;
  how.groups = {"ff12::1"};
  auto x = read(how);
  REQUIRE(x);
  CHECK_FALSE(x->v4_group);
  CHECK(x->v6_group);
}

TEST_CASE("multicast_options: what makes no sense is refused by name") {
  multicast_options how;
  std::string named;
  SUBCASE("no multicast address") {
    how.groups = {"10.0.0.1"};
    named = "10.0.0.1";
  }
  SUBCASE("no address") {
    how.groups = {"group"};
    named = "group";
  }
  SUBCASE("a scope") {
    how.groups = {"ff12::1%eth0"};
    named = "ff12::1%eth0";
  }
  SUBCASE("two of one protocol") {
    how.groups = {"239.0.0.1", "239.0.0.2"};
    named = "239.0.0.2";
  }
  SUBCASE("none") {
    how.groups = {};
    named = "no multicast group";
  }
  SUBCASE("no port") {
    how.port = 0;
    named = "port 0";
  }
  SUBCASE("an interface that is none") {
    how.exclude = {"10.0.0.0/64"};
    named = "10.0.0.0/64";
  }
  auto x = read(how);
  REQUIRE_FALSE(x);
  CHECK(x.error() == errc::invalid_config);
  CHECK(x.error().context.find(named) != std::string::npos);
}
