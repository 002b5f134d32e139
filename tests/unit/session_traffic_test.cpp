#include "troupe/dist/session.hpp"

#include "support/session_pair.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/dist/handshake.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

constexpr auto tls = transport_mode::tls;
constexpr auto plain = transport_mode::plain;

/// A frame of the acceptor's making that is not what a session would send.
errc inject(const std::string& body) {
  session_pair x{plain};
  x.run();
  std::string bytes;
  put_frame(bytes, body);
  x.dialler.feed(bytes);
  x.run();
  CHECK(x.dialler.closed.size() <= 1);
  return x.dialler.why();
}

/// Sends what waits on one side while time passes by checks only.
void pass_time(session_end& x, session_end& y, clock::duration span, bool y_is_frozen = false) {
  auto end = x.now + span;
  for (;;) {
    auto next = std::min(x.talk.next_check(), y_is_frozen ? end : y.talk.next_check());
    if (next > end)
      break;
    x.now = y.now = next;
    x.talk.check(next);
    auto from_x = x.pull();
    if (!y_is_frozen) {
      y.talk.check(next);
      y.feed(from_x);
      x.feed(y.pull());
    }
    if (next == end)
      break;
  }
  x.now = y.now = end;
}

} // namespace

TEST_CASE("session: frames arrive whole and in order, both ways") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.run();
    std::vector<std::string> sent;
    for (size_t size : {0u, 1u, 100u, 65535u, 65536u, 65537u, 300'000u, 5u})
      sent.push_back(process_frame(size, static_cast<char>('a' + sent.size())));
    for (auto& frame : sent) {
      CHECK(x.dialler.talk.put(1, frame) == session::put_result::ok);
      x.acceptor.talk.put(1, frame);
    }
    CHECK(x.dialler.talk.queued_bytes() > 400'000);
    x.run();
    CHECK((x.acceptor.frames == sent));
    CHECK((x.dialler.frames == sent));
    CHECK(x.dialler.talk.queued_bytes() == 0);
    CHECK(x.dialler.talk.held_bytes() == 0);
  }
}

TEST_CASE("session: frames that come right behind `ready` are not lost, however many") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.start();
    while (!x.acceptor.talk.is_up()) {
      x.acceptor.feed(x.dialler.pull());
      if (!x.acceptor.talk.is_up())
        x.dialler.feed(x.acceptor.pull());
    }
    for (int i = 0; i < 100; ++i)
      x.acceptor.talk.put(1, process_frame(1000));
    x.run(1 << 20);
    CHECK(x.dialler.ups == 1);
    CHECK(x.dialler.frames.size() == 100);
  }
}

TEST_CASE("session: nothing is sent and nothing taken before it is up or after its end") {
  session_pair x{plain};
  CHECK(x.dialler.talk.put(1, process_frame(1)) == session::put_result::closed);
  x.run();
  x.dialler.talk.close(errc::disconnected);
  CHECK(x.dialler.talk.put(1, process_frame(1)) == session::put_result::closed);
  x.acceptor.talk.put(1, process_frame(1));
  x.run();
  CHECK(x.dialler.frames.empty());
}

