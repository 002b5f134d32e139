#include "troupe/discovery/internal/dial_order.hpp"

#include "troupe/discovery/internal/numeric_address.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery::internal;

namespace {

std::string ordered(const std::vector<std::string>& hosts, std::string_view source,
                    unsigned interface = 3) {
  std::vector<dist::endpoint> told;
  for (auto& x : hosts)
    told.push_back({x, 9100});
  std::string result;
  for (auto& x : dial_order(told, source, interface))
    result += (result.empty() ? "" : " ") + x.host;
  return result;
}

} // namespace

TEST_CASE("dial_order: the address that a packet came from is first, the others keep their order") {
  CHECK(ordered({"10.0.0.1", "10.0.0.2", "10.0.0.3"}, "10.0.0.3") == "10.0.0.3 10.0.0.1 10.0.0.2");
  CHECK(ordered({"10.0.0.1", "2001:DB8:0::1"}, "2001:db8::1") == "2001:db8::1 10.0.0.1");
  CHECK(dial_order({{"10.0.0.1", 1}, {"10.0.0.2", 2}, {"10.0.0.2", 3}}, "10.0.0.2", 1)
        == std::vector<dist::endpoint>{{"10.0.0.2", 2}, {"10.0.0.2", 3}, {"10.0.0.1", 1}});
}

TEST_CASE("dial_order: a source that is not listed is not dialled") {
  CHECK(ordered({"10.0.0.1"}, "192.168.0.1") == "10.0.0.1");
  CHECK(ordered({}, "192.168.0.1").empty());
  CHECK(ordered({"10.0.0.1"}, "") == "10.0.0.1");
}

TEST_CASE("dial_order: a link-local address gets the interface that it was heard on") {
  CHECK(ordered({"10.0.0.1", "fe80::1"}, "fe80::1%3") == "fe80::1%3 10.0.0.1");
  CHECK(ordered({"10.0.0.1", "fe80::1"}, "fe80::1") == "fe80::1%3 10.0.0.1");
  CHECK(ordered({"fe80::1%9"}, "fe80::1%eth0") == "fe80::1%eth0");
  CHECK(ordered({"fe80::1", "10.0.0.1"}, "10.0.0.1") == "10.0.0.1 fe80::1%3");
  CHECK(ordered({"fe80::1", "10.0.0.1"}, "10.0.0.9", 0) == "10.0.0.1");
}

TEST_CASE("dial_order: what may be another machine is last, and what is none is left out") {
  CHECK(ordered({"127.0.0.1", "::1", "fe80::2", "10.0.0.1"}, "10.0.0.1")
        == "10.0.0.1 127.0.0.1 ::1 fe80::2%3");
  CHECK(ordered({"10.0.0.1", "127.0.0.1"}, "127.0.0.1") == "127.0.0.1 10.0.0.1");
  CHECK(ordered({"0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "host", "10.0.0.1",
                 "10.0.0.1"},
                "10.0.0.2")
        == "10.0.0.1");
}

TEST_CASE("numeric_address: text and bytes are two forms of one address") {
  auto v4 = numeric_address::parse("10.0.0.1");
  REQUIRE(v4);
  CHECK(v4->bytes() == std::string_view{"\x0a\0\0\x01", 4});
  CHECK(v4->text() == "10.0.0.1");
  auto v6 = numeric_address::parse("FE80:0::0001%eth0");
  REQUIRE(v6);
  CHECK(v6->text() == "fe80::1");
  CHECK(v6->needs_scope());
  CHECK(numeric_address::of_bytes(v6->bytes()) == v6);
  CHECK_FALSE(numeric_address::of_bytes("12345"));
  for (auto* x : {"", "%", "10.0.0", "10.0.0.256", "10.0.0.1 ", "host", "[::1]", "1::2::3"})
    CHECK_FALSE(numeric_address::parse(x));
  CHECK_FALSE(numeric_address::parse(std::string_view{"10.0.0.1\0x", 10}));
}
