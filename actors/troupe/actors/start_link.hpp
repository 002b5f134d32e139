// Starting a process and waiting until it says that it is ready.
//
// Erlang counterpart: proc_lib:start_link and init_ack. Difference: a starter that gives up waits
// for the end of what it killed no longer than limits::stop_grace.
// Threads: values; the coroutines are confined to the process that calls them.

#pragma once

#include "troupe/process.hpp"
#include "troupe/term.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace troupe::actors {

/// Waits as long as it takes: Erlang's `infinity`.
inline constexpr clock::duration infinity = clock::duration::max();

/// What became of a start: `{:ok, pid}`, `{:ok, pid, info}`, `:ignore` or `{:error, reason}`.
class start_result {
public:
  [[nodiscard]] static start_result ok(const pid& id, std::optional<term> info = {});
  /// The process has ended, and nobody minds.
  [[nodiscard]] static start_result ignore();
  [[nodiscard]] static start_result error(term reason);

  /// Whether there is a process now.
  explicit operator bool() const noexcept { return static_cast<bool>(id_); }
  [[nodiscard]] bool is_ignored() const noexcept { return !id_ && !reason_; }
  /// Null when there is none.
  [[nodiscard]] const pid& id() const noexcept { return id_; }
  [[nodiscard]] const std::optional<term>& info() const noexcept { return info_; }
  /// Why there is none; `nil` when there is one, and when it was ignored.
  [[nodiscard]] term reason() const { return reason_.value_or(term{}); }

  [[nodiscard]] troupe::term to_term() const;
  /// Any other term is an error with that reason, as supervisors take it.
  [[nodiscard]] static start_result from_term(const term& x);

private:
  start_result() = default;

  pid id_;
  std::optional<term> info_;
  std::optional<term> reason_;
};

/// Tells the process that started `self` what became of it.
void init_ack(process& self, const pid& starter, const start_result& result);

/// Waits for what `child`, which this process has just spawned, says with `init_ack`. When it ends
/// before, that is an error with its reason; after `timeout` it is killed: `{:error, :timeout}`.
[[nodiscard]] task<start_result> await_init(process& self, pid child, clock::duration timeout);

/// Whether a process that ends with this has done what it should: `normal`, `shutdown` and
/// `{:shutdown, _}`.
[[nodiscard]] bool is_clean_exit(const term& reason);

} // namespace troupe::actors
