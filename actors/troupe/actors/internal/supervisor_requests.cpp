// What a supervisor is asked; supervisor_process.cpp has what it does by itself.

#include "troupe/actors/internal/supervisor_process.hpp"
#include "troupe/internal/node_core.hpp"

#include <algorithm>

namespace troupe::actors::internal {

using supervisor::child_spec;

namespace {

const atom already_started{"already_started"};
const atom count_children_request{"count_children"};
const atom delete_child_request{"delete_child"};
const atom error_tag{"error"};
const atom not_found{"not_found"};
const atom ok_tag{"ok"};
const atom restart_child_request{"restart_child"};
const atom restarting{"restarting"};
const atom running{"running"};
const atom simple_one_for_one{"simple_one_for_one"};
const atom start_child_request{"start_child"};
const atom terminate_child_request{"terminate_child"};
const atom undefined{"undefined"};
const atom which_children_request{"which_children"};

step error(term reason) {
  return step::reply(term::tuple({error_tag, std::move(reason)}));
}

term to_term(const child_spec& x) {
  return term::map({{atom{"id"}, x.id},
                    {atom{"restart"}, supervisor::to_term(x.restart)},
                    {atom{"shutdown"}, x.shutdown_or_default().to_term()},
                    {atom{"type"}, supervisor::to_term(x.type)}});
}

/// What `start_child` and `restart_child` answer: an ignored start is a child without a process.
term answer_of(const start_result& x) {
  return x.is_ignored() ? term::tuple({ok_tag, undefined}) : x.to_term();
}

bool is_alive(process& self, const term& id) {
  return id.is(term::kind::pid)
         && (!self.core().is_local(id.as_pid())
             || self.core().processes().find(id.as_pid().id).handle);
}

} // namespace

task<step> supervisor_body::handle_call(process& self, term request, caller) {
  if (request.is_atom(which_children_request))
    co_return step::reply(which_children());
  if (request.is_atom(count_children_request))
    co_return step::reply(count_children());
  if (!request.is_tuple(2))
    co_return step::stop(term::tuple({atom{"bad_call"}, request}));
  auto argument = request.as_tuple()[1];
  std::optional<task<step>> work;
  if (request.is_tagged(start_child_request, 2)) {
    auto extra = argument.to_vector();
    if (!table_.is_dynamic() || first_.empty() || !extra)
      co_return error(term::tuple({atom{"invalid_child_spec"}, argument}));
    child x;
    x.spec = first_[0];
    x.extra = std::move(*extra);
    work.emplace(add(self, std::move(x)));
  } else if (request.is_tagged(terminate_child_request, 2)) {
    work.emplace(terminate_child(self, argument));
  } else if (request.is_tagged(restart_child_request, 2)) {
    work.emplace(restart_child(self, argument));
  } else if (request.is_tagged(delete_child_request, 2)) {
    co_return delete_child(argument);
  } else {
    co_return step::stop(term::tuple({atom{"bad_call"}, request}));
  }
  auto running_work = std::move(*work);
  auto result = co_await std::move(running_work);
  co_return result;
}

task<step> supervisor_body::handle_local_call(process& self, std::any request, caller) {
  child x;
  x.spec = std::any_cast<child_spec>(std::move(request));
  return add(self, std::move(x));
}

// -- requests -------------------------------------------------------------------------------------

task<step> supervisor_body::add(process& self, child x) {
  if (table_.is_dynamic())
    x.spec.id = undefined;
  if (auto present = table_.find_id(x.spec.id)) {
    auto& other = *table_.find(*present);
    if (other.now == child::state::stopped)
      co_return error(atom{"already_present"});
    auto id = other.now == child::state::running ? term{other.id} : term{restarting};
    co_return error(term::tuple({already_started, id}));
  }
  if (table_.size() >= how_.children_max)
    co_return error(atom{"max_children"});
  auto key = table_.add(std::move(x));
  auto starting = start(self, key);
  auto result = co_await std::move(starting);
  if (result)
    co_return step::reply(result.to_term());
  if (result.is_ignored()) {
    table_.stopped(key);
    co_return step::reply(answer_of(result));
  }
  auto spec = to_term(table_.find(key)->spec);
  table_.erase(key);
  auto reason = result.reason();
  if (table_.is_dynamic() || reason.is_tagged(already_started, 2))
    co_return error(reason);
  co_return error(term::tuple({reason, spec}));
}

task<step> supervisor_body::terminate_child(process& self, term id) {
  std::optional<child_key> key;
  if (!table_.is_dynamic()) {
    key = table_.find_id(id);
  } else if (id.is(term::kind::pid)) {
    key = table_.find_pid(id.as_pid());
    if (!key && !is_alive(self, id))
      co_return step::reply(ok_tag);
  } else {
    co_return error(simple_one_for_one);
  }
  if (!key)
    co_return error(not_found);
  if (table_.find(*key)->now == child::state::running) {
    std::vector<child_key> one(1, *key);
    auto ending = end_all(self, std::move(one));
    co_await std::move(ending);
  } else {
    table_.stopped(*key);
  }
  co_return step::reply(ok_tag);
}

task<step> supervisor_body::restart_child(process& self, term id) {
  if (table_.is_dynamic())
    co_return error(simple_one_for_one);
  auto key = table_.find_id(id);
  if (!key)
    co_return error(not_found);
  auto now = table_.find(*key)->now;
  if (now != child::state::stopped)
    co_return error(now == child::state::running ? running : restarting);
  auto starting = start(self, *key);
  auto result = co_await std::move(starting);
  co_return step::reply(answer_of(result));
}

step supervisor_body::delete_child(const term& id) {
  if (table_.is_dynamic())
    return error(simple_one_for_one);
  auto key = table_.find_id(id);
  if (!key)
    return error(not_found);
  auto now = table_.find(*key)->now;
  if (now != child::state::stopped)
    return error(now == child::state::running ? running : restarting);
  table_.erase(*key);
  return step::reply(ok_tag);
}

term supervisor_body::which_children() const {
  std::vector<term> result;
  for (auto& [key, x] : table_.all()) {
    auto now = x.now == child::state::running      ? term{x.id}
               : x.now == child::state::restarting ? term{restarting}
                                                   : term{undefined};
    result.push_back(
      term::tuple({x.spec.id, now, supervisor::to_term(x.spec.type), atom{"dynamic"}}));
  }
  if (!table_.is_dynamic())
    std::ranges::reverse(result);
  return term::list(result);
}

term supervisor_body::count_children() const {
  auto counts = table_.count();
  if (table_.is_dynamic() && !first_.empty())
    counts.specs = 1; // the pattern
  return term::list({term::tuple({atom{"specs"}, counts.specs}),
                     term::tuple({atom{"active"}, counts.active}),
                     term::tuple({atom{"supervisors"}, counts.supervisors}),
                     term::tuple({atom{"workers"}, counts.workers})});
}

} // namespace troupe::actors::internal
