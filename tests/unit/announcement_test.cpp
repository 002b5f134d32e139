#include "troupe/discovery/announcement.hpp"

#include "support/announcements.hpp"
#include "troupe/discovery/internal/keyed_hash.hpp"
#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <variant>

using namespace troupe;
using namespace troupe::discovery;
using namespace troupe::test;
using kind = announcement::kind;

namespace {

drop why(std::string_view packet) {
  auto decoded = monster_codec().decode(packet);
  auto* result = std::get_if<drop>(&decoded);
  return result ? *result : drop::none;
}

std::optional<announcement> read(std::string_view packet) {
  auto decoded = monster_codec().decode(packet);
  auto* result = std::get_if<announcement>(&decoded);
  return result ? std::optional{*result} : std::nullopt;
}

/// `packet` with another byte at `at` and the right proof.
std::string changed(std::string packet, size_t at, int to) {
  packet[at] = static_cast<char>(to);
  packet.resize(packet.size() - 16);
  return sealed(packet);
}

const std::string name_field = field(1, "a@10.0.0.7");

} // namespace

TEST_CASE("announcement: what is encoded reads the same, whatever the kind") {
  for (auto what :
       {kind::hello, kind::announce, kind::reply, kind::goodbye, kind::challenge, kind::response}) {
    auto x = from_a_to(instance_of_b, what, 0xfffffffe);
    if (what != kind::challenge && what != kind::response)
      x.nonce = {};
    x.hidden = true;
    x.known = 0xffffffff;
    x.digest = UINT64_MAX;
    x.wall_ms = UINT64_MAX;
    x.incarnation = UINT64_MAX;
    CHECK(read(monster_codec().encode(x)) == x);
    x.hidden = false;
    x.short_names = true;
    x.known = 0;
    x.digest = 0;
    x.creation = 0;
    x.endpoints.clear();
    CHECK(read(monster_codec().encode(x)) == x);
  }
}

TEST_CASE("announcement: a packet of which any bit is flipped is rejected") {
  auto packet = monster_codec().encode(from_a_to(instance_of_b, kind::response));
  REQUIRE(why(packet) == drop::none);
  for (size_t bit = 0; bit < 8 * packet.size(); ++bit) {
    auto wrong = packet;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ 1 << bit % 8);
    auto reason = why(wrong);
    CAPTURE(bit);
    CHECK(reason
          == (bit < 32            ? drop::magic
              : bit < 40          ? drop::version
              : bit / 8 - 8u < 8u ? drop::foreign
                                  : drop::mac));
  }
}

TEST_CASE("announcement: a packet that is cut off or longer is rejected") {
  auto packet = monster_codec().encode(from_a(kind::hello));
  for (size_t size = 0; size < packet.size(); ++size) {
    CAPTURE(size);
    CHECK(why(packet.substr(0, size)) == (size < 64 ? drop::size : drop::mac));
  }
  CHECK(why(packet + '\0') == drop::mac);
  CHECK(why(packet + std::string(limits::packet_bytes_max, '\0')) == drop::size);
}

TEST_CASE("announcement: clusters and keys are told apart, the cluster first") {
  dist::key other;
  auto x = from_a(kind::hello);
  CHECK(why(announcement_codec{monster_key(), "other"}.encode(x)) == drop::foreign);
  CHECK(why(announcement_codec{other, "other"}.encode(x)) == drop::foreign);
  CHECK(why(announcement_codec{other, "troupe"}.encode(x)) == drop::mac);
  CHECK(why(changed(monster_codec().encode(x), 7, 1)) == drop::mac); // a key that we do not have
  auto newer = announcement_codec{other, "other"}.encode(x);
  newer[4] = 2;
  CHECK(why(newer) == drop::version);
}

TEST_CASE("announcement: what is not known in a body or in the flags is skipped") {
  auto body = field(7, "new") + name_field + field(255, std::string(255, 'x')) + field(0, "")
              + field(7, "twice");
  auto x = read(with_body(kind::hello, body));
  REQUIRE(x);
  CHECK(x->name == "a@10.0.0.7");
  CHECK(read(changed(monster_codec().encode(from_a(kind::hello)), 6, 0xfc)) == from_a(kind::hello));
}

TEST_CASE("announcement: a field of the wrong length or one too many is malformed") {
  CHECK(why(with_body(kind::hello, name_field)) == drop::none);
  CHECK(why(with_body(kind::hello, name_field + name_field)) == drop::malformed);
  CHECK(why(with_body(kind::hello, name_field + '\x07')) == drop::malformed);
  CHECK(why(with_body(kind::hello, name_field + "\x07\x02x")) == drop::malformed);
  const std::pair<int, size_t> lengths[] = {{2, 4}, {4, 12}, {5, 8}, {6, 16}};
  for (auto [number, right] : lengths)
    for (size_t size = 0; size < 20; ++size) {
      CAPTURE(number);
      CAPTURE(size);
      auto x = field(number, std::string(size, '\1'));
      CHECK(why(with_body(kind::hello, name_field + x))
            == (size == right ? drop::none : drop::malformed));
      CHECK(why(with_body(kind::hello, name_field + x + x)) == drop::malformed);
    }
  for (size_t size = 0; size < 20; ++size)
    CHECK(why(with_body(kind::hello, name_field + field(3, std::string(size, '\1'))))
          == (size == 6 || size == 18 ? drop::none : drop::malformed));
  CHECK(why(with_body(kind::hello, name_field + field(3, std::string(6, '\0'))))
        == drop::malformed); // port 0
}

