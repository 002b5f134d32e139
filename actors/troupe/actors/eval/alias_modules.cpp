// Aliases, and monitors that may carry one.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/eval/spawn_modules.hpp"
#include "troupe/actors/eval/spawn_options.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::eval {

namespace {

using arguments = std::vector<term>;

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, arguments args) -> task<term> {
    co_return f(process_of(env), args);
  };
}

bool is_proper_list(const term& x) {
  return x.to_vector().has_value();
}

term alias(process& self, const arguments& args) {
  auto life
    = args.empty() ? std::optional{alias_life::explicit_unalias} : read_alias_options(args[0]);
  if (!life)
    throw argument_error("erlang", "alias", args,
                         {is_proper_list(args[0]) ? "invalid option in list" : "not a list"});
  return self.alias(*life);
}

term unalias(process& self, const arguments& args) {
  auto* ref = args[0].get_if<reference>();
  if (!ref)
    throw argument_error("erlang", "unalias", args, {"not a reference"});
  return self.unalias(*ref);
}

term start_monitor(process& self, const term& item, const monitor_options& how,
                   const arguments& args) {
  if (auto* who = item.get_if<pid>())
    return self.monitor(*who, how);
  if (item.is(term::kind::atom))
    return self.monitor(item.as_atom(), self.self().node, how);
  if (item.is_tuple(2) && item.as_tuple()[0].is(term::kind::atom)
      && item.as_tuple()[1].is(term::kind::atom)
      && (self.home().is_alive() || item.as_tuple()[1].as_atom() == self.self().node)) // NAME-01g
    return self.monitor(item.as_tuple()[0].as_atom(), item.as_tuple()[1].as_atom(), how);
  throw argument_error("erlang", "monitor", args,
                       {"", args.size() > 2 ? "not a pid" : "not a pid or registered name", ""});
}

/// `type, item` and perhaps options.
term monitor(process& self, const arguments& args) {
  auto bad = [&](size_t i, const char* why) {
    std::vector<std::string> texts(args.size());
    texts[i] = why;
    return argument_error("erlang", "monitor", args, texts);
  };
  monitor_options how;
  if (args.size() > 2) {
    auto given = read_monitor_options(args[2]);
    if (!given)
      throw bad(2, is_proper_list(args[2]) ? "invalid option in list" : "not a list");
    how = std::move(*given);
  }
  if (!args[0].is_atom(atom{"process"}))
    throw bad(0, "invalid monitor type");
  return start_monitor(self, args[1], how, args);
}

/// Elixir's: `item` and perhaps options.
term monitor_process(process& self, const arguments& args) {
  arguments all{atom{"process"}};
  all.insert(all.end(), args.begin(), args.end());
  return monitor(self, all);
}

} // namespace

void add_alias_modules(module_table& m) {
  for (auto module : {"Elixir.Process", "erlang"}) {
    m.add(module, "alias", 0, quick(alias));
    m.add(module, "alias", 1, quick(alias));
    m.add(module, "unalias", 1, quick(unalias));
  }
  m.add("Elixir.Process", "monitor", 1, quick(monitor_process));
  m.add("Elixir.Process", "monitor", 2, quick(monitor_process));
  m.add("erlang", "monitor", 2, quick(monitor));
  m.add("erlang", "monitor", 3, quick(monitor));
}

} // namespace troupe::actors::eval
