#include "troupe/dist/signal_codec.hpp"

#include "../support/signal_pair.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;
using kind = signal::kind;

namespace signal_codec_test {

struct point {
  int64_t x = 0;
  int64_t y = 0;
};
TROUPE_MESSAGE(point, x, y);

struct unregistered {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unregistered& x) {
  return f(x.x);
}

} // namespace signal_codec_test

using signal_codec_test::point;
using signal_codec_test::unregistered;

TEST_CASE_FIXTURE(signal_pair, "signal_codec: every signal comes back with all that it carries") {
  for (auto& x : all_signals()) {
    auto y = cross(x);
    CAPTURE(static_cast<int>(x.type));
    CHECK(y.type == x.type);
    CHECK(y.from == x.from);
    CHECK(y.to == x.to);
    CHECK(y.name == x.name);
    CHECK(y.ref == x.ref);
    CHECK(y.number == x.number);
    CHECK(y.value == x.value);
    CHECK(message_to_term(y.payload, bridge) == message_to_term(x.payload, bridge));
    REQUIRE((y.spawn != nullptr) == (x.spawn != nullptr));
    if (!x.spawn)
      continue;
    CHECK(y.spawn->group_leader == x.spawn->group_leader);
    CHECK(y.spawn->link == x.spawn->link);
    CHECK(y.spawn->monitor == x.spawn->monitor);
    CHECK(y.spawn->what.type == x.spawn->what.type);
    CHECK(y.spawn->what.key == x.spawn->what.key);
    CHECK(y.spawn->what.same_build == x.spawn->what.same_build);
    CHECK(y.spawn->what.module == x.spawn->what.module);
    CHECK(y.spawn->what.name == x.spawn->what.name);
    CHECK(y.spawn->what.callable == x.spawn->what.callable);
    CHECK(y.spawn->what.arguments == x.spawn->what.arguments);
  }
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: of the frame whose memory is used nothing is left") {
  auto plain = encode(a, message(caf::make_message(int64_t{7})));
  pieces used{std::string(1000, 'x')};
  used.append(lent_bytes{std::make_shared<int>(), std::string_view{"lent"}});
  auto* memory = used.tail().data();
  auto frame = a.encode(message(caf::make_message(int64_t{7})), std::move(used));
  REQUIRE((plain && frame));
  CHECK(frame->str() == *plain);
  CHECK(frame->tail().data() == memory);
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: the first byte of a frame is the signal's kind") {
  for (auto& x : all_signals()) {
    auto frame = encode(a, x);
    REQUIRE(frame);
    CHECK(static_cast<uint8_t>(frame->front()) == 16 + static_cast<int>(x.type));
  }
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: a message arrives as the C++ values that it was") {
  auto x = cross(message(caf::make_message(point{1, 2}, "text", 7u)));
  REQUIRE(x.payload.match_elements<point, std::string, uint32_t>());
  CHECK(x.payload.get_as<point>(0).y == 2);
  CHECK(x.payload.get_as<std::string>(1) == "text");
  CHECK(cross(message({})).payload.empty());
}

TEST_CASE_FIXTURE(signal_pair,
                  "signal_codec: a type that the receiver knows otherwise arrives as a term") {
  auto frame = encode(a, message(caf::make_message(point{1, 2})));
  REQUIRE(frame);
  SUBCASE("not at all") {
    frame->replace(frame->find("point"), 5, "paint");
    auto x = arrive(*frame);
    REQUIRE(x.payload.match_elements<term>());
    CHECK(x.payload.get_as<term>(0) == term::tuple({atom{"point"}, 1, 2}));
  }
  SUBCASE("with other fields") {
    frame->replace(frame->rfind("point"), 5, "paint");
    auto x = arrive(*frame);
    REQUIRE(x.payload.match_elements<term>());
    CHECK(x.payload.get_as<term>(0) == term::tuple({atom{"paint"}, 1, 2}));
  }
}

