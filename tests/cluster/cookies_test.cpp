#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

cluster::settings with_cookie(const std::string& text) {
  cluster::settings how;
  how.cookie = text;
  return how;
}

/// Nodes a with the cookie "blue" and b with "red".
struct two_cookies {
  explicit two_cookies(uint64_t seed) : c({}, seed) {
    c.start("a", with_cookie("blue"));
    c.start("b", with_cookie("red"));
  }

  /// Whether both can dial the other.
  bool meet() {
    auto both = c.ping("a", "b");
    c.disconnect("a", "b");
    c.run();
    both = c.ping("b", "a") && both;
    c.disconnect("a", "b");
    c.run();
    return both;
  }

  cluster c;
};

} // namespace

TEST_CASE("node: a cookie for one peer on one side is enough, whoever dials") { // COOKIE-03
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    two_cookies x{seed};
    CHECK_FALSE(x.c.ping("a", "b"));
    CHECK_FALSE(x.c.ping("b", "a"));
    x.c.run();
    x.c.log("a");
    x.c.log("b");
    CHECK(x.c.at("a").set_cookie("b@mem", "red"));
    CHECK(x.meet());
    CHECK(x.c.log("a").empty());
    CHECK(x.c.log("b").empty());
  }
}

TEST_CASE("node: two nodes may agree on a cookie of their own, and not on each other's") {
  for (uint64_t seed = 0; seed < seeds; ++seed) { // COOKIE-04, COOKIE-05
    CAPTURE(seed);
    two_cookies x{seed};
    CHECK(x.c.at("a").set_cookie("b@mem", "red"));
    CHECK(x.c.at("b").set_cookie("a@mem", "blue"));
    auto before = x.c.now();
    CHECK_FALSE(x.c.ping("a", "b"));
    CHECK_FALSE(x.c.ping("b", "a"));
    CHECK(x.c.now() - before < 200ms);
    x.c.run();
    for (auto* name : {"a", "b"}) { // each accepted once
      auto lines = x.c.log(name);
      REQUIRE(lines.size() == 1);
      CHECK(lines[0].ends_with(" rejected. Invalid challenge reply. **"));
    }
    CHECK(x.c.at("a").set_cookie("b@mem", "monster"));
    CHECK(x.c.at("b").set_cookie("a@mem", "monster"));
    CHECK(x.meet());
  }
}

TEST_CASE("node: another cookie leaves connections as they are") { // COOKIE-06
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    CHECK(c.at("a").set_cookie("other"));
    CHECK(c.at("b").set_cookie("a@mem", "third"));
    c.advance(5min);
    CHECK(c.nodes("a") == "b");
    CHECK(c.ping("b", "a"));
    CHECK(c.disconnect("a", "b"));
    c.run();
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(c.at("b").set_cookie("a@mem", "other"));
    CHECK(c.ping("a", "b"));
  }
}

TEST_CASE("node: the cookie of all others can change, that of one node stays") { // COOKIE-07, -08
  cluster c{{"a"}, 1};
  auto& a = c.at("a");
  CHECK(a.get_cookie() == "monster");
  CHECK(a.get_cookie("b@mem") == "monster");
  CHECK(a.set_cookie("b@mem", "blue"));
  CHECK(a.set_cookie("newdef"));
  CHECK(a.get_cookie() == "newdef");
  CHECK(a.get_cookie("a@mem") == "newdef");
  CHECK(a.get_cookie("x@mem") == "newdef");
  CHECK(a.get_cookie("b@mem") == "blue");
  CHECK_FALSE(a.set_cookie(""));
  CHECK_FALSE(a.set_cookie("b@mem", std::string(256, 'x')));
  CHECK(a.get_cookie("b@mem") == "blue");
}

TEST_CASE("node: a stranger who knows the cookie of one node is let in by no other name") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    two_cookies x{seed};
    x.c.start("c", with_cookie("red"));
    CHECK(x.c.at("a").set_cookie("b@mem", "red"));
    CHECK_FALSE(x.c.ping("c", "a"));
    CHECK_FALSE(x.c.ping("a", "c"));
    CHECK(x.c.ping("b", "a"));
  }
}

TEST_CASE("node: cookies of peers can be configured, and an address finds whoever it is") {
  for (uint64_t seed = 0; seed < seeds; ++seed) { // COOKIE-13
    CAPTURE(seed);
    cluster c{{"b"}, seed};
    auto how = with_cookie("other");
    how.adjust = [](config& x) { x.peer_cookies = {{"b@mem", "monster"}, {"c@mem", "third"}}; };
    c.start("a", how);
    CHECK(c.at("a").get_cookie("c@mem") == "third");
    atom answered;
    c.at("b").kernel()->connect_at(
      c.at("a").address(), [&](dist::net_kernel::dial_outcome x) { answered = x.answered; });
    c.run();
    CHECK(answered == cluster::atom_of("a"));
    CHECK(c.nodes("a") == "b");
  }
}
