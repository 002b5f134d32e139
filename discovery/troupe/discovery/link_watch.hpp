// Tells when network interfaces or their addresses may have changed.
//
// Erlang counterpart: none.
// Threads: transport thread.

#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace troupe::discovery {

/// Listens to the kernel's own announcements (rtnetlink). Says only that something changed: who is
/// told asks for the list, so nothing depends on what the messages say.
class link_watch {
public:
  /// Changes come in groups (an interface, its routes, its addresses): so long they are collected.
  static constexpr std::chrono::milliseconds settle_time{50};

  link_watch(boost::asio::io_context& io, std::function<void()> changed);
  ~link_watch();
  link_watch(const link_watch&) = delete;
  link_watch& operator=(const link_watch&) = delete;

  /// False: the system has none of this; look from time to time.
  [[nodiscard]] bool works() const noexcept;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace troupe::discovery
