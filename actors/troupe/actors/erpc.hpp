// Calls of functions on other nodes, each in a fresh process there, whose failures are the
// caller's.
//
// Erlang counterpart: erpc. Differences: without a timeout a call waits `default_timeout`, not for
// ever; a call to the own node gets a process of its own, too; there are no request collections.
// Threads: every function is called by the process that it gets.

#pragma once

#include "troupe/actors/remote_call.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace troupe::actors::erpc {

/// How long a call may take; nothing: as long as it does. A lost node ends it in any case.
using timeout = std::optional<clock::duration>;
inline constexpr std::chrono::seconds default_timeout{5};

/// How a call ended. `value` is as Erlang's: the result, what was thrown, `{:exception, reason}` or
/// `{:signal, reason}` of an exit, `{:exception, reason, stack}` or `{:erpc, why}` of an error.
struct outcome {
  enum class kind : uint8_t { ok, thrown, exit, error };
  kind type = kind::ok;
  term value;

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// Thrown by calls that failed; a process that does not catch it ends as in Erlang.
struct failure : exit_request {
  explicit failure(outcome x);
  outcome what;
};

/// A call under way. Its answer comes as a message `{:DOWN, id, :process, pid, answer}`, or
/// `{:spawn_reply, id, :error, why}` when it could not begin, unless it is received before.
struct request {
  reference id;
};

/// An entry of a multicall: the value, if the call gave one, and how it ended.
template <class T>
struct answer {
  std::optional<T> value;
  outcome what;
  explicit operator bool() const noexcept { return value.has_value(); }
  const T& operator*() const { return *value; }
};

// -- what is behind the templates; for calls whose types are not known ----------------------------
[[nodiscard]] request send_request(process& self, atom at, spawn_what what);
[[nodiscard]] task<outcome> call_what(process& self, atom at, spawn_what what, timeout limit);
[[nodiscard]] task<std::vector<outcome>> multicall_what(process& self, std::vector<atom> at,
                                                        spawn_what what, timeout limit);
void cast_what(process& self, atom at, spawn_what what);

/// Reads the value of a call that succeeded; another type makes it an error `{:erpc, :badtype}`.
template <class T>
answer<T> read(process& self, outcome x) {
  answer<T> result;
  if (T value{}; x.type == outcome::kind::ok && from_term(x.value, value, *self.bridge()))
    result.value = std::move(value);
  else if (x.type == outcome::kind::ok)
    x = {outcome::kind::error, term::tuple({atom{"erpc"}, atom{"badtype"}})};
  result.what = std::move(x);
  return result;
}

/// The value, or its failure.
template <class T>
T value_or_throw(process& self, outcome x) {
  auto result = read<T>(self, std::move(x));
  if (!result)
    throw failure{std::move(result.what)};
  return std::move(*result.value);
}

// -- calls ----------------------------------------------------------------------------------------
/// Runs `x` on `at` and yields its value, or throws `failure` (rule RPC-12). The function runs on
/// when the call is given up; its answer never appears then.
template <class T>
[[nodiscard]] task<T> call(process& self, atom at, remote_call<T> x,
                           timeout limit = default_timeout) {
  auto calling = call_what(self, at, std::move(x.what), limit);
  auto done = co_await std::move(calling);
  co_return value_or_throw<T>(self, std::move(done));
}

/// The same with `Fn`, within `default_timeout`.
template <auto Fn, class... As>
[[nodiscard]] auto call(process& self, atom at, As&&... as) {
  return call(self, at, remote<Fn>(self, std::forward<As>(as)...));
}

/// Runs `x` on all nodes at once. One entry for each, in their order (rule RPC-13).
template <class T>
[[nodiscard]] task<std::vector<answer<T>>>
multicall(process& self, std::vector<atom> at, remote_call<T> x, timeout limit = default_timeout) {
  auto calling = multicall_what(self, std::move(at), std::move(x.what), limit);
  auto done = co_await std::move(calling);
  std::vector<answer<T>> result;
  for (auto& y : done)
    result.push_back(read<T>(self, std::move(y)));
  co_return result;
}

/// Runs `x` on `at` and tells nothing of it; a crash is logged as that of a spawned process. Never
/// waits.
template <class T>
void cast(process& self, atom at, remote_call<T> x) {
  cast_what(self, at, std::move(x.what));
}

template <class T>
void multicast(process& self, const std::vector<atom>& at, const remote_call<T>& x) {
  for (auto node : at)
    cast_what(self, node, x.what);
}

// -- requests: calls whose answer is looked for later (rule RPC-15) -------------------------------
template <class T>
[[nodiscard]] request send_request(process& self, atom at, remote_call<T> x) {
  return send_request(self, at, std::move(x.what));
}

/// Nothing when no answer came within `limit`; it can be waited for again.
[[nodiscard]] task<std::optional<outcome>> wait_response(process& self, request r, timeout limit);
/// Gives the request up when no answer came within `limit`: `{:erpc, :timeout}`.
[[nodiscard]] task<outcome> receive_response(process& self, request r,
                                             timeout limit = default_timeout);
/// Nothing when `message` is not the answer to `r`.
[[nodiscard]] std::optional<outcome> check_response(const term& message, const request& r);
/// The answer is not wanted any more; it never appears. Returns whether there could be one.
bool abandon(process& self, const request& r);

} // namespace troupe::actors::erpc
