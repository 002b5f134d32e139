// What global_name_server answers.

#include "troupe/actors/internal/global_keeper.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::internal {

using server::caller;

namespace {

const atom tag_add{"add"};
const atom tag_end_turn{"end_turn"};
const atom tag_reserve{"reserve"};
const atom word_ok{"ok"};
const atom word_yes{"yes"};
const atom word_no{"no"};
const atom word_granted{"granted"};
const atom word_busy{"busy"};
const atom word_taken{"taken"};
const atom word_undefined{"undefined"};

} // namespace

// -- calls
void global_keeper::on_call(const caller& from, const term& request) {
  if (!self_->core().is_local(from.id()) && !is_connected(from.id().node))
    return; // gone with the connection: to watch it, or to answer, would make a new one
  auto args = request.is(term::kind::tuple) ? request.as_tuple() : std::span<const term>{};
  if (request.is_tagged(tag_reserve, 4))
    return reserve(from, args);
  if (request.is_tagged(atom{"commit"}, 5) && args[2].is(term::kind::pid))
    return commit(from, args);
  if (request.is_tagged(atom{"drop"}, 3))
    return drop(from, args[1], args[2]);
  if (request.is_atom(atom{"sync"}))
    return sync(from);
  server::reply(*self_, from, reply_to(from.id(), request, args));
}

term global_keeper::reply_to(const pid& from, const term& request, std::span<const term> args) {
  if (request.is_tagged(atom{"whereis"}, 2)) {
    auto found = holder_of(args[1]);
    return found ? term{*found} : term{word_undefined};
  }
  if (request.is_atom(atom{"registered_names"}))
    return term::list(table_.names());
  if (request.is_atom(atom{"get_known"}))
    return known();
  if (request.is_tagged(atom{"names_of"}, 2) && args[1].is(term::kind::pid))
    return term::list(table_.names_of(args[1].as_pid()));
  if (request.is_tagged(atom{"owner_of"}, 2)) {
    auto found = table_.find(args[1]);
    return found ? term{found->owner} : term{word_undefined};
  }
  if (request.is_tagged(atom{"set_lock"}, 2) && args[1].is_tuple(2)) {
    auto id = args[1].as_tuple();
    auto taken = locks_.take(id[0], id[1], from);
    if (taken)
      watch(from);
    return taken;
  }
  if (request.is_tagged(atom{"del_lock"}, 2) && args[1].is_tuple(2)) {
    locks_.give(args[1].as_tuple()[0], args[1].as_tuple()[1], from);
    unwatch(from);
    return true;
  }
  if (request.is_atom(tag_end_turn)) {
    end_turn(from);
    return true;
  }
  if (request.is_atom(atom{"clashes"}))
    return term::list(table_.clashes());
  if (request.is_tagged(atom{"clash"}, 2))
    return clash_of(args[1]);
  if (request.is_atom(atom{"disconnect"})) {
    auto left = partitions_.leave();
    return term::list(std::vector<term>(left.begin(), left.end()));
  }
  return atom{"badarg"};
}

term global_keeper::known() const {
  std::vector<term> result{self_->self().node};
  for (auto& [name, x] : peers_)
    result.emplace_back(name);
  return term::list(result);
}

/// A holder of this node that ended counts no more, although its DOWN has not come yet.
std::optional<pid> global_keeper::holder_of(const term& name) const {
  auto found = table_.find(name);
  if (!found)
    return std::nullopt;
  auto& who = found->claim.holder;
  auto& core = self_->core();
  if (core.is_local(who) && !core.processes().find(who.id).handle)
    return std::nullopt;
  return who;
}

// -- changing a name; the caller has the turn on all nodes that it knows
void global_keeper::reserve(const caller& from, std::span<const term> args) {
  auto got = turns_.ask(args[1], from.id(), args[2].truthy());
  if (got == name_turns::answer::busy)
    return server::reply(*self_, from, word_busy);
  watch(from.id());
  askers_[from.id()] = {from, args[1], args[3].truthy()};
  if (got == name_turns::answer::granted)
    grant(from.id());
}

void global_keeper::grant(const pid& to) {
  auto& x = askers_.at(to);
  auto taken = x.wants_free && holder_of(x.name);
  server::reply(*self_, x.from, taken ? word_taken : word_granted);
}

void global_keeper::end_turn(const pid& who) {
  auto next = turns_.end(who);
  askers_.erase(who);
  unwatch(who);
  if (next)
    grant(next->second);
}

/// `{:commit, name, pid, method, replace}` (G-01, G-05, G-06).
void global_keeper::commit(const caller& from, std::span<const term> args) {
  auto& name = args[1];
  auto& who = args[2].as_pid();
  auto replaces = args[4].truthy();
  if (!replaces) {
    if (holder_of(name))
      return server::reply(*self_, from, word_no);
    if (auto others = table_.names_of(who); !others.empty() && others.front() != name)
      return server::reply(*self_, from, term::tuple({atom{"several"}, term::list(others)}));
  }
  replaced(self_->self().node, name);
  auto before = table_.insert({name, {who, args[3]}});
  watch(who);
  if (before)
    unwatch(before->holder);
  auto ref = self_->core().make_reference();
  tell(term::tuple({tag_add, self_->self(), ref, name, who, args[3], replaces}));
  wait_for_peers(from, ref, word_yes);
}

/// `{:drop, name, pid}`, or whoever has it.
void global_keeper::drop(const caller& from, const term& name, const term& holder) {
  auto* who = holder.get_if<pid>();
  auto had = table_.erase(name, who ? *who : pid{});
  if (!had)
    return server::reply(*self_, from, word_ok);
  unwatch(*had);
  auto ref = self_->core().make_reference();
  tell_removed(name, *had, ref);
  wait_for_peers(from, ref, word_ok);
}

/// `owner` has the name alone now.
void global_keeper::replaced(atom owner, const term& name) {
  if (auto own = table_.replaced_by(owner, name)) {
    unwatch(*own);
    tell_removed(name, *own, term{});
  }
}

void global_keeper::wait_for_peers(const caller& from, const reference& ref, const term& result) {
  std::set<atom> nodes;
  for (auto& [name, to] : peers_)
    nodes.insert(name);
  answer(answers_.add(ref, pending_answers::part::change, {from, result}, std::move(nodes)));
}

/// Waits for the connected nodes, and for those that one of them has named: each names all others
/// before it tells its names.
void global_keeper::sync(const caller& from) {
  std::set<atom> missing;
  for (auto name : self_->home().nodes())
    if (is_awaited(name))
      missing.insert(name);
  for (auto name : joining_)
    if (is_awaited(name))
      missing.insert(name);
  auto ref = self_->core().make_reference();
  answer(answers_.add(ref, pending_answers::part::names, {from, word_ok}, std::move(missing)));
}

term global_keeper::clash_of(const term& name) const {
  auto x = table_.clash_of(name);
  if (!x)
    return word_undefined;
  return term::tuple({x->own.holder, x->own.method, x->other.holder, x->other_owner});
}

} // namespace troupe::actors::internal
