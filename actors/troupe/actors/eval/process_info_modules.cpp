// What is to be known of processes, their dictionaries and flags, in Process and :erlang; and pids
// as text.

#include "troupe/actors/eval/quick.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;
using arguments = std::vector<term>;

const atom undefined{"undefined"};
const atom registered_name{"registered_name"};

// -- process_info -------------------------------------------------------------------------------

pid local_pid(process& self, std::string_view function, const arguments& args,
              std::string_view remote_text) {
  auto* who = args[0].get_if<pid>();
  if (!who)
    throw bad_at(function, args, 0, "not a pid");
  if (who->node != self.self().node) // rule PID-05
    throw bad_at(function, args, 0, remote_text);
  return *who;
}

/// What process_info/1 tells: not the messages, which may be many.
std::vector<atom> default_items() {
  return {registered_name,    atom{"current_function"},  atom{"initial_call"},
          atom{"status"},     atom{"message_queue_len"}, atom{"links"},
          atom{"dictionary"}, atom{"trap_exit"},         atom{"error_handler"},
          atom{"priority"},   atom{"group_leader"},      atom{"reductions"},
          atom{"suspending"}};
}

/// Reads one item or a list of them.
std::vector<atom> items_in(const arguments& args) {
  auto list = args[1].is(kind::atom) ? std::optional{arguments{args[1]}} : args[1].to_vector();
  auto known = [](const term& x) {
    auto& items = info_calls::info_items();
    return x.is(kind::atom) && std::ranges::find(items, x.as_atom()) != items.end();
  };
  if (!list || !std::ranges::all_of(*list, known))
    throw bad_at("process_info", args, 1, "invalid item or item list");
  std::vector<atom> result;
  for (auto& x : *list)
    result.push_back(x.as_atom());
  return result;
}

/// The answer in the form that was asked for.
term shaped(const arguments& args, const std::vector<atom>& items, const std::vector<term>& values,
            bool erlang) {
  std::vector<term> pairs;
  for (size_t i = 0; i < items.size(); ++i) {
    auto no_name = items[i] == registered_name && values[i].is(kind::nil);
    if (no_name && args.size() == 1)
      continue; // the whole leaves out a name that is not there
    if (no_name && erlang && args[1].is(kind::atom))
      return term::empty_list();
    pairs.push_back(term::tuple({items[i], values[i]}));
  }
  return args.size() > 1 && args[1].is(kind::atom) ? pairs[0] : term::list(pairs);
}

builtin info(bool erlang) {
  return [erlang](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    auto& self = process_of(env);
    if (!erlang && args.size() > 1 && !args[1].is(kind::atom) && !args[1].is_list())
      throw no_clause();
    auto who = local_pid(self, "process_info", args, "not a local pid");
    auto items = args.size() > 1 ? items_in(args) : default_items();
    auto asking = self.info(who, items);
    auto values = co_await std::move(asking);
    auto nobody = erlang ? term{undefined} : term{};
    auto result = values ? shaped(args, items, *values, erlang) : nobody;
    co_return result;
  };
}

task<term> is_alive(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto who = local_pid(self, "is_process_alive", args, "not a pid");
  auto asking = self.is_alive(who);
  auto result = co_await std::move(asking);
  co_return result;
}

/// There is nothing to collect; says whether the process is there.
task<term> collect_garbage(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  if (args.empty())
    co_return true;
  auto who = local_pid(self, "garbage_collect", args, "not a local pid");
  auto asking = self.is_alive(who);
  auto result = co_await std::move(asking);
  co_return result;
}

term list_processes(process& self) {
  std::vector<term> result;
  for (auto& x : self.home().processes())
    result.emplace_back(x);
  return term::list(result);
}

// -- flags --------------------------------------------------------------------------------------

term set_flag(process& self, const arguments& args) {
  static const atom trap_exit{"trap_exit"};
  auto* name = args[0].get_if<atom>();
  if (!name || (*name != trap_exit && !info_calls::is_flag(*name)))
    throw bad_at("process_flag", args, 0, "invalid process flag");
  if (*name == trap_exit && (args[1].is_atom(atom{"true"}) || args[1].is_atom(atom{"false"})))
    return self.trap_exit(args[1].truthy());
  auto old = self.flag(*name, args[1]);
  if (!old)
    throw bad_at("process_flag", args, 1, "invalid value for this process flag");
  return *old;
}

// -- dictionary ---------------------------------------------------------------------------------

term pairs_of(const std::vector<term_pair>& entries) {
  std::vector<term> result;
  for (auto& [key, value] : entries)
    result.push_back(term::tuple({key, value}));
  return term::list(result);
}

