// How calls to other nodes end: what their processes say, and what callers are told of it.
//
// Erlang counterpart: the result functions of erpc.erl and rpc.erl.
// Threads: values; nothing here waits, sends or looks at a clock.

#pragma once

#include "troupe/actors/erpc.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

using erpc::outcome;

/// An error of the call itself: `{:erpc, why}`.
[[nodiscard]] outcome call_error(std::string_view why);
[[nodiscard]] outcome call_error_of(term why);

/// Returns the reason with which the process of a call ends: `{tag, :return, value}` and so on.
[[nodiscard]] term answer_of(const reference& tag, const outcome& x);
/// Returns how the call `tag` ended whose process ended with `reason`.
[[nodiscard]] outcome outcome_of(const reference& tag, const term& reason);
/// The same from the message about that: the end of the process, or that it could not be started.
/// Nothing when it is about something else.
[[nodiscard]] std::optional<outcome> outcome_of_message(const reference& id, const term& message);

/// Returns the reason of a process that lets the failure pass.
[[nodiscard]] term exit_reason_of(const outcome& x);
/// Returns an entry of erpc's multicall: `{:ok, value}` and so on (rule RPC-13).
[[nodiscard]] term entry_of(const outcome& x);

/// Returns what rpc tells: the value, what was thrown, or `{:badrpc, why}` (rules RPC-02, RPC-03).
[[nodiscard]] term rpc_value_of(const outcome& x);
/// Whether the node takes the call for not made: it goes to rpc's bad nodes (rule RPC-06).
[[nodiscard]] bool is_bad_node(const outcome& x);
/// Returns rpc's `{results, bad_nodes}` from the outcomes of `nodes`, in their order.
[[nodiscard]] std::pair<std::vector<term>, std::vector<atom>>
split(const std::vector<atom>& nodes, const std::vector<outcome>& outcomes);

/// The answers to several requests, in the order of the requests, in whatever order they come.
class gathering {
public:
  explicit gathering(std::vector<reference> ids);

  /// Whether `message` is an answer that is still missing.
  [[nodiscard]] bool wants(const term& message) const;
  void take(const term& message);
  [[nodiscard]] bool is_complete() const noexcept { return missing_ == 0; }
  /// Whether the answer to request number `i` has come.
  [[nodiscard]] bool has(size_t i) const noexcept { return answers_[i].has_value(); }
  /// Returns all outcomes; those that are missing as timeouts.
  [[nodiscard]] std::vector<outcome> outcomes() const;

private:
  [[nodiscard]] std::optional<size_t> find(const term& message) const;

  std::vector<std::pair<reference, size_t>> ids_; // Sorted.
  std::vector<std::optional<outcome>> answers_;
  size_t missing_;
};

} // namespace troupe::actors::internal
