// A process with a state that answers calls, one after the other.
//
// Erlang counterpart: gen_server, with Elixir's GenServer in its texts (GEN-01). Differences: the
// state is an object and its functions are the callbacks; there is no `hibernate`, no code change
// and of `sys` only `terminate`. Messages are the ones of gen_server, so processes of the console
// and servers understand each other: `{:"$gen_call", {pid, tag}, request}`, answered by
// `{tag, reply}`, and `{:"$gen_cast", request}`.
// Threads: the coroutines are confined to the process that calls them.
//
//   struct counter {
//     int64_t count = 0;
//     server::step handle_call(process&, term request, server::caller) {
//       return server::step::reply(++count);
//     }
//   };
//   auto starting = server::start_link<counter>(self, server::options{});
//   auto started = co_await std::move(starting);
//   auto asking = server::call(self, started.id(), atom{"next"});
//   auto answer = co_await std::move(asking);

#pragma once

#include "troupe/actors/internal/server_parts.hpp"
#include "troupe/actors/internal/server_process.hpp"
#include "troupe/actors/start_link.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::server {

inline constexpr std::chrono::seconds call_timeout{5};

/// How a server is started.
struct options {
  atom name; ///< Registered on the server's node before `init`; nil: none.
  clock::duration init_timeout = infinity; ///< After it the start fails with `timeout`.
};

// -- starting -------------------------------------------------------------------------------------
// The callbacks of `S`, each of them optional, each a coroutine (`task<step>`, `task<>`) or not:
//   init(process&, args...)                     without it `S` is made from the arguments
//   handle_call(process&, term request, caller) without it a call ends the server
//   handle_cast(process&, term request)         without it a cast ends the server
//   handle_info(process&, term message)         without it a message is logged
//   handle_continue(process&, term what)
//   terminate(process&, term reason)            before it ends, unless an exit signal ends it:
//                                               to have it then, trap exits in `init`
// `void` and `task<>` mean `step::ok()` in `init` and `step::noreply()` elsewhere. What a callback
// throws ends the server.

/// Starts a server and links to it; yields when `init` has answered. A failed `init` is
/// `{:error, reason}`, and the server's exit comes over the link.
template <class S, class... As>
[[nodiscard]] task<start_result> start_link(process& self, options how, As... as) {
  internal::server_start start{self.self(), true, how.name};
  auto body = std::make_shared<internal::server_of<S, As...>>(std::move(as)...);
  auto child = self.spawn_link(&internal::run_server, std::move(body), start);
  return await_init(self, child, how.init_timeout);
}

/// The same without a link.
template <class S, class... As>
[[nodiscard]] task<start_result> start(process& self, options how, As... as) {
  internal::server_start start{self.self(), false, how.name};
  auto body = std::make_shared<internal::server_of<S, As...>>(std::move(as)...);
  auto child = self.spawn(&internal::run_server, std::move(body), start);
  return await_init(self, child, how.init_timeout);
}

/// Starts a linked server on the node `at`, whose program must have `S` too; the arguments cross.
/// A node that cannot be reached is `{:error, :noconnection}`.
template <class S, class... As>
[[nodiscard]] task<start_result> start_link_at(process& self, node_name at, options how, As... as) {
  auto what = troupe::internal::call_of<troupe::internal::named<&internal::serve_at<S, As...>>>(
    *self.bridge(), self.self(), how.name, std::move(as)...);
  return internal::start_link_what(self, atom{at.text()}, std::move(what), how.init_timeout);
}

// -- asking ---------------------------------------------------------------------------------------

/// Asks and waits for the answer. Ends the caller (`exit_request`) with
/// `{why, {GenServer, :call, [server, request, timeout]}}` when there is none; `why` is `timeout`,
/// `noproc`, `{:nodedown, node}`, `calling_self`, or the reason with which the server ended. No
/// answer comes later.
[[nodiscard]] task<term> call(process& self, ref to, term request,
                              clock::duration timeout = call_timeout);

/// The same with values in place of terms. An answer of another form ends the caller with
/// `{:bad_return_value, answer}`.
template <class T, class Request>
[[nodiscard]] task<T> call(process& self, ref to, Request request,
                           clock::duration timeout = call_timeout) {
  auto asking = call(self, std::move(to), to_term(request, *self.bridge()), timeout);
  auto answer = co_await std::move(asking);
  T result{};
  if (!from_term(answer, result, *self.bridge()))
    self.exit(term::tuple({atom{"bad_return_value"}, answer}));
  co_return result;
}

/// Tells without waiting; a server that is not there does not matter.
void cast(process& self, const ref& to, term request);

/// Answers a call, in any process and at any time, also after the server's `handle_call`.
void reply(process& self, const caller& to, term answer);

/// Reads a request or message as a value; nothing when it has another form.
template <class T>
[[nodiscard]] std::optional<T> as(process& self, const term& x) {
  T result{};
  if (!from_term(x, result, *self.bridge()))
    return std::nullopt;
  return result;
}

/// Casts to the servers called `name` on `nodes`.
void abcast(process& self, const std::vector<atom>& nodes, atom name, const term& request);

struct multi_answer {
  std::vector<std::pair<atom, term>> replies; ///< In the order of the nodes.
  std::vector<atom> bad_nodes;                ///< No server, no connection, or no answer in time.
};
/// Asks the servers called `name` on all `nodes` at once. No answer comes later.
[[nodiscard]] task<multi_answer> multi_call(process& self, std::vector<atom> nodes, atom name,
                                            term request, clock::duration timeout = infinity);

/// Has the server end with `reason` and waits for it. Ends the caller when it was not there
/// (`noproc`), took longer (`timeout`), or ended otherwise.
[[nodiscard]] task<> stop(process& self, ref to, term reason = atom{"normal"},
                          clock::duration timeout = infinity);

} // namespace troupe::actors::server
