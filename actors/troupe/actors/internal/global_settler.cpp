#include "troupe/actors/internal/global_settler.hpp"

#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/actors/internal/global_turn.hpp"
#include "troupe/actors/internal/name_merge.hpp"
#include "troupe/actors/internal/remote_worker.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"

namespace troupe::actors::internal {

namespace {

const atom tag_down{"DOWN"};
const atom tag_native{"native"};

/// What a resolver's term names: a fun, `{module, function}` or `{:native, key}`.
std::optional<spawn_what> call_of_method(const term& method, const term& name, const term& x,
                                         const term& y) {
  spawn_what what;
  what.arguments = term::list({name, x, y});
  if (method.is(term::kind::fun)) {
    what.type = spawn_what::form::closure;
    what.callable = method;
    return what;
  }
  if (!method.is_tuple(2) || !method.as_tuple()[0].is(term::kind::atom))
    return std::nullopt;
  auto parts = method.as_tuple();
  if (method.is_tagged(tag_native, 2) && parts[1].is(term::kind::binary)) {
    what.key = std::string{parts[1].as_binary()};
    what.arguments = term::tuple({name, x, y});
    return what;
  }
  if (!parts[1].is(term::kind::atom))
    return std::nullopt;
  what.type = spawn_what::form::function;
  what.module = parts[0].as_atom();
  what.name = parts[1].as_atom();
  return what;
}

/// Runs a resolver and ends with what it says.
task<> run_method(process& self, reference tag, spawn_what what) {
  auto running = run_here(self, std::move(what));
  auto done = co_await std::move(running);
  self.exit(answer_of(tag, done));
}

/// What a resolver returned; an atom when it did not.
task<term> ask_method(process& self, spawn_what what) {
  auto tag = self.core().make_reference();
  // In one step: a quick one could have ended before it is monitored, and its answer be lost.
  auto [child, watch] = self.spawn_monitor(run_method, tag, std::move(what));
  std::function<bool(const term&)> ended = [ref = term{watch}](const term& x) {
    return x.is_tagged(tag_down, 5) && x.as_tuple()[1] == ref;
  };
  auto waiting = self.receive_match(std::move(ended), global_resolver_timeout);
  auto x = co_await std::move(waiting);
  if (!x) {
    self.demonitor(watch, true);
    self.exit(child, exit_reason::kill);
    co_return atom{"timeout"};
  }
  auto done = outcome_of(tag, x->as_tuple()[4]);
  co_return done.type == outcome::kind::ok ? done.value : term{atom{"failed"}};
}

/// Settles one clash, in whose turn this process is.
task<> settle(process& self, term name) {
  auto asking = ask_global(self, term::tuple({atom{"clash"}, name}));
  auto clash = co_await std::move(asking);
  if (!clash.is_tuple(4))
    co_return; // it is gone
  auto parts = clash.as_tuple();
  auto own = parts[0].as_pid();
  auto other = parts[2].as_pid();
  auto other_owner = parts[3].as_atom();
  term answer{own};
  if (auto what = call_of_method(parts[1], name, other, own); own != other && what) {
    auto resolving = ask_method(self, std::move(*what));
    answer = co_await std::move(resolving);
  }
  auto stays = keeper_of(answer, own, other);
  if (stays == keeper::nobody && !answer.is_atom(atom{"none"}))
    self.core().log("info", "global: Resolve method " + inspect_term(parts[1], {.width = 0})
                              + " for conflicting name " + inspect_term(name, {.width = 0})
                              + " returned " + inspect_term(answer, {.width = 0}));
  if (stays != keeper::own) {
    auto dropping = ask_global(self, term::tuple({atom{"drop"}, name, own}));
    co_await std::move(dropping);
  }
  if (stays != keeper::other) {
    auto dropping = ask_global_at(self, other_owner, term::tuple({atom{"drop"}, name, other}));
    co_await std::move(dropping);
  }
}

} // namespace

task<> run_global_settler(process& self) {
  auto asking = ask_global(self, atom{"clashes"});
  auto names = co_await std::move(asking);
  for (auto& name : names.to_vector().value_or(std::vector<term>{})) {
    auto taking = take_turn(self, name, false);
    auto turn = co_await std::move(taking);
    if (!turn.held)
      continue;
    auto settling = settle(self, name);
    co_await std::move(settling);
    auto ending = end_turn(self, std::move(turn));
    co_await std::move(ending);
  }
}

} // namespace troupe::actors::internal
