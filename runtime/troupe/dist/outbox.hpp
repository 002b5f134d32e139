// What waits to be sent to a peer: short frames first, long ones in pieces that take turns.
//
// Erlang counterpart: the distribution entry's output queue, which is one lane: a long message is
// in fragments there too, but what is sent behind them waits. Order is promised per sender in both.
// Threads: confined to its session.

#pragma once

#include "troupe/dist/pieces.hpp"
#include "troupe/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe::dist {

class outbox {
public:
  enum class put_result : uint8_t { ok, busy, overflow, too_long };

  struct bounds {
    size_t frame_bytes = limits::frame_bytes_max; ///< A longer frame is cut.
    size_t message_bytes = limits::message_bytes_max;
    /// What the peer puts together at once; further long frames wait until it has fewer.
    size_t open_messages = limits::reassembly_messages_max;
    size_t open_bytes = limits::reassembly_bytes_max;
    size_t soft_bytes = limits::outbound_bytes_soft;
    size_t hard_bytes = limits::outbound_bytes_hard;
  };

  outbox() = default;
  explicit outbox(const bounds& b) : bounds_(b) {}

  /// Queues the body of a frame behind all of the same `key`. `busy`: queued, and the soft limit is
  /// exceeded. `overflow`, `too_long`: not queued, because of the hard limit or of its own length.
  /// A frame that is short is left to the caller, who may use its memory again.
  put_result put(uint64_t key, pieces&& frame);

  /// Queues the body of a frame of the session itself, with the short ones; limits do not apply.
  void put_control(std::string_view frame);

  /// Appends frames to `out`, at the most `bytes_max` bytes or a little more. May end inside a
  /// frame; the next call goes on there.
  void take(pieces& out, size_t bytes_max);

  /// Bytes that wait, without the headers of fragments.
  [[nodiscard]] size_t queued_bytes() const noexcept { return queued_; }

  /// Forgets all that waits but the rest of a chunk of which a part is taken: it may end inside a
  /// frame.
  void drop();

private:
  /// The frames of one key from its first long one on, until all are sent.
  struct flow {
    std::deque<pieces> frames;
    size_t sent = 0; // bytes of the first frame that are sent
    uint32_t stream = 0;
  };

  [[nodiscard]] bool is_long(const pieces& frame) const {
    return frame.size() > bounds_.frame_bytes;
  }
  std::string& small_for(size_t bytes);
  void take_small(pieces& out, size_t bytes_max);
  void admit();
  void take_turn(pieces& out, size_t bytes_max);
  void take_fragment(flow& from, pieces& out, size_t bytes_max);

  bounds bounds_;
  size_t queued_ = 0;
  std::deque<pieces> small_; // short frames as they lie in the stream, in chunks
  size_t small_sent_ = 0;    // bytes of the first chunk
  std::unordered_map<uint64_t, flow> flows_;
  // Every key of `flows_` is in one of these. Open: at most one message of each is begun.
  std::deque<uint64_t> open_;
  std::deque<uint64_t> waiting_;
  size_t open_bytes_ = 0; // of the messages that are begun
  uint32_t next_stream_ = 0;
};

} // namespace troupe::dist
