// What programs ask about the runtime itself: :erlang.system_info.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::eval {

namespace {

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    co_return f(process_of(env).home(), args);
  };
}

term system_info(node& at, const std::vector<term>& args) {
  if (args[0].is_atom(atom{"creation"}))
    return int64_t{at.core().creation()};
  throw argument_error("erlang", "system_info", args, {"invalid system info item"});
}

/// net_adm:world/0 reads `.hosts.erlang`, of which there is none here (rule ADM-02): hosts are
/// named by `--discover`.
term world(node&, const std::vector<term>&) {
  failure f;
  f.type = failure::kind::exit;
  f.reason = term::tuple({atom{"error"}, atom{"enoent"}});
  throw f;
}

} // namespace

void add_system_modules(module_table& m) {
  m.add("erlang", "system_info", 1, quick(system_info));
  m.add("net_adm", "world", 0, quick(world));
}

} // namespace troupe::actors::eval
