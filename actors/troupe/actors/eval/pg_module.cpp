// :pg, process groups.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/internal/group_scope.hpp"
#include "troupe/actors/process_groups.hpp"
#include "troupe/node.hpp"

#include <optional>

namespace troupe::actors::eval {

namespace {

using arguments = std::vector<term>;

/// Erlang's functions without a scope call those with one; so failures are of the latter.
failure no_clause_of(std::string_view function, const arguments& args) {
  auto f = no_clause();
  auto empty = term::empty_list();
  f.stack = term::list({term::tuple({atom{"pg"}, atom{function}, term::list(args), empty})});
  return f;
}

atom scope_of(std::string_view function, const arguments& args) {
  if (!args[0].is(term::kind::atom))
    throw no_clause_of(function, args);
  return args[0].as_atom();
}

/// Calls the scope; the caller's end becomes the failure `exit`.
task<term> call(process& self, atom scope, term request) {
  auto calling = pg::call(self, scope, std::move(request));
  std::optional<term> ended;
  term answer;
  try {
    answer = co_await std::move(calling);
  } catch (exit_request& x) {
    ended = std::move(x.reason);
  }
  if (ended) {
    failure f;
    f.type = failure::kind::exit;
    f.reason = std::move(*ended);
    throw f;
  }
  co_return answer;
}

// -- each takes the scope first -------------------------------------------------------------------

term started_term(const pg::started& x) {
  if (x.fresh)
    return term::tuple({atom{"ok"}, x.id});
  auto holder = x.id ? term{x.id} : term{atom{"undefined"}};
  return term::tuple({atom{"error"}, term::tuple({atom{"already_started"}, holder})});
}

task<term> start(process& self, arguments args) {
  co_return started_term(pg::start(self, scope_of("start", args)));
}

task<term> start_link(process& self, arguments args) {
  co_return started_term(pg::start_link(self, scope_of("start_link", args)));
}

/// join/3 and leave/3 (rules PG-01, PG-03, PG-09).
task<term> change(process& self, std::string_view function, arguments args) {
  auto& who = args[2];
  auto all = who.is(term::kind::pid) ? std::optional{arguments{who}} : who.to_vector();
  if (!all)
    throw no_clause_of(function, args);
  for (auto& x : *all)
    if (!x.is(term::kind::pid) || !self.core().is_local(x.as_pid()))
      throw error(atom{"nolocal"}, x);
  auto what = atom{std::string{function} + "_local"};
  return call(self, scope_of(function, args), term::tuple({what, args[1], who}));
}

task<term> join(process& self, arguments args) {
  return change(self, "join", std::move(args));
}

task<term> leave(process& self, arguments args) {
  return change(self, "leave", std::move(args));
}

task<term> monitor(process& self, arguments args) {
  return call(self, scope_of("monitor", args), term::tuple({atom{"monitor"}, args[1]}));
}

task<term> monitor_scope(process& self, arguments args) {
  return call(self, scope_of("monitor_scope", args), atom{"monitor"});
}

/// Also removes the changes that have come.
task<term> demonitor(process& self, arguments args) {
  auto scope = scope_of("demonitor", args);
  auto* ref = args[1].get_if<reference>();
  auto asking = call(self, scope, term::tuple({atom{"demonitor"}, args[1]}));
  auto answer = co_await std::move(asking);
  if (ref && answer.is_atom(atom{"ok"})) {
    auto flushing = pg::flush(self, *ref);
    co_await std::move(flushing);
  }
  co_return answer;
}

task<term> get_members(process& self, arguments args) {
  if (!args[0].is(term::kind::atom))
    co_return term::empty_list();
  auto asking = pg::get_members(self, args[1], args[0].as_atom());
  auto answer = co_await std::move(asking);
  co_return internal::list_of(answer);
}

task<term> get_local_members(process& self, arguments args) {
  if (!args[0].is(term::kind::atom))
    co_return term::empty_list();
  auto asking = pg::get_local_members(self, args[1], args[0].as_atom());
  auto answer = co_await std::move(asking);
  co_return internal::list_of(answer);
}

/// Erlang reads a table that is there as long as the scope runs.
void ensure_table(process& self, atom scope, std::string_view reader) {
  if (self.core().names().whereis(scope))
    return;
  std::vector<std::string> texts{"the table identifier does not refer to an existing ETS table",
                                 ""};
  throw argument_error("ets", reader, {scope, term{}}, texts);
}

task<term> which_groups(process& self, arguments args) {
  auto scope = scope_of("which_groups", args);
  ensure_table(self, scope, "match");
  auto asking = pg::which_groups(self, scope);
  auto answer = co_await std::move(asking);
  co_return term::list(answer);
}

task<term> which_local_groups(process& self, arguments args) {
  auto scope = scope_of("which_local_groups", args);
  ensure_table(self, scope, "select");
  auto asking = pg::which_local_groups(self, scope);
  auto answer = co_await std::move(asking);
  co_return term::list(answer);
}

using function = task<term> (*)(process& self, arguments args);

/// Adds `name` with the scope in front of its other arguments, and without.
void add(module_table& m, std::string_view name, size_t others, function f) {
  m.add("pg", name, others, [f](interpreter&, environment& env, std::vector<term> args) {
    args.insert(args.begin(), term{pg::default_scope});
    return f(process_of(env), std::move(args));
  });
  m.add("pg", name, others + 1, [f](interpreter&, environment& env, std::vector<term> args) {
    return f(process_of(env), std::move(args));
  });
}

} // namespace

void add_pg_module(module_table& m) {
  m.add("pg", "start", 1, [](interpreter&, environment& env, std::vector<term> args) {
    return start(process_of(env), std::move(args));
  });
  add(m, "start_link", 0, start_link);
  add(m, "join", 2, join);
  add(m, "leave", 2, leave);
  add(m, "monitor", 1, monitor);
  add(m, "monitor_scope", 0, monitor_scope);
  add(m, "demonitor", 1, demonitor);
  add(m, "get_members", 1, get_members);
  add(m, "get_local_members", 1, get_local_members);
  add(m, "which_groups", 0, which_groups);
  add(m, "which_local_groups", 0, which_local_groups);
}

} // namespace troupe::actors::eval
