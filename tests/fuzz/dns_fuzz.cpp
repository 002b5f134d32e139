// Arbitrary bytes as an answer of DNS: nothing is read beyond them, and what is read has hosts that
// can be asked for.
//
//   clang++ -std=c++20 -g -fsanitize=fuzzer,address,undefined -Iruntime -Idiscovery \
//     tests/fuzz/dns_fuzz.cpp discovery/troupe/discovery/dns_records.cpp \
//     discovery/troupe/discovery/internal/host_port.cpp -o dns_fuzz && ./dns_fuzz

#include "troupe/discovery/dns_records.hpp"
#include "troupe/discovery/internal/host_port.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace troupe::discovery;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<unsigned char> bytes(data, data + size); // A heap block of this very size.
  for (auto type : {dns_type::a, dns_type::aaaa, dns_type::srv}) {
    auto records = read_dns_records(bytes, type);
    if (!records)
      continue;
    require(records->size() <= dns_records_max);
    for (auto& x : *records) {
      require(x.ttl.count() >= 0);
      require(type == dns_type::srv ? internal::is_host_name(x.host) && x.port != 0
                                    : internal::is_address(x.host) && x.port == 0);
    }
  }
  return 0;
}
