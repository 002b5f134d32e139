// Binaries that are lent to frames, and take the memory of frames.

#include "support/signal_pair.hpp"
#include "troupe/dist/reassembly.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

constexpr auto large = term_writer::lent_bytes_min;

/// Where the bytes of a frame lie that are not its own.
std::vector<const char*> lent_of(const pieces& frame, size_t bytes) {
  std::vector<const char*> result;
  frame.each(0, frame.size(), [&](std::string_view run) {
    if (run.size() == bytes)
      result.push_back(run.data());
    return true;
  });
  return result;
}

caf::message taken(signal_codec& by, std::string frame) {
  auto x = by.take(std::move(frame));
  REQUIRE(x);
  REQUIRE(*x);
  return (*x)->payload;
}

} // namespace

TEST_CASE_FIXTURE(signal_pair, "signal_codec: a large binary is lent to its frame, not copied") {
  auto text = message(caf::make_message(std::string(large, 'x')));
  auto frame = a.encode(text);
  REQUIRE(frame);
  CHECK(frame->own_bytes() == frame->size() - large);
  CHECK(lent_of(*frame, large) == std::vector{text.payload.get_as<std::string>(0).data()});
  auto inner = term{std::string(large, 'y')};
  auto deep = message(caf::make_message(term::tuple({inner, 1, inner}), 2));
  frame = a.encode(deep);
  REQUIRE(frame);
  CHECK(lent_of(*frame, large) == std::vector{inner.as_binary().data(), inner.as_binary().data()});
  deep = {};
  inner = {};
  auto back = b.decode(frame->str());
  REQUIRE(back);
  auto x = (*back)->payload.get_as<term>(0);
  CHECK((x.as_tuple()[2].as_binary() == std::string(large, 'y')));
  CHECK((*back)->payload.get_as<int>(1) == 2);
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: a short binary is copied into its frame") {
  auto frame = a.encode(message(caf::make_message(std::string(large - 1, 'x'))));
  REQUIRE(frame);
  CHECK(frame->own_bytes() == frame->size());
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: lent bytes count for the limit of a frame") {
  signal_codec small{ends_of_a, bridge, large};
  auto refused = small.encode(message(caf::make_message(std::string(large, 'x'))));
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == errc::frame_too_large);
}

TEST_CASE_FIXTURE(signal_pair,
                  "signal_codec: a binary at the end of a long frame takes its memory") {
  for (auto as_term : {false, true}) {
    CAPTURE(as_term);
    std::string blob(100'000, 'x');
    auto frame
      = encode(a, message(as_term ? caf::make_message(term{blob}) : caf::make_message(blob)));
    REQUIRE(frame);
    auto* memory = frame->data();
    auto x = taken(b, std::move(*frame));
    auto arrived
      = as_term ? x.get_as<term>(0).as_binary() : std::string_view{x.get_as<std::string>(0)};
    CHECK((arrived == blob));
    CHECK(arrived.data() == memory);
  }
}

TEST_CASE_FIXTURE(signal_pair,
                  "signal_codec: a binary that is not most of its frame, or not last, is copied") {
  std::string blob(100'000, 'x');
  auto frame = encode(a, message(caf::make_message(blob, blob + 'y')));
  auto x = taken(b, *frame);
  CHECK((x.get_as<std::string>(0) == blob));
  CHECK((x.get_as<std::string>(1) == blob + 'y'));
  frame = encode(a, message(caf::make_message(term::tuple({blob, 1}))));
  x = taken(b, *frame);
  CHECK((x.get_as<term>(0) == term::tuple({blob, 1})));
  frame = encode(a, message(caf::make_message(blob + blob, std::string{"end"})));
  x = taken(b, *frame);
  CHECK(x.get_as<std::string>(1) == "end");
  CHECK(x.get_as<std::string>(1).capacity() < 100);
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: a long frame that is cut short is a violation") {
  auto frame = encode(a, message(caf::make_message(term::tuple({1, std::string(300, 'x')}))));
  REQUIRE(frame);
  for (size_t n = 0; n < frame->size(); ++n) {
    signal_codec fresh{ends_of_b, bridge};
    auto x = fresh.take(frame->substr(0, n));
    REQUIRE_FALSE(x);
    REQUIRE(x.error() == errc::protocol_violation);
  }
  signal_codec fresh{ends_of_b, bridge};
  CHECK_FALSE(fresh.take(*frame + '\0'));
}
