// What a reader makes of bytes that no writer of ours wrote. Each input lies in a heap block of its
// own length, so that a sanitizer sees a read beyond its end.

#include "../support/random_term.hpp"
#include "troupe/dist/term_codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;
using namespace std::string_literals;

namespace {

/// Whether `bytes` are one term, to a reader that knows the name number 0.
bool accepts(const std::string& bytes) {
  auto exact = std::make_unique<char[]>(bytes.size());
  std::ranges::copy(bytes, exact.get());
  term_reader reader{ends_of_b};
  reader.open("\x02ok");
  reader.names();
  reader.open({exact.get(), bytes.size()});
  auto x = reader.value();
  if (!reader.ok())
    CHECK_FALSE(reader.done());
  return reader.done();
}

bool accepts_names(const std::string& bytes) {
  term_reader reader{ends_of_b};
  reader.open(bytes);
  reader.names();
  return reader.done();
}

std::string nest(std::string_view opening, size_t depth) {
  std::string result;
  for (size_t i = 0; i < depth; ++i)
    result += opening;
  return result + "\x01\x02"s;
}

/// A term with all tags in it, as bytes.
std::string sample(random_terms& random) {
  term_writer writer{ends_of_a};
  std::string out;
  fun closure{{}, {}, 1, {atom{"c@h"}, 1, 2}, 3, random.value(2), term::map({})};
  fun external{atom{"m"}, atom{"f"}, 1, {}, 0, {}, {}};
  auto x = term::tuple({random.value(2), closure, external, random.value(2), 0.5, atom{"ok"}});
  CHECK(writer.value(out, x));
  return out;
}

} // namespace

TEST_CASE("term_codec: a term that is cut short anywhere is refused") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  for (int round = 0; round < 10; ++round) {
    auto whole = sample(random);
    REQUIRE(accepts(whole));
    for (size_t n = 0; n < whole.size(); ++n)
      REQUIRE_FALSE(accepts(whole.substr(0, n)));
    CHECK_FALSE(accepts(whole + '\0'));
  }
}

