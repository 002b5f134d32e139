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

} // namespace

void add_system_modules(module_table& m) {
  m.add("erlang", "system_info", 1, quick(system_info));
}

} // namespace troupe::actors::eval
