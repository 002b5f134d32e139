#include "troupe/dist/session.hpp"

#include "support/session_pair.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

/// What both sides say until they are up, in the pieces in which they say it.
struct recording {
  std::vector<std::string> of_dialler;
  std::vector<std::string> of_acceptor;
};

recording record_handshake(transport_mode mode) {
  session_pair x{mode};
  x.start();
  recording said;
  while (!x.dialler.talk.is_up()) {
    said.of_dialler.push_back(x.dialler.pull());
    x.acceptor.feed(said.of_dialler.back());
    said.of_acceptor.push_back(x.acceptor.pull());
    x.dialler.feed(said.of_acceptor.back());
  }
  return said;
}

class mutation {
public:
  explicit mutation(uint32_t seed) : random_(seed) {}

  size_t below(size_t n) { return n == 0 ? 0 : random_() % n; }

  std::string apply(std::string text) {
    for (auto n = 1 + below(3); n > 0 && !text.empty(); --n)
      switch (below(5)) {
        case 0: text[below(text.size())] ^= static_cast<char>(1 << below(8)); break;
        case 1: text[below(text.size())] = static_cast<char>(random_()); break;
        case 2: text.resize(below(text.size())); break;
        case 3:
          text.insert(below(text.size()), std::string(below(600), static_cast<char>(random_())));
          break;
        default: text.append(text, below(text.size())); break;
      }
    return text;
  }

private:
  std::mt19937 random_;
};

/// Plays a handshake that was recorded, changed here and there, to a node that never heard it. It
/// must not come up: what was proven then does not count now.
void play(session_end& x, const std::vector<std::string>& said, uint32_t seed) {
  CAPTURE(seed);
  mutation m{seed};
  auto changed = m.below(said.size());
  size_t queued = 0;
  for (size_t i = 0; i < said.size(); ++i) {
    auto text = i == changed ? m.apply(said[i]) : said[i];
    auto piece = m.below(3) == 0 ? 1 + m.below(40) : text.size() + 1;
    for (size_t at = 0; at < text.size(); at += piece) {
      x.feed(std::string_view{text}.substr(at, piece));
      REQUIRE(x.talk.held_bytes() <= limits::handshake_frame_bytes_max + 5);
    }
    queued += x.pull().size();
  }
  REQUIRE(x.ups == 0);
  REQUIRE(x.peers.empty());
  REQUIRE(x.closed.size() <= 1);
  REQUIRE(queued <= 2 * limits::handshake_frame_bytes_max);
}

} // namespace

TEST_CASE("session: a handshake that is changed or played again never comes up, and little is held "
          "for it") {
  for (auto mode : {transport_mode::plain, transport_mode::tls}) {
    auto said = record_handshake(mode);
    auto acceptor = session_options({"b@h", mode});
    auto dialler = session_options({"a@h", mode});
    for (uint32_t seed = 0; seed < 6'000; ++seed) {
      session_end x{session::role::accepting, acceptor};
      play(x, said.of_dialler, seed);
      session_end y{session::role::dialling, dialler, "b@h"};
      y.talk.start();
      play(y, said.of_acceptor, seed);
    }
  }
}

TEST_CASE("session: what an authenticated peer sends wrong ends the session and nothing else") {
  for (uint32_t seed = 0; seed < 2'000; ++seed) {
    CAPTURE(seed);
    mutation m{seed};
    session_pair x{transport_mode::plain};
    x.run();
    for (int i = 0; i < 4; ++i)
      x.acceptor.talk.put(m.below(3), process_frame(m.below(80'000)));
    while (x.acceptor.talk.queued_bytes() > 0)
      x.dialler.feed(m.apply(x.acceptor.pull(1 + m.below(30'000))));
    REQUIRE(x.dialler.closed.size() <= 1);
    REQUIRE(x.dialler.talk.held_bytes()
            <= limits::reassembly_bytes_max + limits::frame_bytes_max + 100);
  }
}
