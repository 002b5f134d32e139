// What programs ask about time and about the runtime itself: System, :erlang, :net_kernel.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/node.hpp"

#include <chrono>

namespace troupe::actors::eval {

namespace {

template <class F>
builtin quick(F f) {
  return [f](interpreter&, environment& env, std::vector<term> args) -> task<term> {
    co_return f(process_of(env).home(), args);
  };
}

/// In how many parts of a second a unit of time counts; nothing when it is no unit.
std::optional<int64_t> parts_per_second(const term& unit) {
  static const std::pair<std::string_view, int64_t> units[] = {{"second", 1},
                                                               {"millisecond", 1'000},
                                                               {"microsecond", 1'000'000},
                                                               {"nanosecond", std::nano::den},
                                                               {"native", std::nano::den}};
  if (unit.is(term::kind::integer) && unit.as_integer() > 0)
    return unit.as_integer();
  for (auto& [name, parts] : units)
    if (unit.is_atom(atom{name}))
      return parts;
  return std::nullopt;
}

term monotonic_time(node& at, const std::vector<term>& args) {
  auto unit = args.empty() ? std::optional{int64_t{std::nano::den}} : parts_per_second(args[0]);
  if (!unit)
    throw argument_error("erlang", "monotonic_time", args, {"invalid time unit"});
  auto now = at.time().now().time_since_epoch();
  auto whole = std::chrono::duration_cast<std::chrono::seconds>(now);
  auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(now - whole);
  // In two steps, as nanoseconds times parts would not fit.
  return whole.count() * *unit
         + static_cast<int64_t>(static_cast<double>(rest.count()) / std::nano::den
                                * static_cast<double>(*unit));
}

/// net_kernel:get_state/0 (rule NAME-14); names are never given or taken away at run time.
term state_of(node& at) {
  std::vector<term_pair> entries;
  auto add = [&entries](std::string_view key, term value) {
    entries.emplace_back(atom{key}, std::move(value));
  };
  if (!at.is_alive()) {
    add("started", atom{"no"});
    return term::map(std::move(entries));
  }
  add("started", atom{"static"});
  add("name", atom{at.name()});
  add("name_type", atom{"static"});
  add("name_domain", atom{at.configuration().short_names ? "shortnames" : "longnames"});
  return term::map(std::move(entries));
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
  for (size_t arity : {0, 1}) {
    m.add("Elixir.System", "monotonic_time", arity, quick(monotonic_time));
    m.add("erlang", "monotonic_time", arity, quick(monotonic_time));
  }
  m.add("erlang", "system_info", 1, quick(system_info));
  m.add("net_adm", "world", 0, quick(world));
  m.add("net_kernel", "get_state", 0, quick([](node& at, auto&) { return state_of(at); }));
}

} // namespace troupe::actors::eval
