// What this node knows of one other node: its connection, what waits for one, and what crosses it.
//
// Erlang counterpart: a distribution entry.
// Threads: any thread; one mutex, taken before a connection's mutex and never while calling
// elsewhere.

#pragma once

#include "troupe/dist/congestion.hpp"
#include "troupe/dist/link_table.hpp"
#include "troupe/dist/monitor_table.hpp"
#include "troupe/internal/request_table.hpp"
#include "troupe/limits.hpp"
#include "troupe/send_options.hpp"
#include "troupe/signal.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::dist {

class connection;

class peer {
public:
  using waiter = std::function<void(bool)>;

  explicit peer(atom name) : name_(name) {}

  [[nodiscard]] atom name() const noexcept { return name_; }

  enum class outcome : uint8_t { sent, held, must_dial, refused, unconnected, busy };
  /// Sends `x`, or holds it until there is a connection. `must_dial`: held, and nobody dials yet.
  /// `refused`: too many wait already, or nobody dials and `may_dial` is false; `unconnected`,
  /// `busy`: `how` forbids to send. `x` is left as it was then.
  [[nodiscard]] outcome send(signal& x, const send_options& how = {}, bool may_dial = true);
  /// Calls `done` when there is a connection or the dial failed; at once when there is one.
  [[nodiscard]] outcome wait_for_connection(waiter done, bool may_dial = true);

  /// A connection came up: what was held leaves first. Returns who waited for it.
  [[nodiscard]] std::vector<waiter> up(std::shared_ptr<connection> x);

  struct leftovers {
    std::vector<signal> held;    ///< What could not be sent.
    std::vector<waiter> waiters; ///< Who waited.
  };
  /// The dial failed.
  [[nodiscard]] leftovers dial_failed();

  /// Lets a process wait while the connection is busy, or is being dialled and many signals wait;
  /// false when there is nothing to wait for.
  [[nodiscard]] bool hold(const held_sender& x);
  /// It waits no longer, or has ended.
  void let_go(const reference& ref);
  /// Those who waited for the dial, which has ended.
  [[nodiscard]] std::vector<held_sender> dial_ended();

  /// The connection is gone: returns what its loss tells local processes, each once.
  [[nodiscard]] std::vector<signal> lost();

  /// Brings the tables up to date with a signal that arrived, and completes it: a demonitor learns
  /// whom it concerns, a spawn reply whether its child is linked.
  void note_arrival(signal& x);
  /// A process that the peer asked for is about to run.
  void note_child(const signal& request, const pid& child);

  /// A spawn request could not be sent after all.
  void forget_spawn(const reference& ref);

  [[nodiscard]] std::shared_ptr<connection> current() const;
  struct counts {
    size_t links = 0, monitors = 0, spawns = 0, held = 0, held_senders = 0;
  };
  [[nodiscard]] counts snapshot() const;

private:
  struct pending_spawn {
    pid from;
    bool link = false, monitor = false;
  };
  void note_departure(const signal& x);

  const atom name_;
  mutable std::mutex mutex_; // guards all below
  std::shared_ptr<connection> connection_;
  bool dialling_ = false;
  std::vector<signal> held_;                      // Bounded by limits::pending_signals_max.
  congestion dial_{limits::pending_signals_soft}; // Counts signals, not bytes.
  std::vector<waiter> waiters_;
  link_table links_;
  monitor_table monitors_;
  internal::request_table<pending_spawn> spawns_;
};

} // namespace troupe::dist
