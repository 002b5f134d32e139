// Sending, in Kernel, Process and :erlang.

#include "troupe/actors/eval/quick.hpp"
#include "troupe/actors/eval/spawn_modules.hpp"

namespace troupe::actors::eval {

namespace {

/// Where a message goes to: a process, an alias, or a name on a node.
struct destination {
  pid who;
  reference alias;
  atom name;
  atom node;
};

/// Reads a pid, an alias, a local name or `{name, node}`.
destination destination_of(process& self, std::string_view function,
                           const std::vector<term>& args) {
  auto& to = args[0];
  destination result;
  if (auto* who = to.get_if<pid>()) {
    result.who = *who;
    result.node = who->node;
  } else if (auto* alias = to.get_if<reference>()) {
    result.alias = *alias;
    result.node = alias->node;
  } else if (to.is_tuple(2) && to.as_tuple()[0].is(term::kind::atom)
             && to.as_tuple()[1].is(term::kind::atom)) {
    result.name = to.as_tuple()[0].as_atom();
    result.node = to.as_tuple()[1].as_atom();
  } else if (auto holder = to.is(term::kind::atom) ? self.whereis(to.as_atom()) : std::nullopt) {
    result.who = *holder;
    result.node = holder->node;
  } else {
    throw bad_at(function, args, 0, "invalid destination");
  }
  return result;
}

send_result deliver(process& self, const destination& to, const send_options& how, const term& x) {
  if (to.alias)
    return self.send_with(how, to.alias, x);
  return to.who ? self.send_with(how, to.who, x) : self.send_with(how, to.name, to.node, x);
}

/// Lists of `noconnect` and `nosuspend` (rule MSG-07).
send_options options_of(std::string_view function, const std::vector<term>& args) {
  auto options = args[2].to_vector();
  send_options how;
  for (auto& x : options.value_or(std::vector<term>{term{}})) {
    auto noconnect = x.is_atom(atom{"noconnect"});
    if (!noconnect && !x.is_atom(atom{"nosuspend"}))
      throw bad_at(function, args, 2, options ? "invalid option in list" : "not a list");
    (noconnect ? how.noconnect : how.nosuspend) = true;
  }
  return how;
}

/// Sends, and holds the sender while the connection is busy (rule MSG-15).
task<term> send(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto to = destination_of(self, "send", args);
  deliver(self, to, {}, args[1]);
  auto waiting = self.wait_while_busy(to.node);
  co_await std::move(waiting);
  co_return args[1];
}

task<term> send_with_options(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto how = options_of("send", args);
  auto to = destination_of(self, "send", args);
  auto result = deliver(self, to, how, args[1]);
  if (result == send_result::noconnect)
    co_return atom{"noconnect"};
  if (result == send_result::nosuspend)
    co_return atom{"nosuspend"};
  if (!how.nosuspend) {
    auto waiting = self.wait_while_busy(to.node);
    co_await std::move(waiting);
  }
  co_return atom{"ok"};
}

/// Whether it was sent: not when the sender would be held.
task<term> send_nosuspend(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  static constexpr std::string_view function = "send_nosuspend";
  auto how = args.size() > 2 ? options_of(function, args) : send_options{};
  how.nosuspend = true;
  auto to = destination_of(self, function, args);
  co_return deliver(self, to, how, args[1]) == send_result::ok;
}

} // namespace

void add_send_modules(module_table& m) {
  m.add("Elixir.Kernel", "send", 2, send);
  m.add("erlang", "send", 2, send);
  m.add("erlang", "!", 2, send);
  m.add("erlang", "send", 3, send_with_options);
  m.add("Elixir.Process", "send", 3, send_with_options);
  m.add("erlang", "send_nosuspend", 2, send_nosuspend);
  m.add("erlang", "send_nosuspend", 3, send_nosuspend);
}

} // namespace troupe::actors::eval
