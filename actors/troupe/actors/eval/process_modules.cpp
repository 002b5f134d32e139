// Process, spawning, sending, links and monitors, in Kernel, Node, Process and :erlang.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
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

// -- sending ------------------------------------------------------------------------------------

/// Sends to a pid, a local name or `{name, node}`.
void send_to(process& self, const std::vector<term>& args) {
  auto& to = args[0];
  if (auto* who = to.get_if<pid>())
    return self.send(*who, args[1]);
  if (to.is_tuple(2) && to.as_tuple()[0].is(term::kind::atom)
      && to.as_tuple()[1].is(term::kind::atom))
    return self.send(to.as_tuple()[0].as_atom(), to.as_tuple()[1].as_atom(), args[1]);
  if (to.is(term::kind::atom))
    if (auto who = self.core().names().whereis(to.as_atom()))
      return self.send(*who, args[1]);
  throw argument_error("erlang", "send", args, {"invalid destination", ""});
}

term send(process& self, const std::vector<term>& args) {
  send_to(self, args);
  return args[1];
}

/// send/3: `noconnect` sends only over a connection that is there (rule MSG-07).
term send_with_options(process& self, const std::vector<term>& args) {
  auto options = args[2].to_vector();
  auto known
    = [](const term& x) { return x.is_atom(atom{"noconnect"}) || x.is_atom(atom{"nosuspend"}); };
  if (!options || !std::ranges::all_of(*options, known))
    throw argument_error("erlang", "send", args, {"", "", "invalid option in list"});
  auto& to = args[0];
  auto at = to.is(term::kind::pid)                                    ? to.as_pid().node
            : to.is_tuple(2) && to.as_tuple()[1].is(term::kind::atom) ? to.as_tuple()[1].as_atom()
                                                                      : self.self().node;
  auto no_connect
    = std::ranges::any_of(*options, [](auto& x) { return x.is_atom(atom{"noconnect"}); });
  if (no_connect && at != self.self().node) {
    auto connected = self.home().nodes(dist::node_class::connected);
    if (std::ranges::find(connected, at) == connected.end())
      return atom{"noconnect"};
  }
  send_to(self, {args[0], args[1]});
  return ok;
}

// -- spawning -----------------------------------------------------------------------------------

/// Reads `fun` or `module, function, arguments` behind the first `skip` arguments.
spawn_what what_of(std::string_view function, const std::vector<term>& args, size_t skip) {
  spawn_what what;
  what.arguments = term::empty_list();
  if (args.size() == skip + 1) {
    what.type = spawn_what::form::closure;
    what.callable = args[skip];
    if (!args[skip].is(term::kind::fun) || args[skip].as_fun().arity != 0) {
      std::vector<std::string> texts(args.size());
      texts[skip] = "not a fun of arity 0";
      throw argument_error("erlang", function, args, texts);
    }
    return what;
  }
  auto bad = [&](size_t i, const char* why) {
    std::vector<std::string> texts(args.size());
    texts[i] = why;
    return argument_error("erlang", function, args, texts);
  };
  if (!args[skip].is(term::kind::atom))
    throw bad(skip, "not an atom");
  if (!args[skip + 1].is(term::kind::atom))
    throw bad(skip + 1, "not an atom");
  if (!args[skip + 2].to_vector())
    throw bad(skip + 2, "not a list");
  what.type = spawn_what::form::function;
  what.module = args[skip].as_atom();
  what.name = args[skip + 1].as_atom();
  what.arguments = args[skip + 2];
  return what;
}

task<term> start(process& self, atom at, spawn_what what, spawn_options options) {
  auto starting = self.spawn_what_at(at, std::move(what), options);
  auto started = co_await std::move(starting);
  if (options.monitor) {
    auto both = term::tuple({started.id, started.monitor});
    co_return both;
  }
  co_return started.id;
}

builtin spawner(std::string_view name, bool remote, spawn_options options) {
  return
    [name, remote, options](interpreter&, environment& env, std::vector<term> args) -> task<term> {
      auto& self = process_of(env);
      if (remote && !args[0].is(term::kind::atom)) {
        std::vector<std::string> texts(args.size());
        texts[0] = "not a node name";
        throw argument_error("erlang", name, args, texts);
      }
      auto at = remote ? args[0].as_atom() : self.self().node;
      return start(self, at, what_of(name, args, remote ? 1 : 0), options);
    };
}

void add_spawns(module_table& m) {
  struct form {
    std::string_view name;
    spawn_options options;
  };
  static const form forms[] = {{"spawn", {}},
                               {"spawn_link", {.link = true, .monitor = false}},
                               {"spawn_monitor", {.link = false, .monitor = true}}};
  for (auto& f : forms) {
    for (size_t arity : {1, 3}) {
      m.add("Elixir.Kernel", f.name, arity, spawner(f.name, false, f.options));
      m.add("erlang", f.name, arity, spawner(f.name, false, f.options));
    }
    for (size_t arity : {2, 4}) {
      m.add("Elixir.Node", f.name, arity, spawner(f.name, true, f.options));
      m.add("erlang", f.name, arity, spawner(f.name, true, f.options));
    }
  }
}

// -- links, monitors, exits ---------------------------------------------------------------------

bool alive(process& self, const std::vector<term>& args) {
  auto* who = args[0].get_if<pid>();
  if (!who || who->node != self.self().node)
    throw argument_error("erlang", "is_process_alive", args, {"not a pid"});
  return self.core().is_local(*who) && self.core().processes().find(who->id).handle;
}

