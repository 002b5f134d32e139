#include "troupe/dist/auth.hpp"

#include "support/session_pair.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <new>
#include <string>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

std::string hex(const key& k) {
  std::string out;
  for (auto b : k.bytes()) {
    out += "0123456789abcdef"[b >> 4];
    out += "0123456789abcdef"[b & 15];
  }
  return out;
}

std::string_view text_of(const mac& m) {
  return {m.data(), m.size()};
}

} // namespace

TEST_CASE("auth: the same cookie always gives the same keys, of which each use has its own") {
  // Taken from an independent implementation (Python's hashlib.scrypt and hmac).
  auto& ring = *keys_of("monster");
  CHECK(hex(ring.handshake_key())
        == "c65cf00505a8e98b5973fe398d4af4b8952a5df3768118ac1a41c352be6ced58");
  CHECK(hex(ring.discovery_key())
        == "025c684c95a1c6182fbf9fa5c7e9e1fe68d0b62f8876db49a2cfddf97f88f3a4");
}

TEST_CASE("auth: another cookie gives other keys") {
  CHECK(hex(keys_of("monster")->handshake_key()) != hex(keys_of("mouse")->handshake_key()));
}

TEST_CASE("auth: a cookie that is empty or too long gives no keys but a sentence") {
  auto none = key_ring::derive("");
  REQUIRE_FALSE(none);
  CHECK(none.error() == errc::invalid_config);
  CHECK(none.error().context == "the cookie is empty");
  auto too_long = key_ring::derive(std::string(cookie_bytes_max + 1, 'x'));
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().context == "the cookie is longer than 255 bytes");
}

TEST_CASE("auth: a proof holds for its key and its text only") {
  auto& k = keys_of("monster")->handshake_key();
  auto proof = sign(k, "text");
  CHECK(verify(k, "text", text_of(proof)));
  CHECK_FALSE(verify(k, "test", text_of(proof)));
  CHECK_FALSE(verify(keys_of("monster")->discovery_key(), "text", text_of(proof)));
  CHECK_FALSE(verify(k, "text", text_of(proof).substr(1)));
  CHECK_FALSE(verify(k, "text", ""));
  for (size_t i = 0; i < proof.size(); ++i) {
    auto wrong = proof;
    wrong[i] ^= 1;
    CHECK_FALSE(verify(k, "text", text_of(wrong)));
  }
}

TEST_CASE("auth: HMAC-SHA256 is that of RFC 4231") {
  key k;
  std::string secret = "Jefe"; // shorter keys are filled with zeros
  std::ranges::copy(secret, k.bytes().begin());
  auto proof = sign(k, "what do ya want for nothing?");
  CHECK(static_cast<unsigned char>(proof.front()) == 0x5b);
  CHECK(static_cast<unsigned char>(proof.back()) == 0x43);
}

TEST_CASE("auth: a key is wiped when it goes") {
  alignas(key) std::array<unsigned char, sizeof(key)> room{};
  auto* k = new (room.data()) key;
  std::ranges::fill(k->bytes(), 0xab);
  k->~key();
  CHECK(std::ranges::count(room, 0xab) == 0);
}
