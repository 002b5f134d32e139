#include "troupe/epmd/epmd_codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace troupe::epmd;
using namespace std::literals;

namespace {

node_info node(std::string name, uint16_t port) {
  node_info x;
  x.name = std::move(name);
  x.port = port;
  return x;
}

// What erl 25 sends for `erl -sname ab` that listens at port 0x8182.
const auto alive2_golden = "\x00\x0f\x78\x81\x82\x4d\x00\x00\x06\x00\x05\x00\x02\x61\x62\x00\x00"s;
// What epmd of OTP 25 answers to a look-up of that node.
const auto port2_golden = "\x77\x00\x81\x82\x4d\x00\x00\x06\x00\x05\x00\x02\x61\x62\x00\x00"s;

template <class T>
bool incomplete(const decoded<T>& x) {
  auto* why = std::get_if<decode_error>(&x);
  return why && *why == decode_error::incomplete;
}

template <class T>
bool malformed(const decoded<T>& x) {
  auto* why = std::get_if<decode_error>(&x);
  return why && *why == decode_error::malformed;
}

} // namespace

TEST_CASE("epmd_codec: requests have the bytes that Erlang sends") {
  CHECK(encode(alive2_request{node("ab", 0x8182)}) == alive2_golden);
  CHECK(encode(port_please2_request{"ab"}) == "\x00\x03\x7a\x61\x62"s);
  CHECK(encode(names_request{}) == "\x00\x01\x6e"s);
  CHECK(encode(dump_request{}) == "\x00\x01\x64"s);
  CHECK(encode(kill_request{}) == "\x00\x01\x6b"s);
  CHECK(encode(stop_request{"ab"}) == "\x00\x03\x73\x61\x62"s);
}

TEST_CASE("epmd_codec: a hidden node has type 72") {
  auto x = node("ab", 1);
  x.hidden = true;
  CHECK(encode(alive2_request{x})[5] == 72);
}

TEST_CASE("epmd_codec: answers have the bytes that epmd sends") {
  CHECK(encode(alive2_response{true, 0x01020304}, true) == "\x76\x00\x01\x02\x03\x04"s);
  CHECK(encode(alive2_response{false, 0}, true) == "\x76\x01\x00\x00\x00\x00"s);
  CHECK(encode(port2_response{node("ab", 0x8182)}) == port2_golden);
  CHECK(encode(port2_response{}) == "\x77\x01"s);
  CHECK(encode_names(4369, {node("a", 1), node("b", 65535)})
        == "\x00\x00\x11\x11name a at port 1\nname b at port 65535\n"s);
  CHECK(encode_dump(4369, {node("a", 1)})
        == "\x00\x00\x11\x11"
           "active name     <a> at port 1, fd = 0\n"s);
}

TEST_CASE("epmd_codec: a node that knows 16 bits of creation gets 1 to 3") {
  for (uint32_t creation : {4u, 5u, 6u, 0xffffffffu}) {
    auto bytes = encode(alive2_response{true, creation}, false);
    REQUIRE(bytes.size() == 4);
    CHECK(bytes.substr(0, 3) == "\x79\x00\x00"s);
    CHECK(bytes[3] >= 1);
    CHECK(bytes[3] <= 3);
  }
}

TEST_CASE("epmd_codec: a request comes back as it was, and no prefix of it is one") {
  auto info = node("multinode", 9100);
  info.hidden = true;
  info.extra = "\x01\x02"s;
  auto bytes = encode(alive2_request{info});
  auto whole = decode_request(bytes);
  REQUIRE(std::holds_alternative<request>(whole));
  CHECK(std::get<alive2_request>(std::get<request>(whole)).node == info);
  for (size_t size = 0; size < bytes.size(); ++size)
    CHECK(incomplete(decode_request(bytes.substr(0, size))));
}

TEST_CASE("epmd_codec: an answer comes back as it was, and no prefix of it is one") {
  auto port2 = decode_port2_response(port2_golden);
  REQUIRE(std::holds_alternative<port2_response>(port2));
  CHECK(std::get<port2_response>(port2).node == node("ab", 0x8182));
  for (size_t size = 0; size < port2_golden.size(); ++size)
    CHECK(incomplete(decode_port2_response(std::string_view{port2_golden}.substr(0, size))));
  for (bool wide : {true, false}) {
    auto bytes = encode(alive2_response{true, 2}, wide);
    CHECK(std::holds_alternative<alive2_response>(decode_alive2_response(bytes)));
    for (size_t size = 0; size < bytes.size(); ++size)
      CHECK(incomplete(decode_alive2_response(bytes.substr(0, size))));
  }
}

TEST_CASE("epmd_codec: lengths beyond the limits are malformed") {
  CHECK(malformed(decode_request("\x00\x00"s)));
  CHECK(malformed(decode_request("\xff\xff"s)));
  auto bytes = alive2_golden;
  SUBCASE("name longer than the request") {
    bytes[12] = '\x03';
  }
  SUBCASE("name longer than a name") {
    bytes[11] = '\x01';
  }
  SUBCASE("extra longer than the request") {
    bytes[16] = '\x01';
  }
  SUBCASE("empty name") {
    bytes[12] = '\x00';
  }
  SUBCASE("port 0") {
    bytes[3] = bytes[4] = '\x00';
  }
  SUBCASE("a line break in the name") {
    bytes[14] = '\n';
  }
  SUBCASE("unknown kind") {
    bytes[2] = '\x01';
  }
  CHECK(malformed(decode_request(bytes)));
}

TEST_CASE("epmd_codec: answers of another protocol are malformed") {
  CHECK(malformed(decode_alive2_response("HTTP/1.1 400")));
  CHECK(malformed(decode_port2_response("HTTP/1.1 400")));
}

TEST_CASE("epmd_codec: a listing gives the names it has and skips other lines") {
  auto listed = decode_names("\x00\x00\x11\x11"
                             "name a at port 1\n"
                             "name b at port 70000\n"
                             "nonsense\n"
                             "name  at port 2\n"
                             "name c at port 3x\n"
                             "name d at port 4"s);
  REQUIRE(listed.index() == 0);
  CHECK(std::get<0>(listed) == std::vector<registered_name>{{"a", 1}, {"d", 4}});
  CHECK(incomplete(decode_names("\x00\x00\x11"sv)));
}

TEST_CASE("epmd_codec: a name has 1 to 255 bytes and fits a line") {
  CHECK(valid_name("a"));
  CHECK(valid_name(std::string(255, 'a')));
  CHECK(valid_name("\xc3\xa4"));
  CHECK_FALSE(valid_name(""));
  CHECK_FALSE(valid_name(std::string(256, 'a')));
  CHECK_FALSE(valid_name("a b"));
  CHECK_FALSE(valid_name("a@b"));
  CHECK_FALSE(valid_name("a\0"sv));
}
