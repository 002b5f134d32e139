#include "troupe/discovery/internal/numeric_address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace troupe::discovery::internal {

std::optional<numeric_address> numeric_address::parse(std::string_view text) {
  std::string plain{text.substr(0, text.find('%'))};
  auto family = plain.find(':') == std::string::npos ? AF_INET : AF_INET6;
  numeric_address result;
  // A text with a zero byte inside would be read up to there only.
  if (plain.find('\0') != std::string::npos
      || inet_pton(family, plain.c_str(), result.bytes_.data()) != 1)
    return std::nullopt;
  result.size_ = family == AF_INET ? 4 : 16;
  return result;
}

std::optional<numeric_address> numeric_address::of_bytes(std::string_view bytes) {
  if (bytes.size() != 4 && bytes.size() != 16)
    return std::nullopt;
  numeric_address result;
  std::ranges::copy(bytes, result.bytes_.begin());
  result.size_ = bytes.size();
  return result;
}

std::string numeric_address::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v6() ? AF_INET6 : AF_INET, bytes_.data(), out, sizeof(out));
  return out;
}

bool numeric_address::is_unspecified() const noexcept {
  return bytes_ == std::array<char, 16>{};
}

bool numeric_address::is_loopback() const noexcept {
  if (!is_v6())
    return byte(0) == 127;
  return byte(15) == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1, [](char c) { return !c; });
}

bool numeric_address::is_multicast() const noexcept {
  return is_v6() ? byte(0) == 0xff : byte(0) >= 224; // Classes D and E, and broadcast.
}

bool numeric_address::needs_scope() const noexcept {
  return is_v6() && byte(0) == 0xfe && (byte(1) & 0xc0) == 0x80;
}

} // namespace troupe::discovery::internal
