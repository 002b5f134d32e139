#include "troupe/actors/global_names.hpp"

#include "troupe/actors/internal/global_server.hpp"
#include "troupe/actors/internal/global_turn.hpp"
#include "troupe/actors/internal/name_merge.hpp"
#include "troupe/actors/process_groups.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::global {

using namespace internal;

namespace {

constexpr std::chrono::milliseconds lock_pause_first{250};
constexpr std::chrono::milliseconds lock_pause_last{8'000};

const atom word_global{"global"};
const atom word_yes{"yes"};
const atom word_undefined{"undefined"};
const atom tag_conflict{"global_name_conflict"};

inspect_options viewed_by(const process& self) {
  inspect_options result;
  result.width = 0;
  result.viewer = self.self();
  return result;
}

/// Ends a caller that waited too long for its turn.
exit_request too_late(const char* function, const term& name) {
  auto call = term::tuple({word_global, atom{function}, term::list({name})});
  return exit_request{term::tuple({atom{"timeout"}, call})};
}

/// The node that watches a holder: its own, if it shares names, else this one.
atom owner_for(process& self, const pid& who, const global_turn& turn) {
  auto shares = std::ranges::find(turn.nodes, who.node) != turn.nodes.end();
  return shares ? who.node : self.self().node;
}

void log_several(process& self, const pid& who, const term& name, const term& others) {
  self.core().log("error", "global: " + inspect_pid(who, self.self())
                             + " registered under several names: "
                             + inspect_term(term::cons(name, others), viewed_by(self)));
}

/// Has the owner set the entry; yields its answer, `yes` also when it is gone: so is the holder.
task<term> commit(process& self, const global_turn& turn, term name, pid who, term method,
                  bool replace) {
  auto request = term::tuple({atom{"commit"}, std::move(name), who, std::move(method), replace});
  auto asking = ask_global_at(self, owner_for(self, who, turn), std::move(request));
  auto answer = co_await std::move(asking);
  co_return answer.value_or(term{word_yes});
}

} // namespace

void start(node& at) {
  auto& names = at.core().names();
  if (names.whereis(global_server_name))
    return;
  auto id = at.spawn(run_global_server);
  auto fresh = names.add(global_server_name, id);
  at.send(id, term::tuple({global_server_begin, fresh}));
}

// -- resolvers ----------------------------------------------------------------------------------

resolver::resolver() : resolver(random_exit()) {}

resolver resolver::random_exit() {
  return resolver{term::tuple({word_global, atom{"random_exit_name"}})};
}

resolver resolver::random_notify() {
  return resolver{term::tuple({word_global, atom{"random_notify_name"}})};
}

resolver resolver::notify_all() {
  return resolver{term::tuple({word_global, atom{"notify_all_name"}})};
}

resolver resolver::of(term callable) {
  return resolver{std::move(callable)};
}

resolver resolver::native(const char* key) {
  return resolver{term::tuple({atom{"native"}, key})};
}

term random_exit_name(process& self, const term& name, const pid& x, const pid& y) {
  auto [least, greatest] = min_max(x, y);
  self.core().log("info", "global: Name conflict terminating "
                            + inspect_term(term::tuple({name, greatest}), viewed_by(self)));
  self.exit(greatest, exit_reason::kill);
  return least;
}

term random_notify_name(process& self, const term& name, const pid& x, const pid& y) {
  auto [least, greatest] = min_max(x, y);
  self.send(greatest, term::tuple({tag_conflict, name}));
  return least;
}

term notify_all_name(process& self, const term& name, const pid& x, const pid& y) {
  self.send(x, term::tuple({tag_conflict, name, y}));
  self.send(y, term::tuple({tag_conflict, name, x}));
  return atom{"none"};
}

// -- names --------------------------------------------------------------------------------------

task<bool> register_name(process& self, term name, pid who, resolver how) {
  auto looking = whereis_name(self, name);
  auto holder = co_await std::move(looking);
  if (holder)
    co_return false;
  auto naming = ask_global(self, term::tuple({atom{"names_of"}, who}));
  auto others = co_await std::move(naming);
  if (!others.is(term::kind::nil)) {
    log_several(self, who, name, others);
    co_return false;
  }
  auto taking = take_turn(self, name, true);
  auto turn = co_await std::move(taking);
  if (!turn.held && !turn.taken)
    throw too_late("register_name", name);
  if (!turn.held)
    co_return false;
  auto committing = commit(self, turn, name, who, how.to_term(), false);
  auto answer = co_await std::move(committing);
  auto ending = end_turn(self, std::move(turn));
  co_await std::move(ending);
  if (answer.is_tagged(atom{"several"}, 2))
    log_several(self, who, name, answer.as_tuple()[1]);
  co_return answer.is_atom(word_yes);
}

task<> re_register_name(process& self, term name, pid who, resolver how) {
  auto taking = take_turn(self, name, false);
  auto turn = co_await std::move(taking);
  if (!turn.held)
    throw too_late("re_register_name", name);
  auto committing = commit(self, turn, name, who, how.to_term(), true);
  co_await std::move(committing);
  auto ending = end_turn(self, std::move(turn));
  co_await std::move(ending);
}

task<> unregister_name(process& self, term name) {
  auto looking = whereis_name(self, name);
  auto holder = co_await std::move(looking);
  if (!holder)
    co_return;
  auto taking = take_turn(self, name, false);
  auto turn = co_await std::move(taking);
  if (!turn.held)
    throw too_late("unregister_name", name);
  auto owning = ask_global(self, term::tuple({atom{"owner_of"}, name}));
  auto owner = co_await std::move(owning);
  if (!owner.is_atom(word_undefined) && owner.is(term::kind::atom)) {
    auto request = term::tuple({atom{"drop"}, name, term{}});
    auto dropping = ask_global_at(self, owner.as_atom(), std::move(request));
    co_await std::move(dropping);
  }
  auto ending = end_turn(self, std::move(turn));
  co_await std::move(ending);
}

task<std::optional<pid>> whereis_name(process& self, term name) {
  auto asking = ask_global(self, term::tuple({atom{"whereis"}, std::move(name)}));
  auto answer = co_await std::move(asking);
  std::optional<pid> result;
  if (auto* who = answer.get_if<pid>())
    result = *who;
  co_return result;
}

task<std::vector<term>> registered_names(process& self) {
  auto asking = ask_global(self, atom{"registered_names"});
  auto answer = co_await std::move(asking);
  co_return answer.to_vector().value_or(std::vector<term>{});
}

task<pid> send(process& self, term name, term message) {
  auto looking = whereis_name(self, name);
  auto holder = co_await std::move(looking);
  if (!holder)
    throw exit_request{term::tuple({atom{"badarg"}, term::tuple({name, message})})};
  self.send(*holder, message);
  co_return *holder;
}

void pass_on(process& self, const term& name, term message) {
  self.send(global_server_name, self.self().node,
            term::tuple({atom{"pass_on"}, name, std::move(message)}));
}

task<> sync(process& self) {
  auto asking = ask_global(self, atom{"sync"});
  co_await std::move(asking);
}

task<std::vector<atom>> disconnect(process& self) {
  auto asking = ask_global(self, atom{"disconnect"});
  auto answer = co_await std::move(asking);
  std::vector<atom> result;
  for (auto& x : answer.to_vector().value_or(std::vector<term>{})) {
    result.push_back(x.as_atom());
    auto ending = self.disconnect(x.as_atom());
    co_await std::move(ending);
  }
  co_return result;
}

// -- locks --------------------------------------------------------------------------------------

std::vector<atom> all_nodes(process& self) {
  auto result = self.home().nodes();
  result.insert(result.begin(), self.self().node);
  return result;
}

task<bool> set_lock(process& self, lock_id id, std::vector<atom> nodes, size_t retries) {
  auto request = term::tuple({atom{"set_lock"}, term::tuple({id.resource, id.requester})});
  for (unsigned times = 0;; ++times) {
    auto asking
      = server::multi_call(self, nodes, global_server_name, request, global_answer_timeout);
    auto answers = co_await std::move(asking);
    std::vector<atom> given;
    for (auto& [node, answer] : answers.replies)
      if (answer.truthy())
        given.push_back(node);
    if (given.size() == answers.replies.size())
      co_return true; // nodes that are not there do not matter, as in Erlang
    auto undoing = del_lock(self, id, std::move(given));
    co_await std::move(undoing);
    if (retries != forever && times >= retries)
      co_return false;
    auto pausing = global_pause(self, times, lock_pause_first, lock_pause_last);
    co_await std::move(pausing);
  }
}

task<> del_lock(process& self, lock_id id, std::vector<atom> nodes) {
  auto request = term::tuple({atom{"del_lock"}, term::tuple({id.resource, id.requester})});
  auto asking = server::multi_call(self, std::move(nodes), global_server_name, std::move(request),
                                   global_answer_timeout);
  co_await std::move(asking);
}

} // namespace troupe::actors::global
