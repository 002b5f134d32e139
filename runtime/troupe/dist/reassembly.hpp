// Puts the fragments of long messages together again.
//
// Erlang counterpart: the emulator's list of fragmented messages, which has no bound. Here a peer
// that exceeds one is told so and disconnected. Threads: confined to its session.

#pragma once

#include "troupe/errc.hpp"
#include "troupe/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe::dist {

class reassembly {
public:
  struct bounds {
    size_t messages = limits::reassembly_messages_max; ///< Incomplete at once.
    size_t bytes = limits::reassembly_bytes_max;       ///< That those announce, all together.
    size_t message_bytes = limits::message_bytes_max;
  };

  reassembly() = default;
  explicit reassembly(const bounds& b) : bounds_(b) {}

  /// Takes the body of a fragment's frame. Sets `message` when that was its last, else leaves it
  /// alone. Returns `protocol_violation` or, above a bound, `frame_too_large`; the connection must
  /// end then.
  [[nodiscard]] errc add(std::string_view body, std::string& message);

  [[nodiscard]] size_t messages() const noexcept { return open_.size(); }
  /// Announced by the messages that are incomplete.
  [[nodiscard]] size_t bytes() const noexcept { return bytes_; }

private:
  struct entry {
    size_t total = 0;
    std::string data;
  };

  bounds bounds_;
  size_t bytes_ = 0;
  std::unordered_map<uint32_t, entry> open_;
};

} // namespace troupe::dist
