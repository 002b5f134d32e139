// A console: reads expressions from its group leader, evaluates them, prints what they yield.
//
// Erlang counterpart: IEx.Server and IEx.Evaluator. As there, expressions run in a process of their
// own, which is `self()`; when it dies the console says why and goes on with a new one. Threads:
// `start_shell` from any thread.

#pragma once

#include "troupe/node.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::actors {

struct shell_options {
  /// Shows prompts, a banner, and the end of its process. Otherwise results are all that is
  /// printed.
  bool interactive = false;
  /// Shown first, and again when a new process takes over.
  std::string banner;
  /// Name in prompts: `troupe(a@b)1>`.
  std::string prompt = "troupe";
  /// What is evaluated before, or instead of, what is read.
  std::vector<std::string> expressions;
  struct script {
    std::string name; ///< For messages.
    std::string text;
  };
  /// Evaluated whole, after the expressions; results are not printed, as with `elixir FILE`.
  std::vector<script> scripts;
  /// Go on with what the group leader reads.
  bool read = true;
  /// Gets errors; without it they are printed like results.
  std::function<void(const std::string&)> on_error;
  /// Called at the end of input with the number of expressions that failed.
  std::function<void(size_t)> on_end;
};

/// Starts the console with the node's default group leader. The evaluator must be installed
/// (eval/process_host.hpp).
pid start_shell(node& at, shell_options options);

} // namespace troupe::actors
