// Timers that do more than send one message on this node: functions, intervals, other nodes.
//
// Erlang counterpart: timer_server of timer.erl. Differences: a request is a message without an
// answer; one above `timer_server_max` is dropped, and the log says so.
// Threads: the functions are called by processes; the server is a process.

#pragma once

#include "troupe/process.hpp"
#include "troupe/term.hpp"

#include <chrono>

namespace troupe::actors::internal {

inline constexpr size_t timer_server_max = 100'000;

/// Sends `{:send, to, message}` or applies `{:apply, module, function, arguments}` in a process of
/// its own, once. Returns its reference. The server is started when there is none.
reference do_after(process& self, std::chrono::milliseconds delay, term what);
/// The same again and again, until `watched` (a pid, a name or `{name, node}`) ends.
reference do_every(process& self, std::chrono::milliseconds period, term watched, term what);
/// Gives up either; harmless when there is no such.
void stop_doing(process& self, const reference& ref);

/// Does it now, as the server would.
task<> do_now(process& self, term what);

} // namespace troupe::actors::internal
