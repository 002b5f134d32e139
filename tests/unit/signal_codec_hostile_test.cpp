// What a codec makes of frames that no codec of ours wrote.

#include "../support/signal_pair.hpp"
#include "troupe/dist/signal_codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;
using namespace std::string_literals;

namespace {

struct fixture : signal_pair {
  enum class outcome { signal, skipped, violation };

  /// Decodes a copy that lies in a heap block of its own length.
  static outcome decode(signal_codec& at, const std::string& frame) {
    auto exact = std::make_unique<char[]>(frame.size());
    std::ranges::copy(frame, exact.get());
    auto x = at.decode({exact.get(), frame.size()});
    if (x)
      return *x ? outcome::signal : outcome::skipped;
    CHECK(x.error() == errc::protocol_violation);
    return outcome::violation;
  }

  /// What node b makes of it as the first frame.
  outcome fresh(const std::string& frame) {
    signal_codec codec{ends_of_b, bridge};
    return decode(codec, frame);
  }

  static std::string frame(int number, const std::string& body = {}) {
    return std::string(1, static_cast<char>(number)) + body;
  }
};

const std::string sender = "\x05\x05";
const std::string receiver = "\x06\x07";

} // namespace

TEST_CASE_FIXTURE(fixture,
                  "signal_codec: a frame that is cut short anywhere, or too long, is a violation") {
  for (auto& x : all_signals()) {
    signal_codec codec{ends_of_a, bridge};
    auto whole = encode(codec, x);
    REQUIRE(whole);
    CAPTURE(static_cast<int>(x.type));
    REQUIRE(fresh(*whole) == outcome::signal);
    for (size_t n = 0; n < whole->size(); ++n)
      REQUIRE(fresh(whole->substr(0, n)) == outcome::violation);
    CHECK(fresh(*whole + '\0') == outcome::violation);
  }
}

TEST_CASE_FIXTURE(fixture,
                  "signal_codec: flipped bits are a violation or another signal, never worse") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  auto all = all_signals();
  for (int i = 0; i < 20'000; ++i) {
    signal_codec codec{ends_of_a, bridge};
    auto bytes = encode(codec, all[random.below(all.size())]);
    REQUIRE(bytes);
    for (auto flips = 1 + random.below(3); flips > 0; --flips)
      (*bytes)[random.below(bytes->size())] ^= static_cast<char>(1 << random.below(8));
    fresh(*bytes);
  }
}

TEST_CASE_FIXTURE(fixture,
                  "signal_codec: random frames are a violation, skipped or a signal, never worse") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  for (int i = 0; i < 5'000; ++i) {
    auto bytes = random.bytes();
    for (auto& c : bytes)
      if (random.below(2))
        c = static_cast<char>(random.below(18));
    bytes.insert(0, 1, static_cast<char>(16 + random.below(20)));
    decode(b, bytes); // one codec for all: what it learned stays
  }
}

TEST_CASE_FIXTURE(fixture,
                  "signal_codec: a frame of a newer version is skipped, whatever is in it") {
  for (int i = last_process_frame + 1; i < names_frame; ++i) {
    CHECK(fresh(frame(i)) == outcome::skipped);
    CHECK(fresh(frame(i, "\xff\xff\xff")) == outcome::skipped);
  }
}

TEST_CASE_FIXTURE(fixture, "signal_codec: a frame of a signal that never travels is a violation") {
  for (auto type : {signal::kind::answer, signal::kind::timeout}) {
    CHECK(fresh(frame(frame_kind(type))) == outcome::violation);
    CHECK(fresh(frame(frame_kind(type), "\x08\x09")) == outcome::violation);
    auto x = make(type);
    CHECK_FALSE(encode(a, x));
  }
}

TEST_CASE_FIXTURE(fixture, "signal_codec: an alias is a reference and nothing else") {
  auto none = "\x00"s;
  CHECK(fresh(frame(34, sender + "\x09\x09" + none)) == outcome::signal);
  CHECK(fresh(frame(34, sender + receiver + none)) == outcome::violation);
  CHECK(fresh(frame(34, sender + "\x04\x01x" + none)) == outcome::violation);
}

