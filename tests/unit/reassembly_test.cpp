#include "troupe/dist/reassembly.hpp"

#include "support/golden.hpp"
#include "troupe/dist/fragment.hpp"
#include "troupe/dist/framing.hpp"

#include <doctest/doctest.h>

using namespace std::string_literals;
using namespace troupe;
using namespace troupe::dist;

namespace {

std::string body(const fragment& x) {
  std::string out;
  put_fragment(out, x);
  return out.substr(length_bytes);
}

std::string first(uint32_t stream, uint64_t total, std::string_view data) {
  return body(
    {.first = true, .last = total == data.size(), .stream = stream, .total = total, .data = data});
}

std::string next(uint32_t stream, std::string_view data) {
  return body({.stream = stream, .data = data});
}

std::string last(uint32_t stream, std::string_view data) {
  return body({.last = true, .stream = stream, .data = data});
}

struct fixture {
  reassembly::bounds bounds{.messages = 2, .bytes = 100, .message_bytes = 60};
  reassembly r{bounds};
  std::string message;

  errc add(const std::string& x) { return r.add(x, message); }
};

constexpr auto begin = "\x10-----"; // six bytes of a process frame

} // namespace

TEST_CASE("reassembly: a fragment's frame is that of PROTOCOL.md, byte for byte") {
  std::string out;
  put_fragment(out, {.first = true, .stream = 300, .total = 200'000, .data = "\x10\x01\x02\x03"});
  CHECK(out == test::golden("fragment"));
  fragment x;
  REQUIRE(parse_fragment(std::string_view{out}.substr(length_bytes), x));
  CHECK(x.first);
  CHECK_FALSE(x.last);
  CHECK(x.stream == 300);
  CHECK(x.total == 200'000);
  CHECK(x.data == "\x10\x01\x02\x03");
}

TEST_CASE_FIXTURE(fixture, "reassembly: fragments of several messages may come in turn") {
  CHECK(add(first(1, 16, begin)) == errc::none);
  CHECK(add(first(2, 12, begin)) == errc::none);
  CHECK(r.bytes() == 28);
  CHECK(add(next(1, "01234")) == errc::none);
  CHECK(message.empty());
  CHECK(add(last(2, "abcdef")) == errc::none);
  CHECK(message == begin + "abcdef"s);
  CHECK(add(last(1, "56789")) == errc::none);
  CHECK(message == begin + "0123456789"s);
  CHECK(r.bytes() == 0);
  CHECK(r.messages() == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "reassembly: a message may be one fragment, and its stream be used again") {
  for (int i = 0; i < 3; ++i) {
    message.clear();
    CHECK(add(first(1, 6, begin)) == errc::none);
    CHECK(message == begin);
  }
}

TEST_CASE_FIXTURE(fixture, "reassembly: above a bound it says frame_too_large") {
  CHECK(add(first(1, 61, begin)) == errc::frame_too_large);
  CHECK(add(first(1, UINT64_MAX, begin)) == errc::frame_too_large);
  CHECK(add(first(1, 60, begin)) == errc::none);
  CHECK(add(first(2, 41, begin)) == errc::frame_too_large);
  CHECK(add(first(2, 40, begin)) == errc::none);
  CHECK(add(last(1, std::string(54, 'x'))) == errc::none);
  CHECK(add(first(3, 60, begin)) == errc::none);
  CHECK(add(first(4, 6, begin)) == errc::frame_too_large);
}

TEST_CASE_FIXTURE(fixture,
                  "reassembly: everything that does not fit together is a protocol_violation") {
  REQUIRE(add(first(1, 20, begin)) == errc::none);
  SUBCASE("a stream that nobody began") {
    CHECK(add(next(2, "x")) == errc::protocol_violation);
  }
  SUBCASE("a stream that is begun twice") {
    CHECK(add(first(1, 20, begin)) == errc::protocol_violation);
  }
  SUBCASE("more than was announced") {
    CHECK(add(last(1, std::string(15, 'x'))) == errc::protocol_violation);
  }
  SUBCASE("all of it, but not the last") {
    CHECK(add(next(1, std::string(14, 'x'))) == errc::protocol_violation);
  }
  SUBCASE("the last, but not all of it") {
    CHECK(add(last(1, "x")) == errc::protocol_violation);
  }
  SUBCASE("nothing") {
    CHECK(add(next(1, "")) == errc::protocol_violation);
  }
  SUBCASE("a total of nothing") {
    CHECK(add(first(2, 0, begin)) == errc::protocol_violation);
  }
  SUBCASE("a frame of the session") {
    CHECK(add(first(2, 20, "\x05")) == errc::protocol_violation);
  }
  SUBCASE("unknown flags") {
    CHECK(add("\x06\x04\x01x"s) == errc::protocol_violation);
  }
  SUBCASE("no header") {
    CHECK(add("\x06"s) == errc::protocol_violation);
  }
  SUBCASE("a number that is cut short") {
    CHECK(add("\x06\x00\x80"s) == errc::protocol_violation);
  }
  SUBCASE("a number that is too long") {
    CHECK(add("\x06\x00\xff\xff\xff\xff\x1fx"s) == errc::protocol_violation);
  }
  SUBCASE("a number in more bytes than it needs") {
    CHECK(add("\x06\x00\x81\x00x"s) == errc::protocol_violation);
  }
}
