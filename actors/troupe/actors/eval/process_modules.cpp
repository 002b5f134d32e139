// Process, links and monitors, in Kernel, Process and :erlang.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/eval/spawn_modules.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::actors::eval {

namespace {

const atom ok{"ok"};

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    co_return f(process_of(env), args);
  };
}

pid pid_argument(std::string_view module, std::string_view function, const std::vector<term>& args,
                 size_t i) {
  if (auto* x = args[i].get_if<pid>())
    return *x;
  std::vector<std::string> texts(args.size());
  texts[i] = "not a pid";
  throw argument_error(module, function, args, texts);
}

// -- links, monitors, exits ---------------------------------------------------------------------

/// A dead process of this node raises, unless exits are trapped (rule L-03c).
term link(process& self, const std::vector<term>& args) {
  auto who = pid_argument("erlang", "link", args, 0);
  auto alive = self.core().is_local(who) && self.core().processes().find(who.id).handle;
  if (who.node == self.self().node && !self.trap_exit() && !alive)
    throw error(atom{"noproc"});
  self.link(who);
  return true;
}

term unlink(process& self, const std::vector<term>& args) {
  self.unlink(pid_argument("erlang", "unlink", args, 0));
  return true;
}

term demonitor(process& self, const std::vector<term>& args) {
  auto* ref = args[0].get_if<reference>();
  if (!ref)
    throw argument_error("erlang", "demonitor", args, {"not a reference"});
  if (ref->node != self.self().node)
    throw argument_error("erlang", "demonitor", args,
                         {"reference does not refer to a monitor started by this process"});
  auto given = args.size() > 1 ? args[1].to_vector() : std::vector<term>{};
  auto known = [](auto& x) { return x.is_atom(atom{"flush"}) || x.is_atom(atom{"info"}); };
  if (!given || !std::ranges::all_of(*given, known))
    throw argument_error("erlang", "demonitor", args,
                         {"", given ? "invalid option in list" : "not a list"});
  auto& options = *given;
  auto has = [&](std::string_view x) {
    return std::ranges::any_of(options, [&](auto& o) { return o.is_atom(atom{x}); });
  };
  auto found = self.demonitor(*ref, has("flush"));
  return has("info") ? found : true;
}

task<term> exit_other(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto who = pid_argument("erlang", "exit", args, 0);
  self.exit(who, args[1]);
  if (who == self.self()) { // its own signal counts before the call returns
    std::function<bool(const term&)> nothing = [](const term&) { return false; };
    auto waiting = self.receive_match(std::move(nothing), clock::duration::zero());
    co_await std::move(waiting);
  }
  co_return true;
}

// -- names --------------------------------------------------------------------------------------

/// `args` is (name, pid).
term register_name(process& self, const std::vector<term>& args) {
  auto* name = args[0].get_if<atom>();
  auto* who = args[1].get_if<pid>();
  if (!name)
    throw argument_error("erlang", "register", args, {"not an atom", ""});
  if (!who)
    throw argument_error("erlang", "register", args, {"", "not a pid or port"});
  if (who->node != self.self().node) // rule PID-05
    throw argument_error("erlang", "register", args, {"", "not a local pid"});
  if (*name == atom{"undefined"})
    throw argument_error("erlang", "register", args, {"'undefined' is not a valid name", ""});
  if (self.whereis(*name))
    throw argument_error("erlang", "register", args, {"name is in use", ""});
  if (self.core().names().name_of(*who))
    throw argument_error("erlang", "register", args,
                         {"", "this process or port already has a name"});
  if (!self.register_name(*name, *who))
    throw argument_error("erlang", "register", args,
                         {"", "the pid does not refer to an existing process"});
  return true;
}

/// Process.register(pid, name), with Elixir's own texts.
term register_process(process& self, const std::vector<term>& args) {
  auto* name = args[1].get_if<atom>();
  if (!name || *name == atom{} || *name == atom{"undefined"} || *name == atom{"true"}
      || *name == atom{"false"})
    throw no_clause();
  auto* who = args[0].get_if<pid>();
  auto shown = inspect_term(args[0], {.viewer = self.self()});
  if (who && who->node != self.self().node)
    throw exception("ArgumentError",
                    "could not register " + shown + " because it belongs to another node");
  if (!who || !self.register_name(*name, *who))
    throw exception("ArgumentError",
                    "could not register " + shown + " with name " + inspect_atom(*name)
                      + " because it is not alive, the name is already taken, or it has already "
                        "been given another name");
  return true;
}

