// Collects the connections that one thread has sent on, so that each is written once.
//
// What processes send while they run leaves together when they wait: one system call for a burst
// instead of one for a message. Order on a connection is that of its queue, whoever writes it.
//
// Erlang counterpart: the output queue of a distribution port.
// Threads: each batch confined to the thread that made it.

#pragma once

#include <memory>
#include <vector>

namespace troupe::internal {

class deferred_writer {
public:
  virtual ~deferred_writer() = default;
  /// Writes all that waits. Called without locks of the caller.
  virtual void write_now() = 0;
};

/// Lives on the stack while processes run; of nested ones the outermost counts.
class write_batch {
public:
  /// More writers than these are not kept: they have to write at once.
  static constexpr size_t writers_max = 64;

  write_batch();
  /// Has all that were added write, in the order in which they came.
  ~write_batch();
  write_batch(const write_batch&) = delete;
  write_batch& operator=(const write_batch&) = delete;

  /// The outermost one of the calling thread, or null.
  [[nodiscard]] static write_batch* current() noexcept;

  [[nodiscard]] bool has(const deferred_writer* x) const noexcept;
  /// False when there is no room.
  [[nodiscard]] bool add(std::shared_ptr<deferred_writer> x);

private:
  std::vector<std::shared_ptr<deferred_writer>> writers_;
  bool outermost_;
};

} // namespace troupe::internal
