// Messages that come later.
//
// Erlang counterpart: erlang:send_after/3, start_timer/3, cancel_timer/1, read_timer/1. Difference:
// a node has at most limits::timers_max timers; one more ends the caller with `system_limit`.
// Threads: confined to the process; a timer itself belongs to nobody, so that any process that has
// its reference can cancel and read it.
//
// The receiver is a process of this node, or a name of this node that is looked up when the time
// comes (MSG-19); any other ends the caller with `badarg`, and so does a negative time. A timer
// vanishes when its receiver ends, and when the node stops.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/message.hpp"
#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <caf/message.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace troupe {

/// The part of `process` that deals with timers.
class timer_calls {
public:
  /// Longest time until a timer is due.
  static constexpr std::chrono::milliseconds delay_max{4'000'000'000'000};

  template <class T, class... Ts>
  reference send_after(clock::duration delay, const pid& to, T&& x, Ts&&... xs) {
    return start(delay, to, {}, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  template <class T, class... Ts>
  reference send_after(clock::duration delay, atom name, T&& x, Ts&&... xs) {
    return start(delay, {}, name, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  /// Sends `{:timeout, ref, message}`, where `ref` is what this returns.
  reference start_timer(clock::duration delay, const pid& to, term message);
  reference start_timer(clock::duration delay, atom name, term message);

  /// Returns the milliseconds that were left, rounded up; nothing when the timer is unknown, has
  /// fired, or its receiver has ended. Once this returned a time, the message never comes.
  std::optional<std::chrono::milliseconds> cancel_timer(const reference& timer);
  /// The same of a timer that goes on.
  [[nodiscard]] std::optional<std::chrono::milliseconds> read_timer(const reference& timer) const;

private:
  reference start(clock::duration delay, const pid& to, atom name, caf::message content);
  void start(const reference& ref, clock::duration delay, const pid& to, atom name,
             caf::message content);
};

} // namespace troupe
