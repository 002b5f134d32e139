// The timers of a node: what is to be sent to whom, and when.
//
// Erlang counterpart: the timer wheel behind erlang:send_after/3.
// Threads: not synchronised; pure, time comes in as an argument.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/clock.hpp"
#include "troupe/limits.hpp"
#include "troupe/pid.hpp"

#include <caf/message.hpp>

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::internal {

struct pending_timer {
  reference ref; ///< Unique; the timer's name.
  clock::time_point due;
  pid to;    ///< Null: whoever is called `name` when it is due.
  atom name; ///< Nil with a pid.
  caf::message content;
};

class timer_table {
public:
  explicit timer_table(size_t size_max = limits::timers_max) : size_max_(size_max) {}

  /// Returns false, and takes nothing, when the table is full.
  [[nodiscard]] bool add(pending_timer x);
  /// Takes a timer out; returns when it was due, nothing when there is none.
  std::optional<clock::time_point> cancel(const reference& ref);
  [[nodiscard]] std::optional<clock::time_point> due(const reference& ref) const;
  /// Takes out what is due at `now`, at most `count_max`: earliest first, equals in the order in
  /// which they were added.
  [[nodiscard]] std::vector<pending_timer> take_due(clock::time_point now, size_t count_max);
  /// Takes out all timers of a receiver that ended; those to a name stay.
  void forget(const pid& receiver);
  void clear();

  /// When the earliest timer is due.
  [[nodiscard]] std::optional<clock::time_point> next() const;
  [[nodiscard]] size_t size() const noexcept { return by_time_.size(); }

private:
  using key = std::pair<clock::time_point, uint64_t>; // When, and the how many-th timer it is.
  using entries = std::map<key, pending_timer>;

  pending_timer take(entries::iterator i);

  size_t size_max_;
  uint64_t last_ = 0;
  entries by_time_;
  std::unordered_map<reference, key> by_ref_;
  std::unordered_map<pid, std::set<key>> by_receiver_;
};

} // namespace troupe::internal
