#include "troupe/dist/outbox.hpp"

#include "support/golden.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/dist/reassembly.hpp"
#include "troupe/dist/session.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

using namespace troupe;
using namespace troupe::dist;

namespace {

using put_result = outbox::put_result;

/// A frame that says which of which key it is, and is filled up to `size`.
std::string make_frame(uint64_t key, uint64_t number, size_t size) {
  std::string out(1, static_cast<char>(first_process_frame));
  put_uint(out, key, 4);
  put_uint(out, number, 4);
  out.resize(std::max(out.size(), size), static_cast<char>(number));
  return out;
}

/// The other end: puts a stream together again and keeps what arrived, in order.
struct receiver {
  void feed(std::string_view bytes) {
    for (;;) {
      std::string_view body;
      auto outcome = reader.next(bytes, body);
      if (outcome == frame_reader::outcome::more)
        return;
      REQUIRE(outcome == frame_reader::outcome::frame);
      std::string message{body};
      if (body.front() == static_cast<char>(session_frame::fragment)) {
        message.clear();
        REQUIRE(parts.add(body, message) == errc::none);
      }
      if (!message.empty())
        arrived.push_back(message);
    }
  }

  frame_reader reader{limits::frame_bytes_max + 64};
  reassembly parts;
  std::vector<std::string> arrived;
};

void take(outbox& box, std::string& out, size_t bytes_max) {
  pieces taken;
  box.take(taken, bytes_max);
  taken.append_to(out);
}

std::vector<std::string> drain(outbox& box, size_t bytes_max = 64 * 1024) {
  receiver r;
  while (box.queued_bytes() > 0) {
    std::string out;
    take(box, out, bytes_max);
    REQUIRE_FALSE(out.empty());
    r.feed(out);
  }
  return r.arrived;
}

} // namespace

TEST_CASE("outbox: a tick is that of PROTOCOL.md, byte for byte") {
  outbox box;
  box.put_control(std::string(1, static_cast<char>(session_frame::tick)));
  std::string out;
  take(box, out, 1000);
  CHECK(out == test::golden("tick"));
}

TEST_CASE("outbox: frames of one key arrive whole and in order, whatever their lengths") {
  for (uint32_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    outbox box;
    receiver r;
    std::map<uint64_t, uint64_t> sent;
    std::map<uint64_t, uint64_t> seen;
    auto take_some = [&](size_t bytes_max) {
      std::string out;
      take(box, out, bytes_max);
      CHECK(out.size() < bytes_max + limits::frame_bytes_max + 64);
      r.feed(out);
    };
    for (int i = 0; i < 200; ++i) {
      uint64_t key = random() % 5;
      size_t size = random() % 4 == 0 ? random() % 400'000 : random() % 300;
      box.put(key, make_frame(key, sent[key]++, size));
      if (random() % 3 == 0)
        take_some(1 + random() % 100'000);
    }
    while (box.queued_bytes() > 0)
      take_some(1 + random() % 100'000);
    CHECK(r.arrived.size() == 200);
    for (std::string_view frame : r.arrived) {
      frame.remove_prefix(1);
      auto key = take_uint(frame, 4);
      REQUIRE(take_uint(frame, 4) == seen[key]++);
    }
  }
}

TEST_CASE("outbox: the memory of a short frame is left to who put it") {
  outbox box;
  pieces frame{make_frame(1, 0, 100)};
  auto* memory = frame.tail().data();
  box.put(1, std::move(frame));
  frame.clear(); // is in the box already
  CHECK(frame.tail().capacity() >= 100);
  CHECK(frame.tail().data() == memory);
  CHECK(drain(box) == std::vector{make_frame(1, 0, 100)});
}

TEST_CASE("outbox: a short frame overtakes the long ones of others, but not of its own key") {
  outbox box;
  box.put(1, make_frame(1, 0, 1'000'000));
  std::string begun;
  take(box, begun, 64 * 1024);
  box.put(1, make_frame(1, 1, 10));
  box.put(2, make_frame(2, 0, 10));
  box.put_control("\x05");
  receiver r;
  r.feed(begun);
  while (box.queued_bytes() > 0) {
    std::string out;
    take(box, out, 64 * 1024);
    r.feed(out);
  }
  REQUIRE(r.arrived.size() == 4);
  CHECK(r.arrived[0] == make_frame(2, 0, 10));
  CHECK(r.arrived[1] == "\x05");
  CHECK((r.arrived[2] == make_frame(1, 0, 1'000'000)));
  CHECK(r.arrived[3] == make_frame(1, 1, 10));
}

TEST_CASE("outbox: long frames of several keys take turns, so that the shorter one is done first") {
  outbox box;
  box.put(1, make_frame(1, 0, 10'000'000));
  box.put(2, make_frame(2, 0, 200'000));
  auto arrived = drain(box);
  REQUIRE(arrived.size() == 2);
  CHECK(arrived[0].size() == 200'000);
}

TEST_CASE("outbox: no more long frames are begun than the peer can put together") {
  outbox box;
  for (uint64_t key = 0; key < 2 * limits::reassembly_messages_max; ++key)
    box.put(key, make_frame(key, 0, 3 * limits::frame_bytes_max));
  CHECK(drain(box).size()
        == 2 * limits::reassembly_messages_max); // the receiver has the same bounds
  outbox narrow{{.frame_bytes = 1000, .open_bytes = 10'000}};
  narrow.put(1, make_frame(1, 0, 9'000));
  narrow.put(2, make_frame(2, 0, 9'000));
  auto arrived = drain(narrow, 500);
  CHECK(arrived.size() == 2);
  CHECK(arrived[0] == make_frame(1, 0, 9'000)); // the second was not begun before
}

TEST_CASE("outbox: its limits are told apart, and what was refused is not queued") {
  outbox box{{.message_bytes = 5000, .soft_bytes = 1000, .hard_bytes = 7000}};
  CHECK(box.put(1, make_frame(1, 0, 996)) == put_result::ok);
  CHECK(box.put(1, make_frame(1, 1, 100)) == put_result::busy);
  CHECK(box.put(1, make_frame(1, 2, 5001)) == put_result::too_long);
  CHECK(box.put(1, make_frame(1, 2, 5000)) == put_result::busy);
  CHECK(box.put(1, make_frame(1, 3, 1000)) == put_result::overflow);
  CHECK(drain(box).size() == 3);
  CHECK(box.put(1, make_frame(1, 3, 10)) == put_result::ok);
}

TEST_CASE("outbox: what is dropped leaves the stream readable") {
  outbox box;
  box.put(1, make_frame(1, 0, 5000));
  box.put(2, make_frame(2, 0, 500'000));
  receiver r;
  std::string out;
  take(box, out, 100);
  r.feed(out);
  box.drop();
  CHECK(box.queued_bytes() == 5004 - 100);
  out.clear();
  take(box, out, 1'000'000);
  r.feed(out);
  CHECK(r.arrived.size() == 1);
  CHECK(r.reader.held_bytes() <= 5004);
  CHECK(box.queued_bytes() == 0);
  box.drop();
  CHECK(box.queued_bytes() == 0);
}

TEST_CASE("outbox: many short frames and long queues take linear time") {
  outbox box{{.hard_bytes = SIZE_MAX}};
  constexpr uint64_t count = 100'000;
  for (uint64_t i = 0; i < count; ++i)
    box.put(i % 1000, make_frame(i % 1000, i, 20));
  for (uint64_t key = 0; key < 1000; ++key)
    box.put(key, make_frame(key, count, 70'000));
  CHECK(drain(box).size() == count + 1000);
}
