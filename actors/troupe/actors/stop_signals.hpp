// SIGTERM and SIGINT as calls.
//
// Erlang counterpart: erl_signal_server.
// Threads: construct before any other thread is made; the handler runs on a thread of its own.

#pragma once

#include <functional>
#include <thread>

namespace troupe::actors {

/// Blocks the signals in all threads made from here on and waits for them.
class stop_signals {
public:
  explicit stop_signals(std::function<void(int)> on_signal);
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

private:
  std::thread waiter_;
};

} // namespace troupe::actors
