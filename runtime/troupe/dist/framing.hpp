// Frames as they lie in a byte stream: four bytes of length, then the body, whose first byte is the
// kind.
//
// Erlang counterpart: `{packet, 4}` of the distribution's sockets.
// Threads: confined to its session.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::dist {

inline constexpr size_t length_bytes = 4;

/// Appends `value` in `bytes` bytes, the highest first.
void put_uint(std::string& out, uint64_t value, size_t bytes);

/// Takes an integer of `bytes` bytes off the front of `from`, which has as many.
[[nodiscard]] uint64_t take_uint(std::string_view& from, size_t bytes);

/// Appends seven bits at a time, the lowest first; all bytes but the last have their highest bit
/// set.
void put_varint(std::string& out, uint64_t value);

/// Takes what `put_varint` wrote off the front of `from`; false when it is cut short or above
/// `max`.
[[nodiscard]] bool take_varint(std::string_view& from, uint64_t max, uint64_t& value);

/// Appends the length of `body` and `body`.
void put_frame(std::string& out, std::string_view body);

/// Cuts a stream into frames. Holds one incomplete frame at the most, and no more of it than came.
class frame_reader {
public:
  enum class outcome : uint8_t { frame, more, too_long, empty };

  explicit frame_reader(size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// For the frames that are not begun yet.
  void set_limit(size_t body_bytes_max) { body_bytes_max_ = body_bytes_max; }

  /// Takes bytes off the front of `from`, up to the end of a frame, and sets `body` to that frame;
  /// it is valid until `from` goes or the next call. Takes nothing behind a frame that is refused.
  outcome next(std::string_view& from, std::string_view& body);

  [[nodiscard]] size_t held_bytes() const noexcept { return held_.size(); }

private:
  outcome check(uint64_t length) const;

  size_t body_bytes_max_;
  std::string held_; // an incomplete frame, or the one that was returned last
  bool returned_ = false;
};

} // namespace troupe::dist
