#include "troupe/dist/handshake.hpp"

#include "support/golden.hpp"
#include "support/session_pair.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <numeric>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

using role = session::role;

nonce nonce_from(char first) {
  nonce result;
  std::iota(result.begin(), result.end(), first);
  return result;
}

handshake::parameters dialler_parameters() {
  handshake::parameters p;
  p.role = role::dialling;
  p.mode = transport_mode::plain;
  p.self = {"a@127.0.0.1", 0x01020304, false, "\xaa\xbb"};
  p.ticktime = 60s;
  p.fresh = nonce_from(0);
  return p;
}

handshake::parameters acceptor_parameters() {
  auto p = dialler_parameters();
  p.role = role::accepting;
  p.self = {"b@127.0.0.2", 5, true, ""};
  p.fresh = nonce_from(32);
  return p;
}

const key& monster() {
  return keys_of("monster")->handshake_key();
}

std::string framed(std::string_view body) {
  std::string out;
  put_frame(out, body);
  return out;
}

/// Runs both machines against each other; `change` may alter each frame that is under way.
struct meeting {
  meeting(const handshake::parameters& x, const handshake::parameters& y)
    : dialler(x, monster()), acceptor(y, monster()) {}

  void run(const std::function<void(std::string&)>& change = [](std::string&) {}) {
    auto frame = dialler.hello();
    change(frame);
    at_acceptor = acceptor.receive(frame);
    if (at_acceptor.failure != errc::none)
      return;
    change(at_acceptor.reply);
    at_dialler = dialler.receive(at_acceptor.reply);
    if (at_dialler.failure != errc::none)
      return;
    change(at_dialler.reply);
    at_acceptor = acceptor.receive(at_dialler.reply);
    if (at_acceptor.failure != errc::none)
      return;
    at_dialler = dialler.receive(handshake::ready());
  }

  handshake dialler;
  handshake acceptor;
  handshake::step at_dialler;
  handshake::step at_acceptor;
};

} // namespace

TEST_CASE("handshake: its frames are those of PROTOCOL.md, byte for byte") {
  handshake dialler{dialler_parameters(), monster()};
  handshake acceptor{acceptor_parameters(), monster()};
  CHECK(framed(dialler.hello()) == golden("hello"));
  auto reply = acceptor.receive(dialler.hello()).reply;
  CHECK(framed(reply) == golden("hello_reply"));
  auto auth = dialler.receive(reply).reply;
  CHECK(framed(auth) == golden("auth"));
  CHECK(acceptor.receive(auth).authenticated);
  CHECK(framed(handshake::ready()) == golden("ready"));
  CHECK(framed(handshake::farewell(session_frame::reject, errc::cookie_mismatch))
        == golden("reject"));
  CHECK(framed(handshake::farewell(session_frame::goodbye, errc::shutting_down))
        == golden("goodbye"));
}

TEST_CASE("handshake: each side learns all that the other says of itself") {
  meeting m{dialler_parameters(), acceptor_parameters()};
  m.run();
  CHECK(m.at_dialler.authenticated);
  CHECK(m.at_acceptor.authenticated);
  CHECK(m.dialler.peer().name == "b@127.0.0.2");
  CHECK(m.dialler.peer().hidden);
  CHECK(m.dialler.peer().creation == 5);
  CHECK(m.acceptor.peer().build_id == "\xaa\xbb");
  CHECK(m.acceptor.peer().creation == 0x01020304);
  CHECK(m.acceptor.peer_ticktime() == 60s);
}

TEST_CASE("handshake: no bit of any hello or proof can be changed under way") {
  auto hello_bits = handshake{dialler_parameters(), monster()}.hello().size() * 8;
  for (size_t step = 0; step < 3; ++step)
    for (size_t bit = 0; bit < hello_bits; bit += 3) {
      meeting m{dialler_parameters(), acceptor_parameters()};
      size_t n = 0;
      m.run([&](std::string& frame) {
        if (n++ == step && bit / 8 < frame.size())
          frame[bit / 8] ^= static_cast<char>(1 << bit % 8);
        else if (n - 1 == step)
          frame.back() ^= 1;
      });
      CAPTURE(step);
      CAPTURE(bit);
      REQUIRE_FALSE(m.at_acceptor.authenticated);
      REQUIRE_FALSE(m.at_dialler.authenticated);
    }
}

TEST_CASE("handshake: proofs of one mode do not count in the other") {
  auto other = acceptor_parameters();
  other.mode = transport_mode::tls;
  meeting m{dialler_parameters(), other};
  m.run();
  CHECK(m.at_dialler.failure == errc::cookie_mismatch);
}

