#include "troupe/actors/internal/rex.hpp"

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/actors/internal/pending_calls.hpp"
#include "troupe/actors/internal/remote_worker.hpp"
#include "troupe/dist/spawn_policy.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <functional>

namespace troupe::actors::internal {

namespace {

const atom rex{"rex"};
const atom tag_request{"$rex_call"};
const atom tag_down{"DOWN"};

/// The body of `rex`: takes `{:$rex_call, ref}`, answers `{ref, answer}`.
task<> serve(process& self) {
  auto own = self.group_leader();
  for (;;) {
    auto waiting = self.receive<term>(); // a server waits for as long as its node lives
    auto x = co_await std::move(waiting);
    if (!x.is_tagged(tag_request, 2) || !x.as_tuple()[1].is(term::kind::reference))
      continue; // left over by a function that ran here
    auto ref = x.as_tuple()[1].as_reference();
    auto asked = pending_calls::get().take(ref);
    if (!asked)
      continue;
    self.group_leader(asked->leader);
    auto running = run_here(self, std::move(asked->what));
    auto done = co_await std::move(running);
    self.group_leader(own);
    self.send(asked->from, term::tuple({ref, answer_of(ref, done)}));
  }
}

pid find_or_start(process& self) {
  auto& names = self.core().names();
  if (auto found = names.whereis(rex))
    return *found;
  auto fresh = self.home().spawn(serve);
  if (names.add(rex, fresh))
    return fresh;
  self.exit(fresh, exit_reason::kill); // another call was quicker
  return names.whereis(rex).value_or(fresh);
}

/// Ends as the function in `rex` did.
term value_or_throw(const outcome& x) {
  if (x.type == outcome::kind::ok)
    return x.value;
  if (x.type == outcome::kind::exit)
    throw exit_request{x.value.as_tuple()[1]};
  eval::failure f;
  f.type
    = x.type == outcome::kind::thrown ? eval::failure::kind::thrown : eval::failure::kind::error;
  f.reason = x.value;
  if (x.value.is_tuple(3) && x.type == outcome::kind::error) {
    f.reason = x.value.as_tuple()[1];
    f.stack = x.value.as_tuple()[2];
  }
  throw f;
}

/// The worker of a block call. It waits as long as `rex` lives; who called may give up earlier.
task<term> ask_rex(process& self, term what) {
  auto known = what_of(what);
  if (!known)
    self.exit(atom{"badarg"});
  auto server = find_or_start(self);
  auto ref = self.monitor(server);
  pending_calls::get().put(ref, {self.self(), self.group_leader(), std::move(*known)});
  pending_call_guard until_done{ref};
  self.send(server, term::tuple({tag_request, ref}));
  std::function<bool(const term&)> concerns_us = [&](const term& x) {
    return (x.is_tuple(2) && x.as_tuple()[0] == term{ref})
           || (x.is_tagged(tag_down, 5) && x.as_tuple()[1] == term{ref});
  };
  auto waiting = self.receive_match(concerns_us);
  auto x = co_await std::move(waiting);
  if (x->is_tuple(5))
    self.exit(x->as_tuple()[4]);
  self.demonitor(ref, true);
  co_return value_or_throw(outcome_of(ref, x->as_tuple()[1]));
}

/// Who may spawn what is asked for what `rex` would run.
const bool is_unwrapped = dist::spawn_wrappers::get().add(
  typeid(named_call<ask_rex>).name(), [](const spawn_what& x) -> std::optional<spawn_what> {
    return x.arguments.is_tuple(1) ? what_of(x.arguments.as_tuple()[0]) : std::nullopt;
  });

} // namespace

spawn_what in_rex(process& self, const spawn_what& what) {
  auto result = remote<ask_rex>(self, form_of(what)).what;
  result.same_build = what.same_build;
  return result;
}

} // namespace troupe::actors::internal
