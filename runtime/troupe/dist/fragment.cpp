#include "troupe/dist/fragment.hpp"

#include "troupe/dist/framing.hpp"
#include "troupe/dist/session.hpp"

#include <limits>

namespace troupe::dist {

namespace {

constexpr unsigned first_flag = 1;
constexpr unsigned last_flag = 2;

} // namespace

void put_fragment(std::string& out, const fragment& x) {
  put_fragment_header(out, x, x.data.size());
  out += x.data;
}

void put_fragment_header(std::string& out, const fragment& x, size_t data_bytes) {
  auto start = out.size();
  put_uint(out, 0, length_bytes);
  out += static_cast<char>(session_frame::fragment);
  put_uint(out, (x.first ? first_flag : 0) | (x.last ? last_flag : 0), 1);
  put_varint(out, x.stream);
  if (x.first)
    put_varint(out, x.total);
  std::string length;
  put_uint(length, out.size() - start - length_bytes + data_bytes, length_bytes);
  out.replace(start, length_bytes, length);
}

bool parse_fragment(std::string_view body, fragment& x) {
  if (body.size() < 2)
    return false;
  body.remove_prefix(1); // kind
  auto flags = take_uint(body, 1);
  uint64_t stream = 0;
  if (flags > (first_flag | last_flag)
      || !take_varint(body, std::numeric_limits<uint32_t>::max(), stream))
    return false;
  x.first = (flags & first_flag) != 0;
  x.last = (flags & last_flag) != 0;
  x.stream = static_cast<uint32_t>(stream);
  x.total = 0;
  if (x.first && !take_varint(body, std::numeric_limits<uint64_t>::max(), x.total))
    return false;
  x.data = body;
  return true;
}

} // namespace troupe::dist
