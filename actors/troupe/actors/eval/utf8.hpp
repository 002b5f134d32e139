// Code points in and out of UTF-8.
//
// Threads: any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::actors::eval::utf8 {

struct code_point {
  char32_t value = 0;
  size_t size = 0; ///< Bytes; 0 when the bytes are not UTF-8 or there are none.
};

/// Whether a code point can be written at all: surrogates cannot.
[[nodiscard]] constexpr bool is_valid(char32_t x) {
  return x <= 0x10FFFF && (x < 0xD800 || x > 0xDFFF);
}

/// Reads the code point at `offset`.
[[nodiscard]] inline code_point decode(std::string_view text, size_t offset) {
  if (offset >= text.size())
    return {};
  auto lead = static_cast<uint8_t>(text[offset]);
  if (lead < 0x80)
    return {lead, 1};
  size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || offset + size > text.size())
    return {};
  char32_t value = lead & (0xFFu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    auto byte = static_cast<uint8_t>(text[offset + i]);
    if ((byte & 0xC0) != 0x80)
      return {};
    value = value << 6 | (byte & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[size] || !is_valid(value))
    return {};
  return {value, size};
}

/// Appends a valid code point.
inline void append(std::string& out, char32_t x) {
  auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (x < 0x80) {
    put(x);
  } else if (x < 0x800) {
    put(0xC0 | x >> 6);
    put(0x80 | (x & 0x3F));
  } else if (x < 0x10000) {
    put(0xE0 | x >> 12);
    put(0x80 | (x >> 6 & 0x3F));
    put(0x80 | (x & 0x3F));
  } else {
    put(0xF0 | x >> 18);
    put(0x80 | (x >> 12 & 0x3F));
    put(0x80 | (x >> 6 & 0x3F));
    put(0x80 | (x & 0x3F));
  }
}

} // namespace troupe::actors::eval::utf8
