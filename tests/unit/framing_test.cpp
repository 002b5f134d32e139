#include "troupe/dist/framing.hpp"

#include "troupe/dist/gate.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace std::string_literals;
using namespace troupe::dist;

namespace {

using outcome = frame_reader::outcome;

std::vector<std::string> read_all(frame_reader& reader, std::string_view bytes, size_t piece) {
  std::vector<std::string> bodies;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    auto in = bytes.substr(at, piece);
    std::string_view body;
    while (reader.next(in, body) == outcome::frame)
      bodies.emplace_back(body);
  }
  return bodies;
}

} // namespace

TEST_CASE("framing: a stream is cut into its frames wherever its pieces end") {
  std::vector<std::string> bodies
    = {"a", std::string(300, 'b'), "cc", std::string(70'000, 'd'), "e"};
  std::string stream;
  for (auto& body : bodies)
    put_frame(stream, body);
  for (size_t piece : {1u, 2u, 3u, 4u, 5u, 7u, 303u, 65536u, 1'000'000u}) {
    frame_reader reader{70'000};
    CHECK((read_all(reader, stream, piece) == bodies));
  }
}

TEST_CASE("framing: a length is refused as soon as it is there, and nothing is held for it") {
  for (size_t piece : {1u, 4u, 100u}) {
    frame_reader reader{10};
    CHECK(read_all(reader, "\xff\xff\xff\xff"s, piece).empty());
    CHECK(reader.held_bytes() <= length_bytes);
  }
  frame_reader reader{10};
  std::string_view body;
  std::string_view in{"\x00\x00\x00\x0bxxxxxxxxxxx", 15};
  CHECK(reader.next(in, body) == outcome::too_long);
  in = {"\x00\x00\x00\x00", 4};
  CHECK(reader.next(in, body) == outcome::empty);
}

TEST_CASE("framing: a frame that never comes holds no more than came of it") {
  frame_reader reader{1'000'000};
  CHECK(read_all(reader, "\x00\x0f\x00\x00only this"s, 100).empty());
  CHECK(reader.held_bytes() == 13);
}

TEST_CASE("framing: varints are read as they are written, and in one form only") {
  for (uint64_t value :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{300}, uint64_t{1} << 32, UINT64_MAX}) {
    std::string out;
    put_varint(out, value);
    std::string_view from = out;
    uint64_t read = 1;
    CHECK(take_varint(from, UINT64_MAX, read));
    CHECK(read == value);
    CHECK(from.empty());
    from = std::string_view{out}.substr(0, out.size() - 1);
    CHECK_FALSE(take_varint(from, UINT64_MAX, read));
  }
  for (auto text :
       {"\x80\x00"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s, std::string(11, '\x80')}) {
    std::string_view from = text;
    uint64_t read = 0;
    CHECK_FALSE(take_varint(from, UINT64_MAX, read));
  }
}

TEST_CASE("gate: no more than four bytes tell what a stream is") {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      std::string bytes{static_cast<char>(a), static_cast<char>(b), 'N', 'x'};
      REQUIRE(classify(bytes) != first_words::incomplete);
    }
  CHECK(classify("") == first_words::incomplete);
  CHECK(classify("T") == first_words::incomplete);
  CHECK(classify("TR") == first_words::incomplete);
  CHECK(classify("TRA") == first_words::incomplete);
  CHECK(classify("TRAC") == first_words::http);
  CHECK(classify("TRPE") == first_words::plain);
  CHECK(classify("\x16\x03") == first_words::tls);
  CHECK(classify("\x15\x03") == first_words::tls_alert);
  CHECK(classify("\x00\x09n"s) == first_words::erlang);
  CHECK(classify("\x02\x09n"s) == first_words::other);
}
