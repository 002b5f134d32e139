// Sending on conditions, and the names of this node.
//
// Erlang counterpart: erlang:send/3; register/2, unregister/1, whereis/1, registered/0.
// Threads: confined to the process; `whereis` and the like see what other threads do to the names.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/pid.hpp"

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
  /// When limits::outbound_bytes_soft wait for the connection already: Erlang would suspend the
  /// sender.
  bool nosuspend = false;
};

/// What became of the message: sent, or why not.
enum class send_result : uint8_t { ok, noconnect, nosuspend };

/// The part of `process` that deals with names, and with sending on conditions.
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