TEST_CASE("handshake: who is sent its own words back does not believe them") {
  handshake dialler{dialler_parameters(), monster()};
  auto echo = dialler.receive(dialler.hello() + std::string(32, 'x'));
  CHECK(echo.failure == errc::cookie_mismatch);
}

TEST_CASE("handshake: bits of features and flags that are not known, and what follows a hello, are "
          "ignored") {
  auto hello = golden("hello").substr(length_bytes);
  hello[3] = '\x80';  // the highest feature
  hello[15] = '\x7e'; // all flags but hidden
  handshake acceptor{acceptor_parameters(), monster()};
  CHECK(acceptor.receive(hello + "more").failure == errc::none);
  CHECK(acceptor.peer().features == uint64_t{1} << 63);
  CHECK_FALSE(acceptor.peer().hidden);
}

TEST_CASE("handshake: versions need one in common") {
  for (auto [min, max, good] :
       {std::tuple{0, 1, true}, {1, 9, true}, {2, 9, false}, {0, 0, false}, {1, 0, false}}) {
    auto hello = golden("hello").substr(length_bytes);
    hello[1] = static_cast<char>(min);
    hello[2] = static_cast<char>(max);
    handshake acceptor{acceptor_parameters(), monster()};
    CHECK(acceptor.receive(hello).failure == (good ? errc::none : errc::version_mismatch));
  }
}

TEST_CASE("handshake: names are checked, the dialler's before and the acceptor's after its proof") {
  auto p = dialler_parameters();
  p.expected = "c@127.0.0.2";
  meeting wrong{p, acceptor_parameters()};
  wrong.run();
  CHECK(wrong.at_dialler.failure == errc::wrong_name);
  CHECK(wrong.at_dialler.detail == "'c@127.0.0.2' was dialled and 'b@127.0.0.2' answered");
  auto same = acceptor_parameters();
  same.self.name = "a@127.0.0.1";
  meeting twins{dialler_parameters(), same};
  twins.run();
  CHECK(twins.at_acceptor.failure == errc::self_connection);
  CHECK(twins.at_acceptor.detail == "another node has this node's name, a@127.0.0.1");
  same.self.creation = 0x01020304;
  meeting self{dialler_parameters(), same};
  self.run();
  CHECK(self.at_acceptor.detail == "the node dialled itself");
  p.self.name = "a@127.0.0.1@x";
  meeting bad{p, acceptor_parameters()};
  bad.run();
  CHECK(bad.at_acceptor.failure == errc::invalid_node_name);
}

TEST_CASE("handshake: a hello that is cut anywhere is refused") {
  auto hello = golden("hello").substr(length_bytes);
  for (size_t size = 0; size < hello.size(); ++size) {
    handshake acceptor{acceptor_parameters(), monster()};
    CHECK(acceptor.receive(hello.substr(0, size)).failure != errc::none);
  }
}

TEST_CASE("handshake: frames out of turn are refused") {
  auto hello = golden("hello").substr(length_bytes);
  auto auth = golden("auth").substr(length_bytes);
  handshake acceptor{acceptor_parameters(), monster()};
  CHECK(acceptor.receive(auth).failure == errc::protocol_violation);
  CHECK(acceptor.receive(handshake::ready()).failure == errc::protocol_violation);
  CHECK(acceptor.receive(hello).failure == errc::none);
  CHECK(acceptor.receive(hello).failure == errc::protocol_violation);
  handshake dialler{dialler_parameters(), monster()};
  CHECK(dialler.receive(handshake::ready()).failure == errc::protocol_violation);
  CHECK(dialler.receive("\x10 a process frame").failure == errc::protocol_violation);
  CHECK(dialler.receive("").failure == errc::protocol_violation);
}

TEST_CASE("handshake: a reject is read in the reader's words and not answered") {
  for (auto [said, heard] : {std::pair{errc::tls_required, errc::tls_unexpected},
                             std::pair{errc::tls_unexpected, errc::tls_required},
                             std::pair{errc::none, errc::protocol_violation},
                             std::pair{errc::duplicate_connection, errc::duplicate_connection},
                             std::pair{static_cast<errc>(250), static_cast<errc>(250)}}) {
    handshake dialler{dialler_parameters(), monster()};
    auto step = dialler.receive(handshake::farewell(session_frame::reject, said));
    CHECK(step.failure == heard);
    CHECK_FALSE(step.tell);
  }
}

TEST_CASE("handshake: the longest hello fits into a frame") {
  auto p = acceptor_parameters();
  p.self.name = "b@" + std::string(253, 'x');
  p.self.build_id = std::string(255, 'x');
  handshake acceptor{p, monster()};
  CHECK(acceptor.receive(golden("hello").substr(length_bytes)).reply.size()
        <= limits::handshake_frame_bytes_max);
}
