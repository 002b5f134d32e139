// What other nodes may start here.
//
// Erlang counterpart: none; there whoever knows the cookie may spawn anything. Calls (rpc, erpc)
// spawn, too, and are asked for what they call.
// Threads: immutable; the table of wrappers fills itself before `main()`.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/dist/log_limiter.hpp"
#include "troupe/pid.hpp"
#include "troupe/result.hpp"
#include "troupe/signal.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::dist {

/// Native functions that run what an argument of theirs says, as the worker of a remote call does.
class spawn_wrappers {
public:
  using unwrap = std::function<std::optional<spawn_what>(const spawn_what&)>;

  [[nodiscard]] static spawn_wrappers& get();
  /// Registers; returns true, so that it can initialise a constant.
  bool add(std::string key, unwrap f);
  /// Returns what runs in the end; `erlang:apply` is looked through as well. Nothing: it is nested
  /// too deep, or cannot be read.
  [[nodiscard]] std::optional<spawn_what> innermost(spawn_what x) const;

private:
  std::map<std::string, unwrap, std::less<>> wrappers_;
};

class spawn_policy {
public:
  /// Who asks (the process, and so its node) and for what.
  using predicate = std::function<bool(const pid& who, const spawn_what& what)>;

  /// Everything is allowed.
  spawn_policy() = default;
  /// Reads `all`, `none`, or patterns with commas or spaces between them, in which `*` stands for
  /// any text: `Module.function` and `module:function`, either with `/arity`; a C++ function by its
  /// name (`game::join`) or its key; `closures` for funs. Returns `errc::invalid_config` with a
  /// sentence.
  [[nodiscard]] static result<spawn_policy> parse(std::string_view text);
  /// Returns this policy with `also`, which must agree, too.
  [[nodiscard]] spawn_policy with(predicate also) const;

  [[nodiscard]] bool allows(const pid& who, const spawn_what& what) const;

private:
  struct function_pattern {
    std::string module;
    std::string name;
    std::optional<size_t> arity;
  };
  [[nodiscard]] result<bool> add(std::string_view pattern);
  [[nodiscard]] bool allows_pattern(const spawn_what& what) const;

  bool all_ = true;
  bool closures_ = false;
  std::vector<function_pattern> functions_;
  std::vector<std::string> natives_;
  predicate also_;
};

/// The name of a native function for people, such as `game::join`.
[[nodiscard]] std::string native_name(const std::string& key);

/// What would run, for the log: `IO.puts/1`, `game::join`, `a fun`; at most 200 bytes of it.
[[nodiscard]] std::string name_of(const spawn_what& what);

/// Which refusals are told: the first of each node, and one a minute after it.
class refusal_log {
public:
  /// Nothing: say nothing. Else how many were kept back since the last one that was told.
  [[nodiscard]] std::optional<size_t> ask(atom node, clock::time_point now);

private:
  struct entry {
    clock::time_point told;
    size_t left_out = 0;
  };
  std::map<atom, entry> nodes_; // Bounded by limits::connections_max; above it all is forgotten.
};

} // namespace troupe::dist