TEST_CASE("term_codec: flipped bits are refused or are another term, never worse") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  size_t refused = 0;
  for (int round = 0; round < 20; ++round) {
    auto whole = sample(random);
    for (int i = 0; i < 1'000; ++i) {
      auto bytes = whole;
      for (auto flips = 1 + random.below(3); flips > 0; --flips)
        bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
      refused += accepts(bytes) ? 0 : 1;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("term_codec: random bytes are refused or are a term, never worse") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  for (int i = 0; i < 5'000; ++i) {
    auto bytes = random.bytes();
    for (auto& c : bytes)
      if (random.below(2))
        c = static_cast<char>(random.below(20)); // tags and small counts
    accepts(bytes);
  }
}

TEST_CASE("term_codec: tags that do not exist are refused") {
  for (auto tag : {0, 18, 19, 0x7f, 0x80, 0xff})
    CHECK_FALSE(accepts(std::string(1, static_cast<char>(tag)) + std::string(20, '\0')));
  CHECK_FALSE(accepts(""));
}

TEST_CASE(
  "term_codec: a count above the bytes that are left is refused before memory is set aside") {
  for (auto tag : {term_tag::tuple, term_tag::map, term_tag::list, term_tag::list_tail,
                   term_tag::binary, term_tag::atom_text}) {
    std::string head(1, static_cast<char>(tag));
    CHECK_FALSE(accepts(head + "\x05\x01\x02"));
    CHECK_FALSE(accepts(head + "\xff\xff\xff\xff\x7f"));
    CHECK_FALSE(accepts(head + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  }
}

TEST_CASE("term_codec: numbers of more than 64 bits are refused") {
  CHECK(accepts("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  CHECK_FALSE(accepts("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
  CHECK_FALSE(accepts("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"s));
  CHECK_FALSE(accepts("\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"s));
}

TEST_CASE("term_codec: numbers in more bytes than they need are refused") {
  CHECK(accepts("\x01\x80\x01"));
  CHECK_FALSE(accepts("\x01\x80\x00"s));
  CHECK_FALSE(accepts("\x01\x81\x80\x00"s));
  CHECK_FALSE(accepts("\x0f\x80\x00"s));
}

TEST_CASE("term_codec: numbers of names that were not told are refused") {
  CHECK(accepts("\x03\x00"s));
  CHECK_FALSE(accepts("\x03\x01"));
  CHECK_FALSE(accepts("\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

TEST_CASE("term_codec: names that no atom has are refused") {
  CHECK(accepts("\x04\xff\x01"s + std::string(255, 'x')));
  CHECK_FALSE(accepts("\x04\x80\x02"s + std::string(256, 'x')));
  CHECK_FALSE(accepts_names("\x80\x02"s + std::string(256, 'x')));
}

TEST_CASE("term_codec: more names than there are numbers are refused") {
  std::string all;
  for (size_t i = 0; i < limits::interned_names_max; ++i)
    all += "\x01x"; // nobody says that they differ
  CHECK(accepts_names(all));
  CHECK_FALSE(accepts_names(all + "\x01x"));
  CHECK_FALSE(accepts_names("\x02x"));
}

TEST_CASE("term_codec: where a name or a process must be, nothing else is taken") {
  CHECK(accepts("\x07\x04\x03"
                "c@h\x00\x00\x00\x21\x05"s));
  CHECK_FALSE(accepts("\x07\x01\x02\x00\x00\x00\x21\x05"s)); // an integer as node
  CHECK_FALSE(accepts("\x10\x0f\x00\x00\x00"s));             // a closure whose creator is a binary
  CHECK(accepts("\x11\x04\x01m\x04\x01"
                "f\x02"));
  CHECK_FALSE(accepts("\x11\x04\x01m\x0f\x01"
                      "f\x02"));
}

TEST_CASE("term_codec: functions take 255 arguments at the most") {
  CHECK(accepts("\x11\x04\x01m\x04\x01"
                "f\xff\x01"));
  CHECK_FALSE(accepts("\x11\x04\x01m\x04\x01"
                      "f\x80\x02"));
  CHECK_FALSE(accepts("\x11\x04\x01m\x04\x01"
                      "f\x80\x80\x80\x80\x10")); // 2^32
  CHECK_FALSE(accepts("\x10\x05\x01\x00\x80\x80\x80\x80\x10\x0b\x00\x0c\x00"s));
  CHECK_FALSE(accepts("\x11\x04\x03nil\x04\x01"
                      "f\x02")); // a closure has no module
}

TEST_CASE("term_codec: what is nested deeper than the limit is refused, whatever nests it") {
  for (auto opening :
       {"\x0b\x01"s, "\x0d\x01"s, "\x0e\x00"s, "\x0c\x01\x01\x02"s, "\x10\x05\x01\x00\x00"s}) {
    CHECK_FALSE(accepts(nest(opening, limits::term_depth_max + 1)));
    CHECK_FALSE(accepts(nest(opening, 100'000)));
    if (opening.front() != 0x10) // which would need its bindings behind it
      CHECK(accepts(nest(opening, limits::term_depth_max)));
  }
}

TEST_CASE("term_codec: after the first error every read is empty") {
  term_reader reader{ends_of_b};
  reader.open("\x7f\x01\x02\x03\x04\x05\x06\x07");
  CHECK(reader.value() == term{});
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK(reader.u32() == 0);
  CHECK(reader.varint() == 0);
  CHECK(reader.bytes().empty());
  CHECK(reader.name() == atom{});
  CHECK_FALSE(reader.process());
  CHECK_FALSE(reader.ref());
  CHECK_FALSE(reader.done());
  reader.open("\x01\x02");
  CHECK(reader.value() == term{1});
  CHECK(reader.done());
}

TEST_CASE("term_codec: the last of equal keys in a map stays") {
  term_reader reader{ends_of_b};
  reader.open("\x0c\x02\x01\x02\x01\x04\x01\x02\x01\x06");
  CHECK(reader.value() == term::map({{1, 3}}));
  CHECK(reader.done());
}