/// A dead process of this node raises, unless exits are trapped (rule L-03c).
term link(process& self, const std::vector<term>& args) {
  auto who = pid_argument("erlang", "link", args, 0);
  if (who.node == self.self().node && !self.trap_exit() && !alive(self, args))
    throw error(atom{"noproc"});
  self.link(who);
  return true;
}

term unlink(process& self, const std::vector<term>& args) {
  self.unlink(pid_argument("erlang", "unlink", args, 0));
  return true;
}

term monitor(process& self, const std::vector<term>& args) {
  auto& item = args.back();
  if (auto* who = item.get_if<pid>())
    return self.monitor(*who);
  if (item.is(term::kind::atom))
    return self.monitor(item.as_atom(), self.self().node);
  if (item.is_tuple(2) && item.as_tuple()[0].is(term::kind::atom)
      && item.as_tuple()[1].is(term::kind::atom)
      && (self.home().is_alive() || item.as_tuple()[1].as_atom() == self.self().node))
    return self.monitor(item.as_tuple()[0].as_atom(), item.as_tuple()[1].as_atom());
  throw argument_error("erlang", "monitor", {atom{"process"}, item},
                       {"", "not a pid or registered name"});
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

term process_flag(process& self, const std::vector<term>& args) {
  if (!args[0].is_atom(atom{"trap_exit"}))
    throw argument_error("erlang", "process_flag", args, {"invalid process flag", ""});
  return self.trap_exit(args[1].truthy());
}

// -- names --------------------------------------------------------------------------------------

term register_name(process& self, std::string_view function, const term& who, const term& name) {
  auto& names = self.core().names();
  std::vector<term> args{name, who};
  if (!name.is(term::kind::atom) || name.is_atom(atom{}) || name.is_atom(atom{"undefined"})
      || name.is_atom(atom{"true"}) || name.is_atom(atom{"false"}))
    throw argument_error("erlang", function, args, {"invalid name", ""});
  auto* id = who.get_if<pid>();
  if (!id || !self.core().is_local(*id) || !self.core().processes().find(id->id).handle)
    throw argument_error("erlang", function, args, {"", "dead process or not a local pid"});
  if (!names.add(name.as_atom(), *id))
    throw argument_error("erlang", function, args, {"name is in use, or the process has one", ""});
  return true;
}

/// Process.register/2: Elixir words the failures of its own.
term register_process(process& self, const std::vector<term>& args) { // (pid, name)
  auto& name = args[1];
  if (!name.is(term::kind::atom) || name.is_atom(atom{"nil"}) || name.is_atom(atom{"undefined"})
      || name.is_atom(atom{"true"}) || name.is_atom(atom{"false"}))
    throw no_clause();
  try {
    return register_name(self, "register", args[0], name);
  } catch (failure&) {
    auto shown = [&self](const term& x) {
      inspect_options how;
      how.viewer = self.self();
      return inspect_term(x, how);
    };
    auto* who = args[0].get_if<pid>();
    if (who && who->node != self.self().node)
      throw exception("ArgumentError", "could not register " + shown(args[0])
                                         + " because it belongs to another node");
    throw exception("ArgumentError",
                    "could not register " + shown(args[0]) + " with name " + shown(name)
                      + " because it is not alive, the name is already taken, or it "
                        "has already been given another name");
  }
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

term list_processes(process& self) {
  std::vector<term> result;
  for (auto& x : self.core().processes().all())
    result.emplace_back(self.core().make_pid(x->id()));
  return term::list(result);
}

term set_group_leader(process& self, const std::vector<term>& args) { // (leader, pid)
  auto leader = pid_argument("erlang", "group_leader", args, 0);
  auto who = pid_argument("erlang", "group_leader", args, 1);
  if (who.node == self.self().node && !alive(self, {who}))
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
  add_spawns(m);
  auto self_pid = quick([](process& self, auto&) { return term{self.self()}; });
  m.add("Elixir.Kernel", "self", 0, self_pid);
  m.add("erlang", "self", 0, self_pid);
  for (auto module : {"Elixir.Kernel", "erlang"}) {
    m.add(module, "send", 2, quick(send));
    m.add(module, "make_ref", 0,
          quick([](process& self, auto&) { return term{self.core().make_reference()}; }));
  }
  m.add("erlang", "!", 2, quick(send));
  m.add("erlang", "send", 3, quick(send_with_options));
  m.add("Elixir.Process", "send", 3, quick(send_with_options));
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
  m.add("Elixir.Process", "monitor", 1, quick(monitor));
  m.add("erlang", "monitor", 2, quick(monitor));
  m.add("Elixir.Process", "flag", 2, quick(process_flag));
  m.add("erlang", "process_flag", 2, quick(process_flag));
  m.add("Elixir.Process", "alive?", 1,
        quick([](process& self, auto& args) { return term{alive(self, args)}; }));
  m.add("erlang", "is_process_alive", 1,
        quick([](process& self, auto& args) { return term{alive(self, args)}; }));
  m.add("Elixir.Process", "list", 0,
        quick([](process& self, auto&) { return list_processes(self); }));
  m.add("erlang", "processes", 0, quick([](process& self, auto&) { return list_processes(self); }));
  m.add("Elixir.Process", "register", 2, quick(register_process));
  m.add("erlang", "register", 2, quick([](process& self, auto& args) {
          return register_name(self, "register", args[1], args[0]);
        }));
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
