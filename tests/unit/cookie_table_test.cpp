#include "troupe/dist/cookie_table.hpp"

#include "support/session_pair.hpp"
#include "troupe/dist/tls_session.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

const atom a{"a@h"};
const atom b{"b@h"};

cookie cookie_of(const std::string& text) {
  return {text, keys_of(text)};
}

} // namespace

TEST_CASE("cookie_table: a node has its own cookie, or else the common one") { // COOKIE-07, -08
  cookie_table t{cookie_of("monster")};
  CHECK(t.of(a).text == "monster");
  CHECK(t.set(b, cookie_of("blue")));
  CHECK(t.of(b).text == "blue");
  CHECK(t.of(a).text == "monster");
  t.set(cookie_of("other"));
  CHECK(t.of(a).text == "other");
  CHECK(t.of(b).text == "blue");
  CHECK(t.set(b, cookie_of("red")));
  CHECK(t.of(b).text == "red");
}

TEST_CASE("cookie_table: keys of a cookie in use need not be derived again") {
  cookie_table t{cookie_of("monster")};
  CHECK(t.set(b, cookie_of("blue")));
  CHECK(t.keys_of("monster") == keys_of("monster"));
  CHECK(t.keys_of("blue") == keys_of("blue"));
  CHECK_FALSE(t.keys_of("red"));
}

TEST_CASE("cookie_table: it does not grow without bound") {
  cookie_table t{cookie_of("monster")};
  for (size_t i = 0; i < limits::node_cookies_max; ++i)
    CHECK(t.set(atom{"n" + std::to_string(i) + "@h"}, cookie_of("blue")));
  CHECK_FALSE(t.set(a, cookie_of("blue")));
  CHECK(t.of(a).text == "monster");
  CHECK(t.set(atom{"n0@h"}, cookie_of("monster")));
}

TEST_CASE("key_chain: what a handshake began with does not change") { // COOKIE-06
  cookie_table t{cookie_of("monster")};
  auto before = t.chain();
  CHECK(t.set(b, cookie_of("blue")));
  t.set(cookie_of("other"));
  CHECK(before->of("b@h") == keys_of("monster"));
  CHECK(before->common() == keys_of("monster"));
  CHECK(t.chain()->of("b@h") == keys_of("blue"));
  CHECK(t.chain()->of("a@h") == keys_of("other"));
}

TEST_CASE("key_chain: the key that a dialler means is found, others are not guessed") {
  cookie_table t{cookie_of("monster")};
  CHECK(t.set(b, cookie_of("blue")));
  for (auto* text : {"monster", "blue"}) {
    auto name = keys_of(text)->tls().new_identity();
    CHECK(t.chain()->meant_by(name) == &keys_of(text)->tls());
    CHECK(name != keys_of(text)->tls().new_identity());
    name.back() ^= 1;
    CHECK_FALSE(t.chain()->meant_by(name));
  }
  CHECK_FALSE(t.chain()->meant_by(keys_of("other")->tls().new_identity()));
  for (auto* text : {"", "troupe 1", "troupe 1 and a bit", "Client_identity"})
    CHECK_FALSE(t.chain()->meant_by(text));
}
