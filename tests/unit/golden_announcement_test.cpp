// The bytes that discovery/PROTOCOL.md promises for announcements. A difference is a change of the
// protocol: of the document, the golden bytes and the version too. An encoder in Python agrees with
// them: tests/conformance/announcement_test.py.

#include "support/announcements.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using kind = announcement::kind;

namespace {

void check(const std::string& name, const announcement& x) {
  CAPTURE(name);
  auto bytes = golden("announcement_" + name);
  REQUIRE_FALSE(bytes.empty());
  CHECK(monster_codec().encode(x) == bytes);
  auto decoded = monster_codec().decode(bytes);
  REQUIRE(std::holds_alternative<announcement>(decoded));
  CHECK(std::get<announcement>(decoded) == x);
}

announcement with_summary(announcement x) {
  x.known = 2;
  x.digest = 0xa1a2a3a4a5a6a7a8;
  return x;
}

} // namespace

TEST_CASE("golden_announcement: each kind is the bytes that the protocol says") {
  check("hello", from_a(kind::hello));
  auto announce = with_summary(from_a(kind::announce, 7));
  announce.hidden = true;
  announce.short_names = true;
  check("announce", announce);
  check("reply", with_summary(from_a_to(instance_of_b, kind::reply, 8)));
  check("goodbye", from_a(kind::goodbye, 9));
  check("response", from_a_to(instance_of_b, kind::response, 10));
}

TEST_CASE("golden_announcement: a challenge needs to say nothing of its sender") {
  auto nonce = from_a_to(instance_of_b, kind::response).nonce;
  announcement x;
  x.what = kind::challenge;
  x.instance = instance_of_b;
  x.incarnation = 1'789'999'999'000;
  x.sequence = 3;
  x.wall_ms = golden_wall_ms;
  x.to = instance_of_a;
  x.nonce = nonce;
  check("challenge", x);
}
