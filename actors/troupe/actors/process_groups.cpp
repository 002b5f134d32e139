#include "troupe/actors/process_groups.hpp"

#include "troupe/actors/internal/group_scope.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::pg {

using namespace internal;

namespace {

const atom tag_call{"$gen_call"};
const atom tag_down{"DOWN"};
const atom word_ok{"ok"};
const atom word_join{"join"};
const atom word_leave{"leave"};
const atom word_monitor{"monitor"};
const atom word_demonitor{"demonitor"};

/// The process has its name before it looks for others, so that of two that start at once at least
/// one finds the other.
template <class F>
started start_as(node& at, atom scope, F spawn) {
  if (scope == atom{} || scope == atom{"undefined"})
    return {};
  auto& names = at.core().names();
  if (auto taken = names.whereis(scope))
    return {*taken, false};
  pid id = spawn();
  auto fresh = names.add(scope, id);
  at.send(id, term::tuple({group_scope_begin, fresh}));
  return {fresh ? id : names.whereis(scope).value_or(pid{}), fresh};
}

// -- calls --------------------------------------------------------------------------------------

term request_of(std::string_view what, term group, const std::vector<pid>& who) {
  auto given = who.size() == 1 ? term{who.front()} : list_of(who);
  return term::tuple({atom{what}, std::move(group), std::move(given)});
}

void ensure_local(const process& self, const std::vector<pid>& who) {
  for (auto& x : who)
    if (!self.core().is_local(x))
      throw exit_request{term::tuple({term::tuple({atom{"nolocal"}, x}), term::empty_list()})};
}

/// Asks a scope that may not run.
task<term> ask(process& self, atom scope, term request) {
  std::optional<term> result;
  if (self.core().names().whereis(scope)) {
    auto calling = call(self, scope, std::move(request));
    try {
      result = co_await std::move(calling);
    } catch (const exit_request&) { // it ended just now
      result.reset();
    }
  }
  co_return result.value_or(term::empty_list());
}

task<std::vector<pid>> ask_members(process& self, atom scope, std::string_view what, term group) {
  auto asking = ask(self, scope, term::tuple({atom{what}, std::move(group)}));
  auto answer = co_await std::move(asking);
  co_return pids_of(answer).value_or(std::vector<pid>{});
}

task<std::vector<term>> ask_groups(process& self, atom scope, atom what) {
  auto asking = ask(self, scope, what);
  auto answer = co_await std::move(asking);
  co_return answer.to_vector().value_or(std::vector<term>{});
}

} // namespace

started start(node& at, atom scope) {
  return start_as(at, scope, [&] { return at.spawn(run_group_scope, scope); });
}

started start(process& self, atom scope) {
  return start_as(self.home(), scope, [&] { return self.spawn(run_group_scope, scope); });
}

started start_link(process& self, atom scope) {
  return start_as(self.home(), scope, [&] { return self.spawn_link(run_group_scope, scope); });
}

task<term> call(process& self, atom scope, term request) {
  auto fail = [&](const term& reason) {
    auto arguments = term::list({scope, request, atom{"infinity"}});
    auto made = term::tuple({atom{"gen_server"}, atom{"call"}, arguments});
    return exit_request{term::tuple({reason, made})};
  };
  auto to = self.core().names().whereis(scope);
  if (!to)
    throw fail(exit_reason::noproc);
  auto ref = self.monitor(*to);
  self.send(*to, term::tuple({tag_call, term::tuple({self.self(), ref}), request}));
  std::function<bool(const term&)> ours = [key = term{ref}](const term& x) {
    return (x.is_tuple(2) && x.as_tuple()[0] == key)
           || (x.is_tagged(tag_down, 5) && x.as_tuple()[1] == key);
  };
  auto waiting = self.receive_match(std::move(ours), call_timeout);
  auto got = co_await std::move(waiting);
  self.demonitor(ref, true);
  if (!got)
    throw fail(atom{"timeout"});
  if (got->is_tuple(5))
    throw fail(got->as_tuple()[4]);
  co_return got->as_tuple()[1];
}

