#include "troupe/actors/internal/supervisor_process.hpp"

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"

#include <algorithm>

namespace troupe::actors::internal {

using supervisor::child_spec;

namespace {

const atom exit_tag{"EXIT"};
const atom try_again{"try_again_restart"};
const atom undefined{"undefined"};

} // namespace

supervisor_body::supervisor_body(supervisor::flags how, std::vector<child_spec> children)
  : how_(how), first_(std::move(children)), table_(how.strategy),
    window_(how.intensity, how.period) {}

// -- callbacks ------------------------------------------------------------------------------------

task<step> supervisor_body::init(process& self) {
  self.trap_exit(true);
  if (auto wrong = check())
    co_return step::stop(*wrong);
  if (table_.is_dynamic())
    co_return step::ok();
  std::vector<child_key> keys;
  for (auto& spec : first_) {
    child x;
    x.spec = spec;
    keys.push_back(table_.add(std::move(x)));
  }
  first_.clear();
  auto starting = start_all(self, std::move(keys));
  auto failed = co_await std::move(starting);
  if (!failed)
    co_return step::ok();
  auto ending = end_in_order(self, table_.stop_order());
  co_await std::move(ending);
  auto what = term::tuple(
    {atom{"failed_to_start_child"}, table_.find(failed->key)->spec.id, failed->reason});
  co_return step::stop(term::tuple({exit_reason::shutdown, what}));
}

task<step> supervisor_body::handle_cast(process& self, term request) {
  if (request.is_tagged(try_again, 2)) {
    auto key = static_cast<child_key>(request.as_tuple()[1].as_integer());
    auto* x = table_.find(key);
    if (x && x->now == child::state::restarting) {
      auto restarting_it = restart(self, key);
      auto result = co_await std::move(restarting_it);
      co_return result;
    }
  }
  co_return step::noreply();
}

task<step> supervisor_body::handle_info(process& self, term message) {
  if (!message.is_tagged(exit_tag, 3)) {
    inspect_options how;
    how.viewer = self.self();
    self.core().log("error",
                    "Supervisor received unexpected message: " + inspect_term(message, how));
    co_return step::noreply();
  }
  auto key = table_.find_pid(message.as_tuple()[1].as_pid());
  auto* x = key ? table_.find(*key) : nullptr;
  if (!x || x->now != child::state::running)
    co_return step::noreply();
  auto& reason = message.as_tuple()[2];
  auto verdict = child_table::judge(*x, reason);
  if (verdict.report)
    report(self, "terminated", *x, reason);
  if (!verdict.restart) {
    table_.stopped(*key);
    co_return step::noreply();
  }
  table_.restarting(*key);
  auto restarting_it = restart(self, *key);
  auto result = co_await std::move(restarting_it);
  co_return result;
}

task<step> supervisor_body::handle_continue(process&, term) {
  co_return step::noreply();
}

task<step> supervisor_body::terminate(process& self, term) {
  auto ending = end_in_order(self, table_.stop_order());
  co_await std::move(ending);
  co_return step::noreply();
}

// -- starting and ending --------------------------------------------------------------------------

task<start_result> supervisor_body::start(process& self, child_key key) {
  // Its own copies: the function must outlive the coroutine that it made.
  auto function = table_.find(key)->spec.start;
  auto extra = table_.find(key)->extra;
  auto result = start_result::ignore();
  std::exception_ptr thrown;
  try {
    auto starting = function(self, std::move(extra));
    result = co_await std::move(starting);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown)
    result = start_result::error(term::tuple({exit_tag, exit_reason::of(thrown)}));
  if (result)
    table_.running(key, result.id());
  co_return result;
}

task<std::optional<supervisor_body::failure>>
supervisor_body::start_all(process& self, std::vector<child_key> keys) {
  std::optional<failure> result;
  for (auto key : keys) {
    auto starting = start(self, key);
    auto started = co_await std::move(starting);
    if (started.is_ignored()) {
      table_.stopped(key);
    } else if (!started) {
      report(self, "failed to start", *table_.find(key), started.reason());
      result.emplace();
      result->key = key;
      result->reason = started.reason();
      break;
    }
  }
  co_return result;
}

task<> supervisor_body::end_all(process& self, std::vector<child_key> keys) {
  std::vector<ending> children;
  for (auto key : keys) {
    auto& x = *table_.find(key);
    auto permanent = x.spec.restart == supervisor::restart::permanent;
    children.push_back({key, x.id, x.spec.shutdown_or_default(), permanent});
  }
  auto ending = end_children(self, std::move(children));
  auto bad = co_await std::move(ending);
  for (auto& x : bad)
    report(self, "shut down abnormally", *table_.find(x.key), x.reason);
  for (auto key : keys)
    table_.stopped(key);
}

task<> supervisor_body::end_in_order(process& self, std::vector<child_key> keys) {
  if (table_.is_dynamic()) {
    auto ending = end_all(self, std::move(keys));
    co_await std::move(ending);
    co_return;
  }
  for (auto key : keys) {
    std::vector<child_key> one(1, key);
    auto ending = end_all(self, std::move(one));
    co_await std::move(ending);
  }
}

task<step> supervisor_body::restart(process& self, child_key key) {
  if (!window_.add(self.core().time().now())) {
    report(self, "caused shutdown", *table_.find(key), atom{"reached_max_restart_intensity"});
    table_.stopped(key);
    co_return step::stop(exit_reason::shutdown);
  }
  auto plan = table_.plan_restart(key);
  auto ending = end_in_order(self, plan.stop);
  co_await std::move(ending);
  auto starting = start_all(self, plan.start);
  auto failed = co_await std::move(starting);
  if (failed) {
    // By way of the mailbox, so that who wants this supervisor to end comes in between.
    table_.restarting(failed->key);
    server::cast(self, self.self(), term::tuple({try_again, static_cast<int64_t>(failed->key)}));
  }
  co_return step::noreply();
}

// -- checks and reports ---------------------------------------------------------------------------

std::optional<term> supervisor_body::check() const {
  if (how_.period <= clock::duration::zero()) {
    auto wrong = term::tuple({atom{"invalid_period"}, how_.period.count()});
    return term::tuple({atom{"supervisor_data"}, wrong});
  }
  if (table_.is_dynamic())
    return first_.size() > 1 ? std::optional{term{atom{"bad_start_spec"}}} : std::nullopt;
  for (auto i = first_.begin(); i != first_.end(); ++i)
    if (std::any_of(first_.begin(), i, [&](auto& x) { return x.id == i->id; })) {
      auto wrong = term::tuple({atom{"duplicate_child_name"}, i->id});
      return term::tuple({atom{"start_spec"}, wrong});
    }
  return std::nullopt;
}

void supervisor_body::report(process& self, const char* what, const child& x,
                             const term& reason) const {
  inspect_options how;
  how.viewer = self.self();
  auto name = self.core().names().name_of(self.self());
  auto shown = [&](const term& t) { return inspect_term(t, how); };
  auto who = name ? term{*name} : term{self.self()};
  auto id = x.id ? term{x.id} : term{undefined};
  self.core().log("error", "Child " + shown(x.spec.id) + " of Supervisor " + shown(who) + " " + what
                             + "\n** (exit) " + eval::format_exit(reason, self.self())
                             + "\nPid: " + shown(id)
                             + "\nRestart: " + shown(supervisor::to_term(x.spec.restart))
                             + "\nShutdown: " + shown(x.spec.shutdown_or_default().to_term())
                             + "\nType: " + shown(supervisor::to_term(x.spec.type)));
}

} // namespace troupe::actors::internal
