// Arbitrary bytes as requests and answers of the port mapper's protocol: nothing is read beyond
// them, and what decodes as a request is the same after encoding.
//
//   clang++ -std=c++20 -g -fsanitize=fuzzer,address,undefined -Iruntime \
//     tests/fuzz/epmd_fuzz.cpp runtime/troupe/epmd/epmd_codec.cpp -o epmd_fuzz && ./epmd_fuzz

#include "troupe/epmd/epmd_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace troupe::epmd;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

bool same(const request& x, const request& y) {
  if (auto* alive = std::get_if<alive2_request>(&x))
    return alive->node == std::get<alive2_request>(y).node;
  return encode(x) == encode(y);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size); // A heap block of this very size.
  auto decoded = decode_request(bytes);
  if (auto* x = std::get_if<request>(&decoded)) {
    auto again = decode_request(encode(*x));
    require(std::holds_alternative<request>(again));
    require(x->index() == std::get<request>(again).index());
    require(same(*x, std::get<request>(again)));
  }
  (void)decode_alive2_response(bytes);
  auto port2 = decode_port2_response(bytes);
  if (auto* x = std::get_if<port2_response>(&port2)) {
    auto again = decode_port2_response(encode(*x));
    require(std::holds_alternative<port2_response>(again));
    require(std::get<port2_response>(again).node == x->node);
  }
  auto names = decode_names(bytes);
  if (auto* all = std::get_if<std::vector<registered_name>>(&names))
    for (const auto& x : *all)
      require(valid_name(x.name));
  return 0;
}
