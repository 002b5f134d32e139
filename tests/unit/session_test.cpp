#include "troupe/dist/session.hpp"

#include "support/session_pair.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/dist/handshake.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

constexpr auto tls = transport_mode::tls;
constexpr auto plain = transport_mode::plain;

struct refusal {
  errc dialler;
  errc acceptor;
  friend bool operator==(const refusal&, const refusal&) = default;
};

/// Lets two nodes meet who must not come up, and returns why each ended.
refusal meet(const node_options& x, const node_options& y, const std::string& expected = {}) {
  session_pair p{x, y, expected};
  p.run();
  p.dialler.talk.lost();
  p.acceptor.talk.lost();
  CHECK(p.dialler.ups + p.acceptor.ups == 0);
  CHECK(p.dialler.peers.size() + p.acceptor.peers.size() == 0);
  CHECK(p.dialler.closed.size() == 1);
  CHECK(p.acceptor.closed.size() == 1);
  return {p.dialler.why(), p.acceptor.why()};
}

/// What an accepting session makes of a stranger's bytes.
errc greet(transport_mode mode, std::string_view bytes) {
  session_end x{session::role::accepting, session_options({"b@h", mode})};
  x.feed(bytes);
  CHECK(x.ups == 0);
  CHECK(x.talk.held_bytes() <= limits::handshake_frame_bytes_max + length_bytes);
  return x.why();
}

/// What a dialling session makes of an answer.
errc answer(transport_mode mode, std::string_view bytes) {
  session_end x{session::role::dialling, session_options({"a@h", mode})};
  x.talk.start();
  x.feed(bytes);
  CHECK(x.ups == 0);
  return x.why();
}

} // namespace

TEST_CASE("session: two nodes with the same cookie come up and know each other") {
  for (auto mode : {tls, plain}) {
    auto opts = session_options({"a@h", mode});
    opts.self.hidden = true;
    session_pair x{opts, session_options({"b@h", mode}), "b@h"};
    x.run();
    CHECK(x.dialler.ups == 1);
    CHECK(x.acceptor.ups == 1);
    REQUIRE(x.dialler.peers.size() == 1);
    REQUIRE(x.acceptor.peers.size() == 1);
    CHECK(x.dialler.peers[0].name == "b@h");
    CHECK_FALSE(x.dialler.peers[0].hidden);
    CHECK(x.acceptor.peers[0].name == "a@h");
    CHECK(x.acceptor.peers[0].creation == 7);
    CHECK(x.acceptor.peers[0].build_id == "build");
    CHECK(x.acceptor.peers[0].hidden);
    CHECK(x.dialler.talk.is_up());
    CHECK(x.dialler.closed.empty());
  }
}