TEST_CASE("announcement: each kind has what it needs") {
  auto to = field(5, std::string(8, '\1'));
  auto nonce = field(6, std::string(16, '\1'));
  for (auto what : {kind::hello, kind::announce, kind::goodbye}) {
    CHECK(why(with_body(what, name_field)) == drop::none);
    CHECK(why(with_body(what, "")) == drop::malformed);
  }
  CHECK(why(with_body(kind::reply, name_field + to)) == drop::none);
  CHECK(why(with_body(kind::reply, to)) == drop::malformed);
  CHECK(why(with_body(kind::reply, name_field)) == drop::malformed);
  CHECK(why(with_body(kind::reply, name_field + field(5, std::string(8, '\0'))))
        == drop::malformed);
  for (auto what : {kind::challenge, kind::response}) {
    CHECK(why(with_body(what, to + nonce)) == drop::none);
    CHECK(why(with_body(what, to + name_field)) == drop::malformed);
    CHECK(why(with_body(what, nonce + name_field)) == drop::malformed);
  }
  for (auto* name : {"", "a", "a@", "@h", "a@h@h", "a b@h", "a@h h"})
    CHECK(why(with_body(kind::hello, field(1, name))) == drop::malformed);
}

TEST_CASE("announcement: numbers of the header that nobody may send are malformed") {
  auto packet = monster_codec().encode(from_a(kind::hello));
  CHECK(why(changed(packet, 5, 0)) == drop::malformed);
  CHECK(why(changed(packet, 5, 7)) == drop::malformed);
  CHECK(why(changed(packet, 47, packet[47] + 1)) == drop::malformed);
  CHECK(why(changed(packet, 47, packet[47] - 1)) == drop::malformed);
  auto x = from_a(kind::hello, 0);
  CHECK(why(monster_codec().encode(x)) == drop::malformed);
  x = from_a(kind::hello);
  x.instance = 0;
  CHECK(why(monster_codec().encode(x)) == drop::malformed);
}

TEST_CASE("announcement: endpoints that cannot be written or are too many are left out") {
  auto x = from_a(kind::hello);
  x.endpoints = {{"localhost", 1}, {"10.0.0.1", 0},        {"", 1},      {"fe80::1%eth0", 1},
                 {"1.2.3", 1},     {"::ffff:10.0.0.1", 1}, {"[::1]", 1}, {"10.0.0.1", 65535}};
  auto y = read(monster_codec().encode(x));
  REQUIRE(y);
  CHECK(
    y->endpoints
    == std::vector<dist::endpoint>{{"fe80::1", 1}, {"::ffff:10.0.0.1", 1}, {"10.0.0.1", 65535}});
  x.endpoints.assign(100, {"2001:db8::1", 7});
  x.name = "a@" + std::string(253, 'h');
  auto packet = monster_codec().encode(x);
  CHECK(packet.size() <= limits::packet_bytes_max);
  CHECK(read(packet)->endpoints.size() == limits::endpoints_max);
  auto body = name_field;
  for (int i = 0; i < 100; ++i)
    body += field(3, std::string(6, '\1'));
  CHECK(read(with_body(kind::hello, body))->endpoints.size() == limits::endpoints_max);
}

TEST_CASE("announcement: an interval is rounded up to 100 ms, and has a longest one") {
  auto x = from_a(kind::announce);
  auto told = [&](std::chrono::milliseconds interval) {
    x.interval = interval;
    return read(monster_codec().encode(x))->interval.count();
  };
  CHECK(told(std::chrono::milliseconds{0}) == 0);
  CHECK(told(std::chrono::milliseconds{-1}) == 0);
  CHECK(told(std::chrono::milliseconds{1}) == 100);
  CHECK(told(std::chrono::milliseconds{2500}) == 2500);
  CHECK(told(std::chrono::hours{24}) == 6'553'500);
}

TEST_CASE("announcement: every reason for a drop has a word of its own") {
  std::set<std::string_view> words;
  for (size_t i = 0; i < drop_count; ++i)
    words.insert(to_string(static_cast<drop>(i)));
  CHECK(words.size() == drop_count);
  CHECK(!words.contains(to_string(static_cast<drop>(drop_count))));
}

TEST_CASE("keyed_hash: signs as dist::sign does, and believes 16 to 32 bytes of it") {
  internal::keyed_hash hash{monster_key()};
  for (size_t size : {0, 1, 55, 56, 63, 64, 65, 1184}) {
    std::string text(size, 'x');
    auto proof = dist::sign(monster_key(), text);
    CHECK(hash.sign(text) == proof);
    for (size_t taken = 0; taken <= proof.size(); ++taken)
      CHECK(hash.verify(text, {proof.data(), taken}) == (taken >= 16));
    proof[15] ^= 1;
    CHECK_FALSE(hash.verify(text, {proof.data(), 16}));
  }
}