TEST_CASE("session: a node that leaves sends what waits, says goodbye, and the peer knows what "
          "that means") {
  for (auto mode : {tls, plain})
    for (auto [code, heard] : {std::pair{errc::shutting_down, errc::shutting_down},
                               std::pair{errc::disconnected, errc::connection_closed}}) {
      session_pair x{mode};
      x.run();
      x.dialler.talk.put(1, process_frame(200'000));
      x.dialler.talk.put(2, process_frame(2));
      x.dialler.talk.close(code);
      x.dialler.talk.close(errc::overload); // says nothing more
      CHECK(x.dialler.closed == std::vector{code});
      x.run();
      CHECK(x.acceptor.frames.size() == 2);
      CHECK(x.acceptor.closed == std::vector{heard});
    }
}

TEST_CASE(
  "session: above the hard limit it ends, tells both sides, and what is under way stays readable") {
  for (auto mode : {tls, plain}) {
    auto a = session_options({"a@h", mode});
    a.outbound_bytes_soft = 100'000;
    a.outbound_bytes_hard = 1'000'000;
    session_pair x{a, session_options({"b@h", mode})};
    x.run();
    CHECK(x.dialler.talk.put(1, process_frame(60'000)) == session::put_result::ok);
    x.acceptor.feed(x.dialler.pull(1000)); // the peer has a part of that frame
    CHECK(x.dialler.talk.put(2, process_frame(500'000)) == session::put_result::busy);
    CHECK(x.dialler.talk.put(3, process_frame(500'000)) == session::put_result::overflow);
    CHECK(x.dialler.closed == std::vector{errc::overload});
    x.run();
    CHECK(x.acceptor.frames.size() == 1);
    CHECK(x.acceptor.closed == std::vector{errc::connection_closed});
    CHECK(x.acceptor.detail.find("overload") != std::string::npos);
  }
}

TEST_CASE("session: a frame that breaks the rules ends it") {
  CHECK(inject("\x05"s) == errc::none); // a tick
  CHECK(inject("\x10 a frame of a kind that only its owner knows") == errc::none);
  CHECK(inject("\x07\x11"s) == errc::shutting_down);
  CHECK(inject("\x07"s) == errc::connection_closed);
  CHECK(inject("\x08"s) == errc::protocol_violation);
  CHECK(inject("\x00"s) == errc::protocol_violation);
  CHECK(inject("\x01 a hello") == errc::protocol_violation);
  CHECK(inject("") == errc::protocol_violation);
  CHECK(inject("\x06\x03\x01\x01\x05"s) == errc::protocol_violation); // a tick in a fragment
  CHECK(inject("\x06\x02\x01x"s) == errc::protocol_violation);        // the end of nothing
  CHECK(inject(process_frame(limits::frame_bytes_max + 100)) == errc::frame_too_large);
}

TEST_CASE("session: bytes that were changed under way end a TLS session") {
  session_pair x{tls};
  x.run();
  x.dialler.talk.put(1, process_frame(100));
  auto bytes = x.dialler.pull();
  bytes[bytes.size() / 2] ^= 1;
  x.acceptor.feed(bytes);
  CHECK(x.acceptor.why() == errc::protocol_violation);
  CHECK(x.acceptor.frames.empty());
}

TEST_CASE("session: TLS records are filled") {
  session_pair x{tls};
  x.run();
  for (int i = 0; i < 1000; ++i)
    x.dialler.talk.put(1, process_frame(59)); // 64 bytes with its length
  CHECK(x.dialler.pull(64'000).size() < 64'000 + 4 * 32);
  x.dialler.talk.put(1, process_frame(1 << 20));
  CHECK(x.dialler.pull(64 * 1024).size() < 64 * 1024 + 4 * 32);
}

TEST_CASE("session: a stream that ends is a closed connection, once") {
  session_pair x{plain};
  x.run();
  x.dialler.talk.lost();
  x.dialler.talk.lost();
  CHECK(x.dialler.closed == std::vector{errc::connection_closed});
  CHECK(x.dialler.pull().empty());
}

TEST_CASE("session: an idle connection stays, also between unequal ticktimes") {
  for (auto [own, others] : {std::pair{60s, 60s}, std::pair{1s, 60s}, std::pair{60s, 1s}}) {
    auto a = session_options({"a@h", plain});
    auto b = session_options({"b@h", plain});
    a.ticktime = own;
    b.ticktime = others;
    session_pair x{a, b};
    x.run();
    pass_time(x.dialler, x.acceptor, 600s);
    CHECK(x.dialler.closed.empty());
    CHECK(x.acceptor.closed.empty());
  }
}

TEST_CASE("session: a frozen peer is down within 0.75 to 1.25 ticktimes") {
  for (auto frozen_after : {0s, 7s, 14s, 20s}) {
    session_pair x{tls};
    x.run();
    pass_time(x.dialler, x.acceptor, 100s + frozen_after);
    REQUIRE(x.dialler.closed.empty());
    auto start = x.dialler.now;
    pass_time(x.dialler, x.acceptor, 45s - 1ms, true);
    CHECK(x.dialler.closed.empty());
    pass_time(x.dialler, x.acceptor, 30s + 1ms, true);
    CHECK(x.dialler.closed == std::vector{errc::tick_timeout});
    CHECK(x.dialler.now - start == 75s);
  }
}
