#include "troupe/dist/outbox.hpp"

#include "troupe/dist/fragment.hpp"
#include "troupe/dist/framing.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dist {

namespace {

/// Short frames are gathered in chunks of about this length, so that none is moved again as more
/// come.
constexpr size_t chunk_bytes = 64 * 1024;
constexpr size_t growing_bytes = 4 * 1024;
/// What is left of a buffer is filled with a fragment, unless it would be one shorter than this.
constexpr size_t fragment_bytes_min = 1024;

} // namespace

outbox::put_result outbox::put(uint64_t key, pieces&& frame) {
  if (frame.size() > bounds_.message_bytes)
    return put_result::too_long;
  auto size = frame.size() + length_bytes;
  if (queued_ + size > bounds_.hard_bytes)
    return put_result::overflow;
  auto at = flows_.empty() ? flows_.end() : flows_.find(key);
  if (at == flows_.end() && !is_long(frame)) {
    put_uint(small_for(size), frame.size(), length_bytes);
    small_.back().append(frame, 0, frame.size());
    queued_ += size;
  } else {
    if (at == flows_.end()) {
      at = flows_.try_emplace(key).first;
      waiting_.push_back(key);
    }
    at->second.frames.push_back(std::move(frame));
    queued_ += size;
  }
  return queued_ > bounds_.soft_bytes ? put_result::busy : put_result::ok;
}

void outbox::put_control(std::string_view frame) {
  auto size = frame.size() + length_bytes;
  put_frame(small_for(size), frame);
  queued_ += size;
}

/// Returns the end of the last chunk, which is one that may take `bytes` more.
std::string& outbox::small_for(size_t bytes) {
  if (small_.empty() || small_.back().size() >= chunk_bytes)
    small_.emplace_back();
  auto& tail = small_.back().tail();
  // A chunk that has begun to grow will be full soon; until then a short one stays small.
  if (tail.size() >= growing_bytes && tail.capacity() < tail.size() + bytes)
    tail.reserve(chunk_bytes + bytes);
  return tail;
}

void outbox::take(pieces& out, size_t bytes_max) {
  auto end = out.size() + std::max<size_t>(bytes_max, 1);
  take_small(out, end - out.size());
  while (small_.empty() && out.size() < end) {
    admit();
    if (open_.empty())
      return;
    auto before = out.size();
    take_turn(out, end - before);
    if (out.size() == before) // no room for a fragment that is worth its header
      return;
  }
}

void outbox::take_small(pieces& out, size_t bytes_max) {
  while (!small_.empty() && bytes_max > 0) {
    auto& chunk = small_.front();
    auto n = std::min(bytes_max, chunk.size() - small_sent_);
    if (out.empty() && small_sent_ == 0 && n == chunk.size())
      out.swap(chunk);
    else
      out.append(chunk, small_sent_, n);
    bytes_max -= n;
    queued_ -= n;
    small_sent_ += n;
    if (small_sent_ >= chunk.size()) {
      small_.pop_front();
      small_sent_ = 0;
    }
  }
}

/// Lets those that wait take part in the turns, in the order in which they came, as far as the peer
/// has room for their first message.
void outbox::admit() {
  while (!waiting_.empty() && open_.size() < bounds_.open_messages) {
    auto& next = flows_[waiting_.front()].frames.front();
    auto bytes = is_long(next) ? next.size() : 0;
    if (open_bytes_ + bytes > bounds_.open_bytes && !open_.empty())
      return;
    open_bytes_ += bytes;
    open_.push_back(waiting_.front());
    waiting_.pop_front();
  }
}

/// The first open flow sends a fragment or a short frame, and steps behind the others.
void outbox::take_turn(pieces& out, size_t bytes_max) {
  auto key = open_.front();
  auto& turn = flows_[key];
  auto& frame = turn.frames.front();
  if (is_long(frame)) {
    auto before = turn.sent;
    take_fragment(turn, out, bytes_max);
    queued_ -= turn.sent - before;
    if (turn.sent < frame.size()) {
      if (turn.sent == before)
        return;
      open_.pop_front();
      open_.push_back(key);
      return;
    }
    open_bytes_ -= frame.size();
  } else {
    put_uint(out.tail(), frame.size(), length_bytes);
    out.append(frame, 0, frame.size());
    queued_ -= frame.size();
  }
  queued_ -= length_bytes;
  turn.frames.pop_front();
  turn.sent = 0;
  open_.pop_front();
  if (turn.frames.empty())
    flows_.erase(key);
  else
    waiting_.push_back(key);
}

void outbox::take_fragment(flow& from, pieces& out, size_t bytes_max) {
  auto& frame = from.frames.front();
  auto rest = frame.size() - from.sent;
  auto n = std::min(rest, bounds_.frame_bytes);
  auto overhead = length_bytes + fragment_overhead_bytes_max;
  if (n + overhead > bytes_max) {
    auto room = bytes_max > overhead ? bytes_max - overhead : 0;
    if (room < fragment_bytes_min && !out.empty())
      return;
    n = std::min(n, std::max(room, fragment_bytes_min));
  }
  fragment piece;
  piece.first = from.sent == 0;
  piece.last = n == rest;
  if (piece.first)
    from.stream = next_stream_++;
  piece.stream = from.stream;
  piece.total = frame.size();
  put_fragment_header(out.tail(), piece, n);
  out.append(frame, from.sent, n);
  from.sent += n;
}

void outbox::drop() {
  outbox rest{bounds_};
  if (small_sent_ > 0) {
    rest.small_.push_back(std::move(small_.front()));
    rest.small_sent_ = small_sent_;
    rest.queued_ = rest.small_.front().size() - small_sent_;
  }
  *this = std::move(rest);
}

} // namespace troupe::dist
