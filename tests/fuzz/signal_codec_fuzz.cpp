// Arbitrary bytes as the frames that one peer sends in turn: nothing is read beyond them, and what
// decodes as a signal is the same after it crossed once more.
//
// The input is frames, each behind its length in two bytes, the highest first.
//
//   cd runtime/troupe && clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I.. \
//     -I../../tests ../../tests/fuzz/signal_codec_fuzz.cpp dist/{signal,term}_codec.cpp \
//     {atom,errc,inspect,message,term}.cpp internal/{document,identifier,quoting}.cpp \
//     internal/{scalar_text,struct_fields,term_order,utf8}.cpp -lcaf_core -lfmt && ./a.out

#include "support/fake_bridge.hpp"
#include "troupe/dist/signal_codec.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace troupe;
using namespace troupe::dist;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

const codec_ends here{atom{"b@h"}, 22, atom{"a@h"}, 11};
const codec_ends there{atom{"a@h"}, 11, atom{"b@h"}, 22};

void check_round_trip(const signal& x, actor_bridge& bridge) {
  signal_codec sender{there, bridge}, receiver{here, bridge}, again{there, bridge};
  auto frame = sender.encode(x);
  if (!frame) {
    require(frame.error() == errc::frame_too_large);
    return;
  }
  auto y = receiver.decode(frame->str());
  require(y && *y);
  auto same = again.encode(**y);
  require(same && same->str() == frame->str());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  test::fake_bridge bridge;
  signal_codec codec{here, bridge};
  while (rest.size() >= 2) {
    auto length
      = static_cast<size_t>(static_cast<uint8_t>(rest[0]) << 8 | static_cast<uint8_t>(rest[1]));
    rest.remove_prefix(2);
    std::string frame{rest.substr(0, length)}; // a heap block of this very size
    rest.remove_prefix(std::min(length, rest.size()));
    auto x = codec.decode(frame);
    if (!x) {
      require(x.error() == errc::protocol_violation);
      return 0; // the connection ends here
    }
    if (*x)
      check_round_trip(**x, bridge);
  }
  return 0;
}
