#include "troupe/node_name.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using troupe::errc;
using troupe::node_name;

TEST_CASE("node_name: a name splits at the at sign") {
  node_name x{"a-1_B@10.0.0.7"};
  CHECK(x.alive() == "a-1_B");
  CHECK(x.host() == "10.0.0.7");
  CHECK(x.text() == "a-1_B@10.0.0.7");
}

TEST_CASE("node_name: the host is taken as given") {
  for (auto* text : {"a@b", "a@some.host.example", "a@::1", "a@[fe80::1%eth0]", "a@h\xC3\xB6st"}) {
    CAPTURE(text);
    auto x = node_name::parse(text);
    REQUIRE(x);
    CHECK(x->text() == text);
  }
}

TEST_CASE("node_name: what is no name is refused with a reason") {
  for (auto* text :
       {"", "a", "@", "a@", "@b", "a b@c", "a.b@c", "a@b@c", "a@b c", "a@b\n", "\xC3\xB6@b"}) {
    CAPTURE(text);
    auto x = node_name::parse(text);
    REQUIRE_FALSE(x);
    CHECK(x.error().code == errc::invalid_node_name);
    CHECK(x.error().context.find("invalid node name") == 0);
  }
}

TEST_CASE("node_name: a name above the limit is refused") {
  std::string longest = "a@" + std::string(node_name::size_max - 2, 'h');
  CHECK(node_name::parse(longest));
  CHECK_FALSE(node_name::parse(longest + "h"));
}

TEST_CASE("node_name: a literal that is no name throws") {
  CHECK_THROWS_AS(node_name{"nobody"}, std::invalid_argument);
}

TEST_CASE("node_name: names compare by their text") {
  CHECK(node_name{"a@h"} == node_name{"a@h"});
  CHECK(node_name{"a@h"} != node_name{"A@h"});
  CHECK(node_name{"a@h"} < node_name{"b@a"});
}
