// The real clock: steady time, the system's randomness, and timers on an io_context.
//
// Erlang counterpart: none.
// Threads: any thread; one mutex guards the timers.

#pragma once

#include "troupe/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <unordered_map>

namespace troupe::dist {

class asio_clock final : public clock {
public:
  explicit asio_clock(boost::asio::io_context& io) : io_(&io) {}

  [[nodiscard]] time_point now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::now();
  }
  [[nodiscard]] uint64_t random() override;
  timer after(duration delay, std::function<void()> action) override;
  void cancel(timer t) override;
  void post(std::function<void()> action) override;

private:
  boost::asio::io_context* io_;
  std::mutex mutex_; // guards both below
  std::unordered_map<timer, std::unique_ptr<boost::asio::steady_timer>> timers_;
  timer last_ = 0;
};

} // namespace troupe::dist