term whereis(process& self, const std::vector<term>& args, term none) {
  if (!args[0].is(term::kind::atom))
    throw argument_error("erlang", "whereis", args, {"not an atom"});
  auto who = self.core().names().whereis(args[0].as_atom());
  return who ? term{*who} : none;
}

term unregister(process& self, const std::vector<term>& args) {
  if (!args[0].is(term::kind::atom) || !self.core().names().remove(args[0].as_atom()))
    throw argument_error("erlang", "unregister", args, {"invalid name"});
  return true;
}

term registered(process& self) {
  std::vector<term> names;
  for (auto x : self.core().names().names())
    names.emplace_back(x);
  return term::list(names);
}

term set_group_leader(process& self, const std::vector<term>& args) { // (leader, pid)
  auto leader = pid_argument("erlang", "group_leader", args, 0);
  auto who = pid_argument("erlang", "group_leader", args, 1);
  auto alive = self.core().is_local(who) && self.core().processes().find(who.id).handle;
  if (who.node == self.self().node && !alive)
    throw argument_error("erlang", "group_leader", args,
                         {"", "the pid does not refer to an existing process"});
  signal x;
  x.type = signal::kind::group_leader;
  x.from = leader;
  x.to = who;
  if (who == self.self())
    self.group_leader(leader);
  else
    self.core().route(std::move(x));
  return true;
}

// -- time ---------------------------------------------------------------------------------------

task<term> sleep(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  std::optional<clock::duration> time;
  if (args[0].is(term::kind::integer) && args[0].as_integer() >= 0)
    time = std::chrono::milliseconds{args[0].as_integer()};
  else if (!args[0].is_atom(atom{"infinity"}))
    throw error(atom{"timeout_value"});
  std::function<bool(const term&)> nothing = [](const term&) { return false; };
  auto waiting = self.receive_match(std::move(nothing), time);
  co_await std::move(waiting);
  co_return ok;
}

task<term> halt(interpreter&, environment& env, std::vector<term> args) {
  auto status = args.empty() || !args[0].is(term::kind::integer)
                  ? 0
                  : static_cast<int>(args[0].as_integer() & 0xff);
  auto& self = process_of(env);
  self.home().request_stop(status);
  std::function<bool(const term&)> nothing = [](const term&) { return false; };
  auto waiting = self.receive_match(std::move(nothing));
  co_await std::move(waiting); // until the node ends this process
  co_return ok;
}

} // namespace

void add_process_modules(module_table& m) {
  add_spawn_modules(m);
  add_alias_modules(m);
  add_send_modules(m);
  auto self_pid = quick([](process& self, auto&) { return term{self.self()}; });
  m.add("Elixir.Kernel", "self", 0, self_pid);
  m.add("erlang", "self", 0, self_pid);
  for (auto module : {"Elixir.Kernel", "erlang"})
    m.add(module, "make_ref", 0,
          quick([](process& self, auto&) { return term{self.core().make_reference()}; }));
  for (auto module : {"Elixir.Process", "erlang"}) {
    m.add(module, "link", 1, quick(link));
    m.add(module, "unlink", 1, quick(unlink));
    m.add(module, "demonitor", 1, quick(demonitor));
    m.add(module, "demonitor", 2, quick(demonitor));
    m.add(module, "exit", 2, exit_other);
    m.add(module, "unregister", 1, quick(unregister));
    m.add(module, "registered", 0, quick([](process& self, auto&) { return registered(self); }));
    m.add(module, "group_leader", 0,
          quick([](process& self, auto&) { return term{self.group_leader()}; }));
  }
  m.add("Elixir.Process", "register", 2, quick(register_process));
  m.add("erlang", "register", 2, quick(register_name));
  m.add("Elixir.Process", "whereis", 1,
        quick([](process& self, auto& args) { return whereis(self, args, term{}); }));
  m.add("erlang", "whereis", 1,
        quick([](process& self, auto& args) { return whereis(self, args, atom{"undefined"}); }));
  m.add("Elixir.Process", "group_leader", 2, quick([](process& self, auto& args) {
          return set_group_leader(self, {args[1], args[0]});
        }));
  m.add("erlang", "group_leader", 2, quick(set_group_leader));
  m.add("timer", "sleep", 1, sleep);
  m.add("Elixir.Process", "sleep", 1, sleep);
  for (size_t arity : {0, 1}) {
    m.add("Elixir.System", "halt", arity, halt);
    m.add("erlang", "halt", arity, halt);
    m.add("Elixir.System", "stop", arity, halt);
    m.add("init", "stop", arity, halt);
  }
}

} // namespace troupe::actors::eval
