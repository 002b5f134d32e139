#include "troupe/actors/eval/process_host.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/rpc_modules.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::eval {

task<std::optional<term>> process_host::receive(std::function<bool(const term&)> match,
                                                std::optional<std::chrono::milliseconds> timeout) {
  return self_->receive_match(std::move(match), timeout);
}

uint64_t process_host::next_number() {
  return self_->core().make_reference().id;
}

const module_table& all_modules() {
  static const auto* table = [] {
    auto* t = new module_table;
    add_pure_modules(*t);
    add_node_modules(*t);
    add_net_kernel_module(*t);
    add_net_adm_module(*t);
    add_process_info_modules(*t);
    add_process_modules(*t);
    add_io_modules(*t);
    add_pg_module(*t);
    add_global_module(*t);
    add_rpc_modules(*t);
    add_system_modules(*t);
    add_time_modules(*t);
    add_timer_modules(*t);
    return t;
  }();
  return *table;
}

term plain_stack(const failure& f) {
  auto lines = f.stack.to_vector().value_or(std::vector<term>{});
  if (lines.empty() || !f.reason.is_atom(exit_reason::undef) || !lines.front().is_tuple(4))
    return f.stack;
  auto parts = lines.front().as_tuple();
  lines.front() = term::tuple({parts[0], parts[1], parts[2], term::empty_list()});
  return term::list(lines);
}

term exit_reason_of(const failure& f) {
  switch (f.type) {
    case failure::kind::exit: return f.reason;
    case failure::kind::error: return term::tuple({f.reason, plain_stack(f)});
    case failure::kind::thrown: break;
  }
  return term::tuple({term::tuple({atom{"nocatch"}, f.reason}), f.stack});
}

std::string explain_exit(const term& reason, const pid& viewer) {
  bool failed = reason.is_tuple(2) && reason.as_tuple()[0].is_atom(exit_reason::undef);
  auto lines = failed ? reason.as_tuple()[1].to_vector() : std::nullopt;
  if (!lines || lines->empty() || !lines->front().is_tuple(4))
    return format_exit(reason, viewer);
  auto parts = lines->front().as_tuple();
  auto arguments = parts[2].to_vector();
  if (!arguments || !parts[0].is(term::kind::atom) || !parts[1].is(term::kind::atom))
    return format_exit(reason, viewer);
  auto named
    = undefined_function(all_modules(), parts[0].as_atom(), parts[1].as_atom(), *arguments);
  lines->front() = named.stack.head();
  return format_exit(term::tuple({named.reason, term::list(*lines)}), viewer);
}

namespace {

std::string crash_text(process& self, const failure& f) {
  auto viewer = self.group_leader();
  auto text = format_failure(f, viewer, detail::report);
  auto stack = format_stack(f, viewer, detail::report);
  if (!stack.empty())
    text += "\n" + stack.substr(0, stack.size() - 1);
  return text;
}

/// What a process runs that was started from a fun or from module, function and arguments.
task<> run_applied(process& self, spawn_what what) {
  process_host host{self};
  interpreter run{all_modules()};
  environment env;
  env.process = &host;
  auto arguments = what.arguments.to_vector().value_or(std::vector<term>{});
  std::optional<failure> failed;
  try {
    auto call = what.type == spawn_what::form::closure
                  ? run.apply(what.callable, std::move(arguments), env)
                  : run.apply(what.module, what.name, std::move(arguments), env);
    co_await std::move(call);
  } catch (failure& f) {
    failed = std::move(f);
  }
  if (!failed)
    co_return;
  if (failed->type != failure::kind::exit)
    self.core().report_crash(self.group_leader(), self.self(), crash_text(self, *failed));
  self.exit(exit_reason_of(*failed));
}

} // namespace

void install(node& at) {
  at.core().apply_with(run_applied);
}

} // namespace troupe::actors::eval
