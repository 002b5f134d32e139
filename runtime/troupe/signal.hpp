// What one process (or node) tells another: a message, a link, a monitor, an exit, a spawn, ...
//
// Erlang counterpart: signals (Reference Manual, Processes); fields as in the distribution
// protocol. Threads: a value; moved from the sender's thread to the receiver's.

#pragma once

#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <caf/message.hpp>

#include <memory>
#include <string>

namespace troupe {

/// What a new process runs.
struct spawn_what {
  enum class form : uint8_t {
    native = 0,   ///< A C++ function of both programs, by `key`.
    function = 1, ///< `module.name(arguments...)`, resolved where it runs.
    closure = 2,  ///< A fun with its syntax tree.
  };
  form type = form::native;
  std::string key;         ///< Of a native function.
  bool same_build = false; ///< The key is only good between programs of one build (lambdas).
  atom module;
  atom name;
  term callable;  ///< The fun.
  term arguments; ///< A list; of a native function a tuple.
};

/// Everything a spawn request carries.
struct spawn_request {
  spawn_what what;
  pid group_leader;
  bool link = false;
  bool monitor = false; ///< With the request's reference.
  atom priority;        ///< Null: `normal`.
};

struct signal {
  /// Fixed numbers: byte 16 + kind is the kind of the frame. Append only.
  enum class kind : uint8_t {
    send = 0,          ///< payload to `to`; `number` is CAF's message id, 0 for a plain message
    send_name = 1,     ///< payload to the process registered as `name`
    link = 2,          ///< `from` and `to` are linked
    unlink = 3,        ///< no longer; `number` is echoed
    unlink_ack = 4,    ///< until it came, exits over the link are ignored
    exit_linked = 5,   ///< `from` ended with `reason`, over the link
    exit = 6,          ///< exit(to, reason)
    monitor = 7,       ///< `from` watches `to`, or the process registered as `name`; `ref`
    demonitor = 8,     ///< no longer; `ref`
    down = 9,          ///< `from` (or `name`) ended with `reason`; `ref`
    spawn = 10,        ///< start `spawn`; `ref` is the request
    spawn_reply = 11,  ///< `value` is the new pid or an atom that says why not; `ref`
    group_leader = 12, ///< `to` has the group leader `from` now
    nodes = 13,        ///< `value` is a list of the names of visible nodes that the sender knows
    ping = 14,         ///< answered by the node itself; `ref`
    pong = 15,
    answer = 16,     ///< never on the wire: `value` answers a question of this process; `ref`
    timeout = 17,    ///< never on the wire: the timer `number` of this process is due
    send_alias = 18, ///< payload to the process whose alias is `ref`; `to` has its node only
    info = 19, ///< never on the wire: `from` asks what `value`, a list of items, is here; `ref`
  };

  kind type = kind::send;
  pid from;
  pid to;
  atom name;
  reference ref;
  uint64_t number = 0;
  term value; ///< Reason of exits and downs, or as said above.
  caf::message payload;
  std::unique_ptr<spawn_request> spawn;
};

} // namespace troupe