TEST_CASE("session: bytes may come one at a time") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.run(1);
    CHECK(x.acceptor.ups == 1);
    x.dialler.talk.put(1, process_frame(3));
    x.dialler.talk.put(1, process_frame(100'000));
    x.run(1);
    REQUIRE(x.acceptor.frames.size() == 2);
    CHECK(x.acceptor.frames[0] == process_frame(3));
    CHECK(x.acceptor.frames[1] == process_frame(100'000));
  }
}

TEST_CASE("session: different cookies are told apart from all else, on both sides, in both modes") {
  for (auto mode : {tls, plain})
    CHECK(meet({"a@h", mode, "monster"}, {"b@h", mode, "mouse"})
          == refusal{errc::cookie_mismatch, errc::cookie_mismatch});
}

TEST_CASE("session: unequal transport modes are named from each side's view") {
  CHECK(meet({"a@h", plain}, {"b@h", tls}) == refusal{errc::tls_unexpected, errc::tls_required});
  CHECK(meet({"a@h", tls}, {"b@h", plain}) == refusal{errc::tls_required, errc::tls_unexpected});
}

TEST_CASE("session: a node that dialled itself, or another node than it meant, is refused") {
  for (auto mode : {tls, plain}) {
    CHECK(meet({"a@h", mode}, {"a@h", mode})
          == refusal{errc::self_connection, errc::self_connection});
    CHECK(meet({"a@h", mode}, {"b@h", mode}, "c@h") == refusal{errc::wrong_name, errc::wrong_name});
    CHECK(meet({"no name", mode}, {"b@h", mode})
          == refusal{errc::invalid_node_name, errc::invalid_node_name});
  }
}

TEST_CASE("session: a stranger's first bytes tell what it is") {
  for (auto mode : {tls, plain}) {
    CHECK(greet(mode, "\x00\x15n\x00\x05"s) == errc::foreign_protocol);
    CHECK(greet(mode, "\x01\x0eN\x00"s) == errc::foreign_protocol);
    CHECK(greet(mode, "GET / HTTP/1.1\r\n\r\n") == errc::protocol_violation);
    CHECK(greet(mode, "PRI * HTTP/2.0") == errc::protocol_violation);
    CHECK(greet(mode, "SSH-2.0-x") == errc::protocol_violation);
    CHECK(greet(mode, "TRxx") == errc::protocol_violation);
    CHECK(greet(mode, "\x00\x00x"s) == errc::protocol_violation);
    CHECK(greet(mode, "\x15\x03\x03\x00\x02\x02\x46"s) == errc::protocol_violation);
    CHECK(greet(mode, "\x16") == errc::none); // not enough to tell
    CHECK(greet(mode, "TRP") == errc::none);
    CHECK(greet(mode, "") == errc::none);
    CHECK(answer(mode, "HTTP/1.1 400 Bad Request") == errc::protocol_violation);
    CHECK(answer(mode, "+PONG") == errc::protocol_violation);
  }
  CHECK(greet(tls, "TRPE") == errc::tls_required);
  CHECK(greet(plain, "\x16\x03\x01") == errc::tls_unexpected);
  CHECK(answer(plain, "\x16\x03\x03") == errc::tls_unexpected);
  CHECK(answer(tls, "TRPE") == errc::tls_required);
}

TEST_CASE("session: lengths that a stranger announces are checked before anything is set aside") {
  CHECK(greet(plain, "TRPE\x00\x00\x04\x01"s) == errc::frame_too_large);
  CHECK(greet(plain, "TRPE\xff\xff\xff\xff"s) == errc::frame_too_large);
  CHECK(greet(plain, "TRPE\x00\x00\x00\x00"s) == errc::protocol_violation);
  CHECK(greet(tls, "\x16\x03\x01\x40\x00"s) == errc::protocol_violation);
  CHECK(greet(tls, "\x16\x03\x01\x00\x05\x01\x01\xff\xff\x00"s) == errc::protocol_violation);
}

TEST_CASE("session: nobody gets more time to come up than the handshake has") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.start();
    CHECK(x.dialler.talk.next_check() == clock::time_point{7s});
    for (auto* side : {&x.dialler, &x.acceptor}) {
      side->talk.check(clock::time_point{6999ms});
      CHECK(side->why() == errc::none);
      side->talk.check(clock::time_point{7s});
      CHECK(side->why() == errc::timeout);
      CHECK(side->talk.next_check() == clock::time_point::max());
    }
  }
}

TEST_CASE("session: an acceptor may refuse a peer that knows the cookie, and both hear why") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.acceptor.verdict = errc::duplicate_connection;
    x.run();
    CHECK(x.dialler.why() == errc::duplicate_connection);
    CHECK(x.acceptor.why() == errc::duplicate_connection);
    CHECK(x.dialler.ups + x.acceptor.ups == 0);
  }
}

TEST_CASE("session: a dialler may refuse a peer that is up already, and both hear why") {
  for (auto mode : {tls, plain}) {
    session_pair x{mode};
    x.dialler.verdict = errc::replaced;
    x.run();
    CHECK(x.dialler.why() == errc::replaced);
    CHECK(x.acceptor.why() == errc::replaced);
    CHECK(x.dialler.ups == 0);
  }
}

TEST_CASE("session: a peer of no common version is refused before the rest of its hello is read") {
  session_end x{session::role::accepting, session_options({"b@h", plain})};
  auto hello = std::string{static_cast<char>(session_frame::hello)} + "\x02\x09?";
  auto bytes = "TRPE"s;
  put_frame(bytes, hello);
  x.feed(bytes);
  CHECK(x.why() == errc::version_mismatch);
  auto told = "TRPE"s;
  put_frame(told, handshake::farewell(session_frame::reject, errc::version_mismatch));
  CHECK(x.pull() == told);
}

TEST_CASE("session: a code of a newer peer is kept") {
  auto bytes = "TRPE"s;
  put_frame(bytes, "\x04\xc8"s);
  CHECK(answer(plain, bytes) == static_cast<errc>(200));
}
