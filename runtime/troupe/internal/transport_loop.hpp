// Runs the transport, and on the same thread the processes that got mail from it.
//
// A process that a message wakes runs at once where the message was read; a handover to another
// thread would cost more than the message. When one runs long, a second thread takes over the
// transport, and the first one becomes its stand-in when it is back. Until then there is none, and
// processes run on the scheduler's threads: one more that runs long would hold up the transport.
//
// Erlang counterpart: the emulator's check of input by scheduler threads.
// Threads: `start` and `stop` by the node; `current` from any thread.

#pragma once

#include "troupe/internal/inline_unit.hpp"
#include "troupe/internal/lease.hpp"

#include <boost/asio/io_context.hpp>
#include <caf/fwd.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace troupe::internal {

class transport_loop {
public:
  /// Processes that run longer than this lose the transport to the other thread.
  static constexpr std::chrono::microseconds patience{500};

  explicit transport_loop(boost::asio::io_context& io) : io_(&io) {}
  ~transport_loop();
  transport_loop(const transport_loop&) = delete;
  transport_loop& operator=(const transport_loop&) = delete;

  /// Makes the threads. Processes run in `system`.
  void start(caf::actor_system& system);
  /// Ends them, and stops the io_context. False when a process has not come back within a
  /// quarter of `limits::stop_grace`: its thread still uses this object, but not the io_context.
  [[nodiscard]] bool stop();

  /// Where the calling thread runs the processes that it wakes; null on all other threads.
  [[nodiscard]] static caf::execution_unit* current() noexcept;

private:
  struct worker {
    explicit worker(caf::actor_system& system) : unit(&system) {}
    inline_unit unit;
    std::thread thread;
    std::atomic<bool> stands_by{false}; // Can take over.
    bool ended = false;
  };

  void run(worker& me, bool leads);
  void lead(worker& me);
  void stand_by(worker& me);
  void note_activity();
  worker& other(const worker& me) { return &me == first_.get() ? *second_ : *first_; }

  boost::asio::io_context* io_;
  lease lease_;
  std::unique_ptr<worker> first_;
  std::unique_ptr<worker> second_;
  std::atomic<bool> active_{false}; // The stand-in looks now and then.
  std::mutex mutex_;                // guards the waits and `worker::ended`
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
};

} // namespace troupe::internal
