#include "troupe/dist/framing.hpp"

#include <algorithm>

namespace troupe::dist {

namespace {

constexpr size_t kept_bytes_max = 4096; // of memory, while no frame is held

} // namespace

void put_uint(std::string& out, uint64_t value, size_t bytes) {
  while (bytes-- > 0)
    out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

uint64_t take_uint(std::string_view& from, size_t bytes) {
  uint64_t result = 0;
  for (auto c : from.substr(0, bytes))
    result = result << 8 | static_cast<unsigned char>(c);
  from.remove_prefix(bytes);
  return result;
}

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

bool take_varint(std::string_view& from, uint64_t max, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    if (shift == 63 && byte > 1)
      return false;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80)
      return value <= max && (byte != 0 || shift == 0); // one way to write each number
  }
  return false;
}

void put_frame(std::string& out, std::string_view body) {
  put_uint(out, body.size(), length_bytes);
  out += body;
}

frame_reader::outcome frame_reader::check(uint64_t length) const {
  if (length == 0)
    return outcome::empty;
  return length > body_bytes_max_ ? outcome::too_long : outcome::frame;
}

frame_reader::outcome frame_reader::next(std::string_view& from, std::string_view& body) {
  if (returned_) {
    returned_ = false;
    held_.clear();
    if (from.empty() && held_.capacity() > kept_bytes_max)
      held_ = {};
  }
  if (held_.size() < length_bytes) {
    if (held_.empty()
        && from.size() >= length_bytes) { // often all of it is there, and nothing is copied
      auto rest = from;
      auto length = take_uint(rest, length_bytes);
      if (auto x = check(length); x != outcome::frame)
        return x;
      if (rest.size() >= length) {
        body = rest.substr(0, length);
        from = rest.substr(length);
        return outcome::frame;
      }
    }
    auto n = std::min(from.size(), length_bytes - held_.size());
    held_.append(from.substr(0, n));
    from.remove_prefix(n);
    if (held_.size() < length_bytes)
      return outcome::more;
  }
  std::string_view header{held_.data(), length_bytes};
  auto length = take_uint(header, length_bytes);
  if (held_.size() == length_bytes)
    if (auto x = check(length); x != outcome::frame)
      return x;
  auto n = std::min(from.size(), length_bytes + length - held_.size());
  held_.append(from.substr(0, n));
  from.remove_prefix(n);
  if (held_.size() < length_bytes + length)
    return outcome::more;
  returned_ = true;
  body = std::string_view{held_}.substr(length_bytes);
  return outcome::frame;
}

} // namespace troupe::dist
