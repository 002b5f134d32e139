// Evaluates quoted Elixir expressions.
//
// Erlang counterpart: erl_eval behind iex. Every evaluation is a coroutine, so that `receive` and
// calls to other nodes wait without holding a thread, and nesting costs no stack.
// Threads: an `environment` is confined to its process; a `module_table` is constant once filled.

#pragma once

#include "troupe/task.hpp"
#include "troupe/term.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors::eval {

/// `raise`, `exit` and `throw`, and failures of functions, as a C++ exception.
struct failure {
  enum class kind : uint8_t { error, exit, thrown };
  kind type = kind::error;
  /// An Elixir exception struct (map with `__struct__` and `__exception__`) or an Erlang reason
  /// such as `:badarg` or `{:badmatch, v}`; any term for exit and throw.
  term reason;
  /// Lines of the stack trace, innermost first, each `{module, function, arity_or_args, location}`.
  term stack = term::empty_list();
};

/// What evaluation needs of the process that runs it.
class host {
public:
  virtual ~host() = default;
  [[nodiscard]] virtual pid self() const = 0;
  /// Takes the first message of the mailbox for which `match` answers true, in arrival order; waits
  /// for one, but no longer than `timeout`. `match` may remember what it bound.
  virtual task<std::optional<term>> receive(std::function<bool(const term&)> match,
                                            std::optional<std::chrono::milliseconds> timeout)
    = 0;
  /// Returns a number that is unique in this node, for `fun::index`.
  virtual uint64_t next_number() = 0;
  /// Lets others run. Called every `reductions_max` function calls, so that code which never
  /// waits neither keeps a thread nor outlives the signals that end it.
  virtual task<> yield() { co_return; }

  static constexpr uint32_t reductions_max = 2000;
  /// Function calls since the last `yield`; counted by the interpreter.
  uint32_t reductions = 0;
};

/// Variables and what surrounds an evaluation. Copied where a scope opens.
struct environment {
  host* process = nullptr;
  std::map<atom, term> variables;
  std::string file = "iex";
  int line = 1;
  uint32_t depth = 0; ///< Function calls that this evaluation is in.

  /// Calls within calls; above it `SystemLimitError`. Calls in tail position do not count.
  static constexpr uint32_t depth_max = 100'000;
};

class interpreter;

/// A function that Elixir code can call. Gets its arguments evaluated; throws `failure`.
using builtin = std::function<task<term>(interpreter&, environment&, std::vector<term>)>;
/// The same for functions that never wait; guards may call those marked as guards.
using pure_builtin = std::function<term(const std::vector<term>&)>;

/// All modules that code can call, by module atom (`Elixir.Node`, `erlang`), function and arity.
class module_table {
public:
  void add(std::string_view module, std::string_view function, size_t arity, builtin f);
  void add_pure(std::string_view module, std::string_view function, size_t arity, pure_builtin f,
                bool allowed_in_guards = false);
  struct entry {
    builtin waiting;   ///< Set, or
    pure_builtin pure; ///< this one.
    bool guard = false;
  };
  [[nodiscard]] const entry* find(atom module, atom function, size_t arity) const;
  [[nodiscard]] bool has_module(atom module) const;
  /// Arities in which the function exists, ascending; for messages.
  [[nodiscard]] std::vector<size_t> arities(atom module, atom function) const;
  /// Functions of the module with that name or a similar one, as `map/2`; for messages.
  [[nodiscard]] std::vector<std::string> similar(atom module, atom function) const;

private:
  std::map<std::pair<atom, atom>, std::map<size_t, entry>> functions_;
};

class interpreter {
public:
  explicit interpreter(const module_table& modules) : modules_(&modules) {}

  /// Evaluates one quoted expression; binds variables in `env`. Throws `failure`.
  task<term> evaluate(term quoted, environment& env);
  /// Calls a fun (closure or external) with arguments. `env` gives the process.
  task<term> apply(term function, std::vector<term> arguments, environment& env);
  /// Calls `module.function(arguments...)`; an unknown one throws UndefinedFunctionError's reason.
  task<term> apply(atom module, atom function, std::vector<term> arguments, environment& env);

  [[nodiscard]] const module_table& modules() const { return *modules_; }

private:
  const module_table* modules_;
};

/// Fills in what needs no node: Kernel, the pure parts of :erlang, String, Enum, List, Map,
/// Integer, ...
void add_pure_modules(module_table& modules);

/// How much a text about a failure says: iex adds to the message what the stack tells about the
/// arguments (`: 1 / 0`); reports of processes that died do not.
enum class detail : uint8_t { report, shell };

/// Returns `(RuntimeError) boom`, as iex prints behind `** ` for an uncaught failure: the
/// exception's name and message (Erlang reasons normalised as Elixir's Exception.normalize does),
/// `(exit) ...` or
/// `(throw) ...`. Stack lines are not part of it.
[[nodiscard]] std::string format_failure(const failure& f, const pid& viewer,
                                         detail how = detail::shell);
/// Returns the stack trace lines as iex indents them, each ended by a newline; may be empty.
[[nodiscard]] std::string format_stack(const failure& f, const pid& viewer,
                                       detail how = detail::shell);

/// Returns the text after "exited with reason: " for a process that ended with `reason`, as
/// Elixir's Exception.format_exit does: `:bye`, `no connection`, `an exception was raised:\n    **
/// (..) ..`.
[[nodiscard]] std::string format_exit(const term& reason, const pid& viewer);

} // namespace troupe::actors::eval
