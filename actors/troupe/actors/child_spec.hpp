// What a supervisor knows of a child: how to start it, when to start it again, how to end it.
//
// Erlang counterpart: child specifications and supervisor flags. Difference: the start function is
// a C++ one; functions that make such are in supervisor.hpp.
// Threads: values.

#pragma once

#include "troupe/actors/start_link.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace troupe::actors::supervisor {

/// Starts a child in the supervisor's process, which must be linked to it then. `extra` is what
/// `start_child` passed, in a `simple_one_for_one` supervisor; elsewhere empty.
using start_function = std::function<task<start_result>(process& self, std::vector<term> extra)>;

/// Which ends of a child are followed by a restart.
enum class restart : uint8_t {
  permanent, ///< All.
  transient, ///< All but `normal`, `shutdown` and `{:shutdown, _}`.
  temporary, ///< None, and it is forgotten; also when another child's end ends it.
};

enum class child_type : uint8_t { worker, supervisor };

/// How a child is ended.
class shutdown {
public:
  /// Exit `shutdown`, and `kill` when that takes longer than `time`.
  shutdown(clock::duration time) : time_(time) {}
  [[nodiscard]] static shutdown brutal_kill() { return shutdown{clock::duration{-1}}; }

  [[nodiscard]] bool is_brutal() const noexcept { return time_ < clock::duration::zero(); }
  /// May be `infinity`.
  [[nodiscard]] clock::duration time() const noexcept { return time_; }
  [[nodiscard]] term to_term() const;

private:
  clock::duration time_; // Negative: brutal.
};

struct child_spec {
  term id;
  start_function start;
  supervisor::restart restart = supervisor::restart::permanent;
  /// Nothing: five seconds for a worker, as long as it takes for a supervisor.
  std::optional<supervisor::shutdown> shutdown{};
  child_type type = child_type::worker;

  [[nodiscard]] supervisor::shutdown shutdown_or_default() const;
};

/// What one child's end means to the others.
enum class strategy : uint8_t {
  one_for_one,  ///< Nothing.
  one_for_all,  ///< All are ended and started again.
  rest_for_one, ///< Those that were started after it are.
  /// Nothing. Children are alike and have no ids: the one specification is a pattern, and
  /// `start_child` adds arguments. Or there is none and each `start_child` brings its own, as with
  /// Elixir's DynamicSupervisor.
  simple_one_for_one,
};

struct flags {
  supervisor::strategy strategy = supervisor::strategy::one_for_one;
  /// More restarts than this within `period` end the supervisor.
  size_t intensity = 1;
  clock::duration period = std::chrono::seconds{5};
  /// `start_child` above it is `{:error, :max_children}`.
  size_t children_max = 1'000'000;
};

[[nodiscard]] term to_term(restart x);
[[nodiscard]] term to_term(child_type x);

} // namespace troupe::actors::supervisor
