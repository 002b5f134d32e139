#include "troupe/dist/key_chain.hpp"

#include "support/session_pair.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

/// Options of node `name` whose common cookie is `common`, and `own` the one for `peer`.
session::options options_of(transport_mode mode, const std::string& name, const std::string& common,
                            const std::string& peer = {}, const std::string& own = {}) {
  auto result = session_options({name, mode, common});
  key_chain::by_name keys;
  if (!peer.empty())
    keys.emplace(peer, keys_of(own));
  result.chain = std::make_shared<const key_chain>(keys_of(common), std::move(keys));
  return result;
}

struct outcome {
  errc dialler, acceptor;
  bool up;
};

/// `x` dials `y`, or an address at which `y` is.
outcome meet(const session::options& x, const session::options& y, bool by_name = true) {
  session_pair p{x, y, by_name ? y.self.name : ""};
  p.run();
  return {p.dialler.why(), p.acceptor.why(), p.dialler.ups == 1 && p.acceptor.ups == 1};
}

constexpr transport_mode modes[] = {transport_mode::tls, transport_mode::plain};

} // namespace

TEST_CASE(
  "key_chain: one side that knows the other's cookie is enough, whoever dials") { // COOKIE-03
  for (auto mode : modes) {
    auto a = options_of(mode, "a@h", "blue", "b@h", "red");
    auto b = options_of(mode, "b@h", "red");
    CHECK(meet(a, b).up);
    CHECK(meet(b, a).up);
    CHECK(meet(b, a, false).up);
  }
}

TEST_CASE("key_chain: two nodes may have a cookie of their own") { // COOKIE-04
  for (auto mode : modes) {
    auto a = options_of(mode, "a@h", "blue", "b@h", "monster");
    auto b = options_of(mode, "b@h", "red", "a@h", "monster");
    CHECK(meet(a, b).up);
    CHECK(meet(b, a).up);
  }
}

TEST_CASE("key_chain: each the other's cookie does not fit") { // COOKIE-05
  for (auto mode : modes) {
    auto a = options_of(mode, "a@h", "blue", "b@h", "red");
    auto b = options_of(mode, "b@h", "red", "a@h", "blue");
    for (auto& [x, y] : {std::pair{a, b}, std::pair{b, a}}) {
      auto got = meet(x, y);
      CHECK_FALSE(got.up);
      CHECK(got.dialler == errc::cookie_mismatch);
      CHECK(got.acceptor == errc::cookie_mismatch);
    }
  }
}

TEST_CASE("key_chain: a cookie for one node lets no other in by it") {
  for (auto mode : modes) {
    auto a = options_of(mode, "a@h", "blue", "b@h", "red");
    auto c = options_of(mode, "c@h", "red"); // knows the cookie that is for b
    for (auto& [x, y] : {std::pair{a, c}, std::pair{c, a}}) {
      auto got = meet(x, y);
      CHECK_FALSE(got.up);
      CHECK(got.dialler == errc::cookie_mismatch);
      CHECK(got.acceptor == errc::cookie_mismatch);
    }
    auto liar = options_of(mode, "b@h", "blue"); // has b's name and the common cookie
    CHECK_FALSE(meet(liar, a).up);
    CHECK_FALSE(meet(a, liar).up);
  }
}
