#include "troupe/discovery/internal/own_addresses.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
using internal::is_own;

namespace {

const std::set<std::string> local{"127.0.0.1", "10.0.0.1", "fd00::1", "fe80::1"};

bool own(const std::string& text, const dist::endpoint& listens) {
  self_description self;
  self.name = "a@app";
  self.listens = listens;
  return is_own(*parse_seed(text), self, local);
}

} // namespace

TEST_CASE("own_addresses: at all addresses, each of this machine with our port is ours") {
  for (auto* any : {"0.0.0.0", "::"}) {
    CAPTURE(any);
    CHECK(own("10.0.0.1:9100", {any, 9100}));
    CHECK(own("[fd00::1]:9100", {any, 9100}));
    CHECK(own("[fe80::1%eth0]:9100", {any, 9100}));
    CHECK(own("127.0.0.7:9100", {any, 9100}));
    CHECK_FALSE(own("10.0.0.1:9101", {any, 9100}));
    CHECK_FALSE(own("10.0.0.2:9100", {any, 9100}));
    CHECK_FALSE(own("h:9100", {any, 9100}));
  }
}

TEST_CASE("own_addresses: at one address, only that one is ours") {
  CHECK(own("10.0.0.1:9100", {"10.0.0.1", 9100}));
  CHECK_FALSE(own("127.0.0.1:9100", {"10.0.0.1", 9100}));
  CHECK(own("127.0.0.2:9100", {"127.0.0.2", 9100}));
  CHECK_FALSE(own("127.0.0.3:9100", {"127.0.0.2", 9100}));
}

TEST_CASE("own_addresses: a host's name is ours when we listen at it, or have it in our name") {
  CHECK(own("h:9100", {"h", 9100}));
  CHECK(own("app:9100", {"0.0.0.0", 9100}));
  CHECK_FALSE(own("app:9101", {"0.0.0.0", 9100}));
  CHECK(own("10.0.0.1:9100", {"h", 9100}));
}

TEST_CASE("own_addresses: a seed with a name is ours by its name alone") {
  CHECK(own("a@app", {"0.0.0.0", 9100}));
  CHECK(own("a@app:1", {"0.0.0.0", 9100}));
  CHECK_FALSE(own("b@app:9100", {"0.0.0.0", 9100}));
}

TEST_CASE("own_addresses: others are told what they can dial") {
  using discovery::internal::own_endpoints;
  using endpoints = std::vector<dist::endpoint>;
  CHECK(own_endpoints({"10.0.0.1", 9100}, {"10.0.0.1", "10.0.0.2"})
        == endpoints{{"10.0.0.1", 9100}});
  CHECK(own_endpoints({"0.0.0.0", 9100}, {"10.0.0.1", "127.0.0.1", "::1", "fd00::1", "fe80::1"})
        == endpoints{{"10.0.0.1", 9100}, {"fd00::1", 9100}});
}