task<> join(process& self, term group, std::vector<pid> who, atom scope) {
  ensure_local(self, who);
  auto calling = call(self, scope, request_of("join_local", std::move(group), who));
  co_await std::move(calling);
}

task<> join(process& self, term group, pid who, atom scope) {
  return join(self, std::move(group), std::vector{who}, scope);
}

task<bool> leave(process& self, term group, std::vector<pid> who, atom scope) {
  ensure_local(self, who);
  auto calling = call(self, scope, request_of("leave_local", std::move(group), who));
  auto answer = co_await std::move(calling);
  co_return answer.is_atom(word_ok);
}

task<bool> leave(process& self, term group, pid who, atom scope) {
  return leave(self, std::move(group), std::vector{who}, scope);
}

task<std::vector<pid>> get_members(process& self, term group, atom scope) {
  return ask_members(self, scope, "get_members", std::move(group));
}

task<std::vector<pid>> get_local_members(process& self, term group, atom scope) {
  return ask_members(self, scope, "get_local_members", std::move(group));
}

task<std::vector<term>> which_groups(process& self, atom scope) {
  return ask_groups(self, scope, atom{"which_groups"});
}

task<std::vector<term>> which_local_groups(process& self, atom scope) {
  return ask_groups(self, scope, atom{"which_local_groups"});
}

namespace {

/// A reply of two parts; the caller ends when something else than a scope has the name.
term pair_of(term x) {
  if (!x.is_tuple(2) || !x.as_tuple()[0].is(term::kind::reference))
    throw exit_request{term::tuple({atom{"badarg"}, term::empty_list()})};
  return x;
}

} // namespace

task<monitored> monitor(process& self, term group, atom scope) {
  auto calling = call(self, scope, term::tuple({word_monitor, std::move(group)}));
  auto answer = co_await std::move(calling);
  answer = pair_of(std::move(answer));
  monitored result;
  result.ref = answer.as_tuple()[0].as_reference();
  result.members = pids_of(answer.as_tuple()[1]).value_or(std::vector<pid>{});
  co_return result;
}

task<monitored_scope> monitor_scope(process& self, atom scope) {
  auto calling = call(self, scope, word_monitor);
  auto answer = co_await std::move(calling);
  answer = pair_of(std::move(answer));
  monitored_scope result;
  result.ref = answer.as_tuple()[0].as_reference();
  if (auto& groups = answer.as_tuple()[1]; groups.is(term::kind::map))
    for (auto& [group, who] : groups.as_map())
      result.groups.emplace_back(group, pids_of(who).value_or(std::vector<pid>{}));
  co_return result;
}

task<bool> demonitor(process& self, reference ref, atom scope) {
  auto calling = call(self, scope, term::tuple({word_demonitor, ref}));
  auto answer = co_await std::move(calling);
  if (!answer.is_atom(word_ok))
    co_return false;
  auto flushing = flush(self, ref);
  co_await std::move(flushing);
  co_return true;
}

task<> flush(process& self, reference ref) {
  for (;;) {
    std::function<bool(const term&)> ours = [key = term{ref}](const term& x) {
      return x.is_tuple(4) && x.as_tuple()[0] == key
             && (x.as_tuple()[1].is_atom(word_join) || x.as_tuple()[1].is_atom(word_leave));
    };
    auto waiting = self.receive_match(std::move(ours), clock::duration::zero());
    auto old = co_await std::move(waiting);
    if (!old)
      co_return;
  }
}

bool from_term(const term& t, change& x, actor_bridge& bridge) {
  if (!t.is_tuple(4))
    return false;
  auto fields = t.as_tuple();
  x.type = fields[1].is_atom(word_join) ? change::kind::join : change::kind::leave;
  x.group = fields[2];
  return (fields[1].is_atom(word_join) || fields[1].is_atom(word_leave))
         && troupe::from_term(fields[0], x.ref, bridge)
         && troupe::from_term(fields[3], x.who, bridge);
}

term to_term(const change& x, actor_bridge&) {
  auto what = x.type == change::kind::join ? word_join : word_leave;
  return term::tuple({x.ref, what, x.group, list_of(x.who)});
}

} // namespace troupe::actors::pg
