// One piece of a message that is too long for a frame.
//
// Erlang counterpart: DIST_FRAG_HEADER and DIST_FRAG_CONT.
// Threads: values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::dist {

struct fragment {
  bool first = false;
  bool last = false;
  /// Tells the messages apart whose fragments are under way. Given by the sender, for one message
  /// of one connection and direction; free again after the last fragment.
  uint32_t stream = 0;
  uint64_t total = 0; ///< Bytes of the whole message; only the first fragment says.
  std::string_view data;
};

/// More than a fragment's frame is ever longer than its data.
inline constexpr size_t fragment_overhead_bytes_max = 1 + 1 + 5 + 5;

/// Appends the frame's length and body to `out`.
void put_fragment(std::string& out, const fragment& x);
/// Appends what goes before `data_bytes` of data; `x.data` does not count.
void put_fragment_header(std::string& out, const fragment& x, size_t data_bytes);

/// Reads a frame's body, `data` points into it; false when it is malformed.
[[nodiscard]] bool parse_fragment(std::string_view body, fragment& x);

} // namespace troupe::dist