/// `none` is what Erlang or Elixir has for a value that is not there.
void add_dictionary(module_table& m, std::string_view module, const term& none) {
  m.add(module, "get", 1, quick_function([none](process& self, auto& args) {
          return self.dictionary().template get<term>(args[0]).value_or(none);
        }));
  m.add(module, "get", 0,
        quick_function([](process& self, auto&) { return pairs_of(self.dictionary().entries()); }));
  m.add(module, "put", 2, quick_function([none](process& self, auto& args) {
          return self.dictionary().put(args[0], args[1]).value_or(none);
        }));
  auto erase = module == "erlang" ? "erase" : "delete";
  m.add(module, erase, 1, quick_function([none](process& self, auto& args) {
          return self.dictionary().erase(args[0]).value_or(none);
        }));
  m.add(module, "get_keys", 0,
        quick_function([](process& self, auto&) { return term::list(self.dictionary().keys()); }));
  m.add(module, "get_keys", 1, quick_function([](process& self, auto& args) {
          return term::list(self.dictionary().keys(args[0]));
        }));
}

// -- pids as text -------------------------------------------------------------------------------

term pid_to_list(process& self, const arguments& args) {
  constexpr std::string_view prefix = "#PID";
  if (!args[0].is(kind::pid))
    throw bad_at("pid_to_list", args, 0, "not a pid");
  return term::charlist(inspect_pid(args[0].as_pid(), self.self()).substr(prefix.size()));
}

term ref_to_list(process& self, const arguments& args) {
  constexpr std::string_view prefix = "#Reference";
  if (!args[0].is(kind::reference))
    throw bad_at("ref_to_list", args, 0, "not a reference");
  inspect_options options;
  options.viewer = self.self();
  return term::charlist("#Ref" + inspect_term(args[0], options).substr(prefix.size()));
}

/// Rule PID-08.
term list_to_pid(process& self, const arguments& args) {
  if (!args[0].is_list())
    throw bad_at("list_to_pid", args, 0, "not a list");
  auto text = args[0].to_text();
  auto result = text ? read_pid(*text, self.self()) : std::nullopt;
  if (!result)
    throw bad_at("list_to_pid", args, 0, "not a textual representation of a pid");
  return *result;
}

/// pid("0.108.0") and pid(:name) of iex.
term pid_of_text(process& self, const arguments& args) {
  if (args[0].is(kind::binary))
    return list_to_pid(self, {term::charlist("<" + std::string{args[0].as_binary()} + ">")});
  if (!args[0].is(kind::atom))
    throw no_clause();
  if (auto who = self.whereis(args[0].as_atom()))
    return *who;
  throw exception("ArgumentError", "could not find registered process with name: "
                                     + inspect_atom(args[0].as_atom()));
}

term pid_of_numbers(process& self, const arguments& args) {
  std::string text;
  for (auto& x : args) {
    if (!x.is(kind::integer) || x.as_integer() < 0)
      throw no_clause();
    text += (text.empty() ? "<" : ".") + std::to_string(x.as_integer());
  }
  return list_to_pid(self, {term::charlist(text + ">")});
}

} // namespace

void add_process_info_modules(module_table& m) {
  for (size_t arity : {1, 2}) {
    m.add("Elixir.Process", "info", arity, info(false));
    m.add("erlang", "process_info", arity, info(true));
  }
  m.add("Elixir.Process", "alive?", 1, is_alive);
  m.add("erlang", "is_process_alive", 1, is_alive);
  m.add("erlang", "garbage_collect", 0, collect_garbage);
  m.add("erlang", "garbage_collect", 1, collect_garbage);
  auto list = quick_function([](process& self, auto&) { return list_processes(self); });
  m.add("Elixir.Process", "list", 0, list);
  m.add("erlang", "processes", 0, list);
  m.add("Elixir.Process", "flag", 2, quick_function(set_flag));
  m.add("erlang", "process_flag", 2, quick_function(set_flag));
  add_dictionary(m, "Elixir.Process", term{});
  add_dictionary(m, "erlang", term{undefined});
  m.add("Elixir.Process", "get", 2, quick_function([](process& self, auto& args) {
          return self.dictionary().template get<term>(args[0]).value_or(args[1]);
        }));
  m.add("erlang", "erase", 0,
        quick_function([](process& self, auto&) { return pairs_of(self.dictionary().clear()); }));
  m.add("erlang", "pid_to_list", 1, quick_function(pid_to_list));
  m.add("erlang", "ref_to_list", 1, quick_function(ref_to_list));
  m.add("erlang", "list_to_pid", 1, quick_function(list_to_pid));
  m.add("Elixir.IEx.Helpers", "pid", 1, quick_function(pid_of_text));
  m.add("Elixir.IEx.Helpers", "pid", 3, quick_function(pid_of_numbers));
  auto no_ports = [](const arguments&) { return term::empty_list(); };
  m.add_pure("erlang", "ports", 0, no_ports);
  m.add_pure("Elixir.Port", "list", 0, no_ports);
}

} // namespace troupe::actors::eval
