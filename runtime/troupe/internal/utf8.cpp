#include "troupe/internal/utf8.hpp"

namespace troupe::internal {

namespace {

struct lead {
  size_t size;   // bytes of the whole sequence; 0 when the byte leads nothing
  char32_t bits; // payload of the lead byte
  char32_t min;  // below it the form is overlong
};

lead classify(unsigned char c) noexcept {
  if (c < 0x80)
    return {1, c, 0};
  if ((c & 0xE0) == 0xC0)
    return {2, c & 0x1Fu, 0x80};
  if ((c & 0xF0) == 0xE0)
    return {3, c & 0x0Fu, 0x800};
  if ((c & 0xF8) == 0xF0)
    return {4, c & 0x07u, 0x10000};
  return {0, 0, 0};
}

} // namespace

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
  if (text.empty())
    return std::nullopt;
  auto [size, result, min] = classify(static_cast<unsigned char>(text[0]));
  if (size == 0 || size > text.size())
    return std::nullopt;
  for (size_t i = 1; i < size; ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xC0) != 0x80)
      return std::nullopt;
    result = (result << 6) | (c & 0x3Fu);
  }
  if (result < min || !valid_code_point(result))
    return std::nullopt;
  text.remove_prefix(size);
  return result;
}

void append_code_point(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  auto follow = [&](int shift) { put(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    follow(0);
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    follow(6);
    follow(0);
  } else {
    put(0xF0 | (c >> 18));
    follow(12);
    follow(6);
    follow(0);
  }
}

size_t count_code_points(std::string_view text) noexcept {
  size_t result = 0;
  for (; !text.empty(); ++result) {
    if (!take_code_point(text))
      text.remove_prefix(1);
  }
  return result;
}

} // namespace troupe::internal