TEST_CASE_FIXTURE(signal_pair,
                  "signal_codec: the second message of a type is shorter than the first") {
  auto x = message(caf::make_message(point{1, 2}));
  auto first = send(x), second = send(x);
  CHECK(first.find("point") != std::string::npos);
  CHECK(second.find("point") == std::string::npos);
  CHECK(arrive(second).payload.get_as<point>(0).y == 2);
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: a frame that overtakes another needs nothing of it") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  std::vector<std::pair<term, std::string>> slow;
  for (int i = 0; i < 300; ++i) {
    auto value = random.value(3);
    auto frame = encode(a, message(caf::make_message(value)));
    REQUIRE(frame);
    while (auto names = a.names())
      REQUIRE(b.decode(*names)); // overtakes as well
    if (random.below(2))
      slow.emplace_back(value, *frame);
    else
      REQUIRE(arrive(*frame).payload.get_as<term>(0) == value);
    if (!slow.empty() && random.below(4) == 0) {
      auto at = slow.begin() + static_cast<ptrdiff_t>(random.below(slow.size()));
      REQUIRE(arrive(at->second).payload.get_as<term>(0) == at->first);
      slow.erase(at);
    }
  }
  for (auto& [value, frame] : slow)
    CHECK(arrive(frame).payload.get_as<term>(0) == value);
}

TEST_CASE_FIXTURE(signal_pair, "signal_codec: both directions number names for themselves") {
  auto one = message(caf::make_message(term{atom{"one"}}));
  auto two = message(caf::make_message(term{atom{"two"}}));
  cross(one);
  cross_back(two);
  CHECK(cross(one).payload.get_as<term>(0) == term{atom{"one"}});
  CHECK(cross_back(one).payload.get_as<term>(0) == term{atom{"one"}});
  CHECK(cross_back(two).payload.get_as<term>(0) == term{atom{"two"}});
}

TEST_CASE_FIXTURE(
  signal_pair, "signal_codec: names of one message that need several frames are numbered in turn") {
  std::vector<term> many;
  for (int i = 0; i < 1'000; ++i)
    many.emplace_back(atom{std::string(200, 'n') + std::to_string(i)});
  auto x = message(caf::make_message(term::list(many)));
  auto first = encode(a, x);
  REQUIRE(first);
  int frames = 0;
  while (auto names = a.names()) {
    CHECK(names->size() <= limits::frame_bytes_max);
    CHECK(static_cast<uint8_t>(names->front()) == names_frame);
    auto decoded = b.decode(*names);
    REQUIRE(decoded);
    CHECK_FALSE(*decoded);
    ++frames;
  }
  CHECK(frames == 4);
  CHECK(send(x).size() < 4'000);
  CHECK(cross(x).payload.get_as<term>(0) == term::list(many));
}

TEST_CASE_FIXTURE(signal_pair,
                  "signal_codec: what cannot travel is an error that says what it is") {
  auto why = [&](const signal& x) {
    auto frame = encode(a, x);
    REQUIRE_FALSE(frame);
    return frame.error();
  };
  auto deep = term{atom{"deep"}};
  for (size_t i = 0; i <= limits::term_depth_max; ++i)
    deep = term::tuple({deep});
  auto no_type = why(message(caf::make_message(1, unregistered{})));
  CHECK(no_type == errc::invalid_config);
  CHECK(no_type.context.find("unregistered") != std::string::npos);
  CHECK(why(message(caf::make_message(deep))) == errc::frame_too_large);
  CHECK(why(message(caf::make_message(1, std::vector<term>{deep}))) == errc::frame_too_large);
  CHECK(why(down(deep)) == errc::frame_too_large);
  auto arguments = native(), callable = closure();
  arguments.arguments = deep;
  callable.callable = fun{{}, {}, 0, {}, 0, deep, {}};
  CHECK(why(spawn(arguments)) == errc::frame_too_large);
  CHECK(why(spawn(callable)) == errc::frame_too_large);
  signal local;
  for (auto type : {kind::answer, kind::info, kind::timeout}) {
    local.type = type;
    CHECK_FALSE(encode(a, local));
  }
  CHECK(cross(down(atom{"deep"})).value == term{atom{"deep"}}); // the connection goes on
}

TEST_CASE_FIXTURE(
  signal_pair,
  "signal_codec: a frame above the limit is an error, and the next is sent as if it had not been") {
  signal_codec small{ends_of_a, bridge, 100};
  auto big = message(caf::make_message(atom{"big"}, std::string(100, 'x')));
  auto refused = encode(small, big);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == errc::frame_too_large);
  CHECK(refused.error().context.find("the limit is 100") != std::string::npos);
  while (auto names = small.names())
    REQUIRE(b.decode(*names));
  auto next = encode(small, message(caf::make_message(atom{"big"}, atom{"small"})));
  REQUIRE(next);
  CHECK(arrive(*next).payload.get_as<atom>(1) == atom{"small"});
}
