// IP addresses between their text and their bytes.
//
// Erlang counterpart: inet:parse_strict_address/1 and inet:ntoa/1.
// Threads: a value.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::discovery::internal {

/// An IPv4 or IPv6 address, without the scope that a link-local one needs beside it.
class numeric_address {
public:
  /// Reads `10.0.0.1` or `fe80::1`; what stands behind a `%` is left out.
  [[nodiscard]] static std::optional<numeric_address> parse(std::string_view text);
  /// Takes 4 or 16 bytes.
  [[nodiscard]] static std::optional<numeric_address> of_bytes(std::string_view bytes);

  [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool is_v6() const noexcept { return size_ == 16; }
  [[nodiscard]] bool is_unspecified() const noexcept;
  [[nodiscard]] bool is_loopback() const noexcept;
  [[nodiscard]] bool is_multicast() const noexcept;
  /// Whether it means something only together with an interface: `fe80::/10`.
  [[nodiscard]] bool needs_scope() const noexcept;

  friend bool operator==(const numeric_address&, const numeric_address&) = default;

private:
  [[nodiscard]] unsigned byte(size_t i) const { return static_cast<unsigned char>(bytes_[i]); }

  std::array<char, 16> bytes_{}; // Zero behind those in use.
  size_t size_ = 0;
};

} // namespace troupe::discovery::internal
