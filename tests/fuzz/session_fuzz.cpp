// Any bytes into a session: a stranger's into one that waits for its peer, a peer's into one that
// is up.
//
// Build with clang++ -fsanitize=fuzzer,address,undefined. The first byte of an input picks the
// case, the second the length of the pieces in which the rest arrives.

#include "support/session_pair.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

void demand(bool condition) {
  if (!condition)
    std::abort();
}

void feed(session_end& x, std::string_view bytes, size_t piece) {
  for (size_t at = 0; at < bytes.size(); at += piece) {
    x.feed(bytes.substr(at, piece));
    (void)x.pull();
  }
  x.talk.lost();
  demand(x.closed.size() == 1);
}

void feed_stranger(session::role role, transport_mode mode, std::string_view bytes, size_t piece) {
  session_end x{role, session_options({"b@h", mode})};
  x.talk.start();
  feed(x, bytes, piece);
  demand(x.ups == 0);
  demand(x.peers.empty());
  demand(x.talk.held_bytes() <= limits::handshake_frame_bytes_max + 5);
}

void feed_peer(transport_mode mode, std::string_view bytes, size_t piece) {
  session_pair x{mode};
  x.run();
  feed(x.acceptor, bytes, piece);
  demand(std::ranges::all_of(x.acceptor.frames, [](const std::string& frame) {
    return static_cast<unsigned char>(frame.front()) >= first_process_frame;
  }));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
  auto piece = data[1] == 0 ? size : size_t{data[1]};
  auto mode = (data[0] & 1) != 0 ? transport_mode::tls : transport_mode::plain;
  switch (data[0] / 2 % 3) {
    case 0: feed_stranger(session::role::accepting, mode, bytes, piece); break;
    case 1: feed_stranger(session::role::dialling, mode, bytes, piece); break;
    default: feed_peer(mode, bytes, piece); break;
  }
  return 0;
}
