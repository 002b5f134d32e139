// Sending on conditions and at the pace of a connection, and the names of this node.
//
// Erlang counterpart: erlang:send/2,3; register/2, unregister/1, whereis/1, registered/0.
// Threads: confined to the process; `whereis` and the like see what other threads do to the names.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/pid.hpp"
#include "troupe/task.hpp"

#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

/// When a message is rather not sent (MSG-07).
struct send_options {
  /// When the receiver's node is not connected. One that is being connected counts as connected.
  bool noconnect = false;
  /// When the connection is busy, so that `send_paced` would hold the sender.
  bool nosuspend = false;
};

/// What became of the message: sent, or why not.
enum class send_result : uint8_t { ok, noconnect, nosuspend };

/// The part of `process` that deals with names, and with sending that is not just `send`.
class name_calls {
public:
  /// Sends like `send`, unless `how` keeps it from it: nothing was sent then. To a process of this
  /// node it is always `ok`.
  template <class T, class... Ts>
  send_result send_with(const send_options& how, const pid& to, T&& x, Ts&&... xs) {
    return send_on(how, to, {}, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  template <class T, class... Ts>
  send_result send_with(const send_options& how, atom name, atom at, T&& x, Ts&&... xs) {
    return send_on(how, pid{at, 0, 0}, name,
                   caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  /// To an alias.
  template <class T, class... Ts>
  send_result send_with(const send_options& how, const reference& to, T&& x, Ts&&... xs) {
    return send_on(how, pid{to.node, to.creation, 0}, {},
                   caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...), to);
  }

  /// Sends like `send`, at once; who awaits the result goes on when the connection is not busy (see
  /// limits::outbound_bytes_soft, and limits::pending_signals_soft while it is being dialled), or
  /// is lost; at once for processes of this node (MSG-15, MSG-23, MSG-24):
  ///
  ///     auto sending = self.send_paced(to, chunk);
  ///     co_await std::move(sending);
  template <class T, class... Ts>
  [[nodiscard]] task<> send_paced(const pid& to, T&& x, Ts&&... xs) {
    send_on({}, to, {}, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
    return wait_while_busy(to.node);
  }
  template <class T, class... Ts>
  [[nodiscard]] task<> send_paced(atom name, atom at, T&& x, Ts&&... xs) {
    send_on({}, pid{at, 0, 0}, name,
            caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
    return wait_while_busy(at);
  }
  /// To an alias.
  template <class T, class... Ts>
  [[nodiscard]] task<> send_paced(const reference& to, T&& x, Ts&&... xs) {
    send_on({}, pid{to.node, to.creation, 0}, {},
            caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...), to);
    return wait_while_busy(to.node);
  }
  /// What `send_paced` waits for: for senders of many small messages, between some of them.
  [[nodiscard]] task<> wait_while_busy(atom node);

  /// Gives a name to this process; false when the name is taken, is none (`undefined`, `nil`, a
  /// boolean), or the process has one.
  [[nodiscard]] bool register_name(atom name);
  /// The same for another process of this node; also false when it has ended or is not of this node
  /// (PID-05).
  [[nodiscard]] bool register_name(atom name, const pid& who);
  /// Returns whether there was such a name.
  bool unregister_name(atom name);
  /// Names of this node only (PID-11).
  [[nodiscard]] std::optional<pid> whereis(atom name) const;
  [[nodiscard]] std::vector<atom> registered() const;

private:
  send_result send_on(const send_options& how, const pid& to, atom name, caf::message x,
                      const reference& alias = {});
};

} // namespace troupe