TEST_CASE_FIXTURE(fixture, "signal_codec: a skipped frame does not disturb what comes after it") {
  auto x = message(caf::make_message(atom{"x"}));
  cross(x);
  CHECK(decode(b, frame(last_process_frame + 1, "\x04\x03new")) == outcome::skipped);
  CHECK(cross(x).payload.get_as<atom>(0) == atom{"x"});
}

TEST_CASE_FIXTURE(fixture, "signal_codec: frames of the session are none of the codec's") {
  for (int i = 0; i < first_process_frame; ++i)
    CHECK(fresh(frame(i)) == outcome::violation);
  CHECK(fresh("") == outcome::violation);
}

TEST_CASE_FIXTURE(fixture, "signal_codec: names that are malformed or too many are a violation") {
  CHECK(fresh(frame(names_frame)) == outcome::skipped);
  CHECK(fresh(frame(names_frame, "\x02ok\x01x")) == outcome::skipped);
  CHECK(fresh(frame(names_frame, "\x03ok")) == outcome::violation);
  CHECK(fresh(frame(names_frame, "\x80\x02"s + std::string(256, 'x'))) == outcome::violation);
  std::string all;
  for (size_t i = 0; i < limits::interned_names_max; ++i)
    all += "\x01x";
  CHECK(decode(b, frame(names_frame, all)) == outcome::skipped);
  CHECK(decode(b, frame(names_frame, "\x01x")) == outcome::violation);
}

TEST_CASE_FIXTURE(fixture,
                  "signal_codec: a number of values above the bytes that are left is a violation") {
  auto head = sender + receiver + "\x00"s;
  CHECK(fresh(frame(16, head + "\x00"s)) == outcome::signal);
  CHECK(fresh(frame(16, head + "\x01\x04\x03i64\x01\x02")) == outcome::signal);
  CHECK(fresh(frame(16, head + "\x02\x04\x03i64\x01\x02")) == outcome::violation);
  CHECK(fresh(frame(16, head + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")) == outcome::violation);
}

TEST_CASE_FIXTURE(fixture, "signal_codec: a value that its type does not allow arrives as a term") {
  auto head = sender + receiver + "\x00\x01"s;
  auto x = b.decode(frame(16, head + "\x04\x02u8\x01\x80\x04"));
  REQUIRE(x);
  REQUIRE(*x);
  CHECK((*x)->payload.get_as<term>(0) == term{256});
}

TEST_CASE_FIXTURE(fixture, "signal_codec: a spawn has a form that exists, and a closure is a fun") {
  auto head = [&](int form) {
    return sender + "\x08\x09" + std::string{static_cast<char>(form), '\0'} + sender;
  };
  auto none = "\x0d\x00"s;
  CHECK(fresh(frame(26, head(0) + "\x01k" + none)) == outcome::signal);
  CHECK(fresh(frame(26, head(1)
                          + "\x04\x01m\x04\x01"
                            "f"
                          + none))
        == outcome::signal);
  CHECK(fresh(frame(26, head(2)
                          + "\x11\x04\x01m\x04\x01"
                            "f\x00"s
                          + none))
        == outcome::signal);
  CHECK(fresh(frame(26, head(2) + "\x01\x02" + none)) == outcome::violation);
  CHECK(fresh(frame(26, head(3) + none)) == outcome::violation);
  CHECK(fresh(frame(26, head(255) + none)) == outcome::violation);
}

TEST_CASE_FIXTURE(fixture, "signal_codec: a term nested too deep is a violation") {
  std::string deep;
  for (size_t i = 0; i <= limits::term_depth_max; ++i)
    deep += "\x0b\x01";
  CHECK(fresh(frame(29, deep + "\x01\x02")) == outcome::violation);
  CHECK(fresh(frame(29, deep.substr(2) + "\x01\x02")) == outcome::signal);
}
