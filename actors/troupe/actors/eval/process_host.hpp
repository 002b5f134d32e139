// Evaluation inside a process of a node.
//
// Erlang counterpart: erl_eval run by a process.
// Threads: confined to the process.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/process.hpp"
#include "troupe/signal.hpp"

namespace troupe::actors::eval {

class process_host final : public host {
public:
  explicit process_host(process& self) : self_(&self) {}

  [[nodiscard]] pid self() const override { return self_->self(); }
  task<std::optional<term>> receive(std::function<bool(const term&)> match,
                                    std::optional<std::chrono::milliseconds> timeout) override;
  uint64_t next_number() override;
  task<> yield() override { return self_->yield(); }

  [[nodiscard]] process& owner() const noexcept { return *self_; }

private:
  process* self_;
};

/// The process that evaluates in `env`.
[[nodiscard]] inline process& process_of(const environment& env) {
  return static_cast<process_host*>(env.process)->owner();
}

/// All modules, those that need a node included. One table serves all nodes of a program.
[[nodiscard]] const module_table& all_modules();

/// Makes the node able to run functions and closures that other nodes, or its own processes, spawn.
void install(node& at);

/// The stack of `f` as other processes see it: of a function that is undefined it has no hints for
/// people (rule SP-06).
[[nodiscard]] term plain_stack(const failure& f);

/// The reason with which a process ends that did not handle `f` (rule SP-06d).
[[nodiscard]] term exit_reason_of(const failure& f);

/// `format_exit`, where a function that is undefined is one that no module here has. A reason does
/// not say which of both it was (rule SP-06).
[[nodiscard]] std::string explain_exit(const term& reason, const pid& viewer);

/// Adds what needs a node; used by `all_modules`.
void add_node_modules(module_table& modules);
void add_net_kernel_module(module_table& modules);
void add_net_adm_module(module_table& modules);
void add_process_info_modules(module_table& modules);
void add_process_modules(module_table& modules);
void add_io_modules(module_table& modules);
void add_pg_module(module_table& modules);
void add_global_module(module_table& modules);
void add_system_modules(module_table& modules);
void add_time_modules(module_table& modules);
void add_timer_modules(module_table& modules);

} // namespace troupe::actors::eval
