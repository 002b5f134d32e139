// Calls of functions on other nodes, each in a fresh process there, whose failures are values.
//
// Erlang counterpart: rpc, which is erpc in another dress. Differences: those of erpc.hpp; a value
// of the type that was asked for and `{:badrpc, why}` can be told apart, unless that type is
// `term` (rule RPC-20). Threads: every function is called by the process that it gets.

#pragma once

#include "troupe/actors/erpc.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::rpc {

using erpc::default_timeout;
using erpc::timeout;

/// A value, or the `why` of `{:badrpc, why}`: `:nodedown`, `:timeout`, or `{:EXIT, reason}` when
/// the function failed.
template <class T>
class reply {
public:
  reply(T value) : value_(std::move(value)) {}
  [[nodiscard]] static reply bad(term why) {
    reply result;
    result.why_ = std::move(why);
    return result;
  }

  explicit operator bool() const noexcept { return value_.has_value(); }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  [[nodiscard]] const term& badrpc() const noexcept { return why_; }

private:
  reply() = default;
  std::optional<T> value_;
  term why_;
};

/// What a multicall gives: replies in the order of the nodes, without those that did not answer.
template <class T>
struct replies {
  std::vector<reply<T>> results;
  std::vector<atom> bad_nodes; ///< Not reached, lost, or too late.
};

/// An answer to ask for later.
template <class T>
struct key {
  erpc::request request;
};

// -- the same with terms, for calls whose types are not known -------------------------------------
/// Yields the value, or `{:badrpc, why}` (rules RPC-02, RPC-03).
[[nodiscard]] task<term> call_what(process& self, atom at, spawn_what what, timeout limit);
/// As rpc:multicall: results and bad nodes.
[[nodiscard]] task<std::pair<std::vector<term>, std::vector<atom>>>
multicall_what(process& self, std::vector<atom> at, spawn_what what, timeout limit);
/// Nothing when there is no answer within `limit`.
[[nodiscard]] task<std::optional<term>> yield_what(process& self, erpc::request r, timeout limit);

template <class T>
reply<T> read(process& self, term x) {
  static const atom tag{"badrpc"};
  if (x.is_tagged(tag, 2))
    return reply<T>::bad(x.as_tuple()[1]);
  if (T value{}; from_term(x, value, *self.bridge()))
    return reply<T>{std::move(value)};
  return reply<T>::bad(term::tuple({atom{"badtype"}, std::move(x)}));
}

/// The own node and those it is connected with: default of the functions that take nodes.
[[nodiscard]] std::vector<atom> all_nodes(process& self);

// -- calls ----------------------------------------------------------------------------------------
/// Runs `x` on `at` and yields its value, or why there is none. The function runs on when the call
/// is given up; its answer never appears then (rule RPC-04b).
template <class T>
[[nodiscard]] task<reply<T>> call(process& self, atom at, remote_call<T> x,
                                  timeout limit = default_timeout) {
  auto calling = call_what(self, at, std::move(x.what), limit);
  auto done = co_await std::move(calling);
  co_return read<T>(self, std::move(done));
}

/// The same with `Fn`, within `default_timeout`.
template <auto Fn, class... As>
[[nodiscard]] auto call(process& self, atom at, As&&... as) {
  return call(self, at, remote<Fn>(self, std::forward<As>(as)...));
}

/// Runs `x` on all nodes at once (rule RPC-06).
template <class T>
[[nodiscard]] task<replies<T>> multicall(process& self, std::vector<atom> at, remote_call<T> x,
                                         timeout limit = default_timeout) {
  auto calling = multicall_what(self, std::move(at), std::move(x.what), limit);
  auto done = co_await std::move(calling);
  replies<T> result;
  for (auto& y : done.first)
    result.results.push_back(read<T>(self, std::move(y)));
  result.bad_nodes = std::move(done.second);
  co_return result;
}

/// Runs `x` on `at` and tells nothing of it; a crash is logged at the caller's group leader's node
/// (rule RPC-05). Never waits.
template <class T>
void cast(process& self, atom at, remote_call<T> x) {
  erpc::cast_what(self, at, std::move(x.what));
}

// -- calls whose answer is asked for later (rule RPC-08) ------------------------------------------
template <class T>
[[nodiscard]] key<T> async_call(process& self, atom at, remote_call<T> x) {
  return key<T>{erpc::send_request(self, at, std::move(x.what))};
}

/// Yields the answer; call it once for each key. An answer that is not there within `limit` is
/// given up: `:timeout`.
template <class T>
[[nodiscard]] task<reply<T>> yield(process& self, key<T> k, timeout limit = default_timeout) {
  auto waiting = yield_what(self, k.request, limit);
  auto done = co_await std::move(waiting);
  if (done)
    co_return read<T>(self, std::move(*done));
  erpc::abandon(self, k.request);
  co_return reply<T>::bad(atom{"timeout"});
}

/// Yields the answer if it is there within `limit`; else nothing, and it can be asked for again.
template <class T>
[[nodiscard]] task<std::optional<reply<T>>> nb_yield(process& self, key<T> k,
                                                     clock::duration limit = {}) {
  auto waiting = yield_what(self, k.request, limit);
  auto done = co_await std::move(waiting);
  if (!done)
    co_return std::nullopt;
  co_return read<T>(self, std::move(*done));
}

// -- messages to a name on many nodes (rule RPC-09) -----------------------------------------------
/// Sends `message` to the processes called `name`; never fails, never waits.
void abcast(process& self, const std::vector<atom>& at, atom name, const term& message);

/// Where such a message went.
struct delivery {
  std::vector<atom> good; ///< It is in a mailbox there.
  std::vector<atom> bad;  ///< Nobody has the name, or the node did not answer.
};

/// The same, and tells when it has arrived.
[[nodiscard]] task<delivery> sbcast(process& self, std::vector<atom> at, atom name, term message,
                                    timeout limit = default_timeout);

// -- calls one after the other (rule RPC-07) ------------------------------------------------------
/// Runs `what` inside the process called `rex` of `at`, which serves one such call at a time.
[[nodiscard]] task<term> block_call_what(process& self, atom at, spawn_what what, timeout limit);

template <class T>
[[nodiscard]] task<reply<T>> block_call(process& self, atom at, remote_call<T> x,
                                        timeout limit = default_timeout) {
  auto calling = block_call_what(self, at, std::move(x.what), limit);
  auto done = co_await std::move(calling);
  co_return read<T>(self, std::move(done));
}

} // namespace troupe::actors::rpc
