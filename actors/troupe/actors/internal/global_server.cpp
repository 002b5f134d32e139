#include "troupe/actors/internal/global_server.hpp"

#include "troupe/actors/internal/global_keeper.hpp"
#include "troupe/actors/internal/global_settler.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::internal {

using server::caller;

namespace {

const atom tag_call{"$gen_call"};
const atom tag_down{"DOWN"};
const atom tag_nodeup{"nodeup"};
const atom tag_nodedown{"nodedown"};
const atom tag_discover{"discover"};
const atom tag_apart{"apart"};
const atom tag_joining{"joining"};
const atom tag_joined{"joined"};
const atom tag_unreachable{"extra_nodedown"};
const atom tag_sync{"sync"};
const atom tag_add{"add"};
const atom tag_remove{"remove"};
const atom tag_done{"done"};
const atom tag_end_turn{"end_turn"};
const atom tag_pass_on{"pass_on"};

} // namespace

global_keeper::global_keeper(process& self)
  : self_(&self), partitions_(self), table_(self.self().node) {}

/// Looks for the other nodes.
void global_keeper::begin() {
  dist::node_monitor::options how;
  how.shape = dist::node_monitor::options::form::list;
  how.reason = true;
  self_->home().monitor_nodes(self_->self(), how, true); // before asking: none falls in between
  for (auto name : self_->home().nodes())
    discover(name);
}

void global_keeper::on_message(const term& x) {
  if (x.is_tagged(tag_call, 3)) {
    if (auto from = caller::from_term(x.as_tuple()[1]))
      on_call(*from, x.as_tuple()[2]);
  } else if (x.is_tagged(tag_down, 5) && x.as_tuple()[1].is(term::kind::reference)) {
    on_down(x.as_tuple()[1].as_reference(), x.as_tuple()[3]);
  } else if (x.is_tagged(tag_nodeup, 3) && x.as_tuple()[1].is(term::kind::atom)) {
    discover(x.as_tuple()[1].as_atom());
  } else if (x.is_tagged(tag_nodedown, 3) && x.as_tuple()[1].is(term::kind::atom)) {
    on_node_down(x.as_tuple()[1].as_atom(), x.as_tuple()[2]);
  } else if ((x.is_tagged(tag_joining, 2) || x.is_tagged(tag_joined, 2)
              || x.is_tagged(tag_unreachable, 2))
             && x.as_tuple()[1].is(term::kind::atom)) {
    on_mesh(x, x.as_tuple()[1].as_atom());
  } else if (!partitions_.on_message(x)) {
    on_peer_message(x);
  }
}

void global_keeper::tick(clock::time_point now) {
  partitions_.tick(now);
  if (!settler_ && table_.has_clash() && now >= settle_at_) {
    auto started = self_->spawn_monitor(run_global_settler);
    settler_ = started.id;
    settler_watch_ = started.monitor;
  }
}

clock::time_point global_keeper::next() const {
  auto result = partitions_.next();
  if (!settler_ && table_.has_clash())
    result = std::min(result, settle_at_);
  return result;
}

// -- peers
bool global_keeper::is_connected(atom name) const {
  auto connected = self_->home().nodes();
  return std::ranges::binary_search(connected, name);
}

void global_keeper::discover(atom name) {
  apart_.erase(name);
  if (partitions_.takes_part())
    self_->send_with(connected_only, global_server_name, name,
                     term::tuple({tag_discover, self_->self()}));
}

/// What net_kernel says of a node that a peer has named: it is being connected, is connected, or is
/// not to be had.
void global_keeper::on_mesh(const term& x, atom name) {
  if (x.is_tagged(tag_joining, 2)) {
    if (partitions_.takes_part() && joining_.size() < joining_max && joining_.insert(name).second
        && is_awaited(name))
      answers_.await(name);
    return;
  }
  joining_.erase(name);
  if (!is_awaited(name)) // else its names are on their way
    answer(answers_.told(name));
  if (x.is_tagged(tag_unreachable, 2))
    partitions_.on_message(x);
}

/// Whether the node's names are still to come.
bool global_keeper::is_awaited(atom name) const {
  if (!partitions_.takes_part() || apart_.contains(name))
    return false;
  if (auto i = peers_.find(name); i != peers_.end() && i->second.synced)
    return false;
  return joining_.contains(name) || is_connected(name);
}

/// Makes the process of another node a peer; false when it cannot be one.
bool global_keeper::meet(const pid& id) {
  if (id.node == self_->self().node || !partitions_.takes_part() || !is_connected(id.node))
    return false;
  auto i = peers_.find(id.node);
  if (i != peers_.end() && i->second.id == id)
    return true;
  if (i != peers_.end())
    lose(i);
  peers_[id.node] = {id, self_->monitor(id)};
  partitions_.met(id);
  return true;
}

void global_keeper::lose(std::map<atom, peer>::iterator i) {
  auto [name, x] = *i;
  self_->demonitor(x.watch, true);
  peers_.erase(i);
  table_.peer_gone(name);
  answer(answers_.gone(name));
}

void global_keeper::on_node_down(atom name, const term& info) {
  term reason;
  for (auto& x : info.to_vector().value_or(std::vector<term>{}))
    if (x.is_tagged(atom{"nodedown_reason"}, 2))
      reason = x.as_tuple()[1];
  if (auto i = peers_.find(name); i != peers_.end())
    lose(i);
  answer(answers_.gone(name));
  if (apart_.erase(name) == 0)
    partitions_.node_down(name, reason);
}

void global_keeper::on_discover(const pid& id) {
  if (!partitions_.takes_part()) {
    self_->send_with(connected_only, global_server_name, id.node,
                     term::tuple({tag_apart, self_->self().node}));
    return;
  }
  auto i = peers_.find(id.node);
  auto known = i != peers_.end() && i->second.id == id;
  if (!meet(id))
    return;
  std::vector<term> entries;
  for (auto& [name, claim] : table_.own())
    entries.push_back(term::tuple({name, claim.holder, claim.method}));
  self_->send_with(connected_only, id, term::tuple({tag_sync, self_->self(), term::list(entries)}));
  if (!known)
    self_->send_with(connected_only, id, term::tuple({tag_discover, self_->self()}));
}

void global_keeper::on_peer_message(const term& x) {
  if (!x.is(term::kind::tuple) || x.as_tuple().size() < 2)
    return;
  auto args = x.as_tuple();
  if (x.is_tagged(tag_apart, 2) && args[1].is(term::kind::atom) && apart_.size() < 4096) {
    apart_.insert(args[1].as_atom());
    answer(answers_.gone(args[1].as_atom()));
  } else if (x.is_tagged(tag_done, 3) && args[1].is(term::kind::reference)
             && args[2].is(term::kind::atom)) {
    answer(answers_.done(args[1].as_reference(), args[2].as_atom()));
  } else if (x.is_tagged(tag_end_turn, 2) && args[1].is(term::kind::pid)) {
    end_turn(args[1].as_pid()); // as the call of that name, when nobody waits for the answer
  } else if (x.is_tagged(tag_pass_on, 3)) {
    if (auto to = holder_of(args[1]))
      self_->send(*to, args[2]);
  } else if (args[1].is(term::kind::pid)) {
    on_word_of(args[1].as_pid(), x);
  }
}

void global_keeper::on_word_of(const pid& id, const term& x) {
  auto args = x.as_tuple();
  if (x.is_tagged(tag_discover, 2))
    return on_discover(id);
  if (x.is_tagged(tag_sync, 3))
    return on_sync(id, args[2]);
  auto i = peers_.find(id.node);
  auto known = i != peers_.end() && i->second.id == id;
  if (x.is_tagged(tag_add, 7) && args[4].is(term::kind::pid) && known) {
    if (args[6].truthy())
      replaced(id.node, args[3]);
    table_.peer_added(id.node, {args[3], {args[4].as_pid(), args[5]}});
  } else if (x.is_tagged(tag_remove, 5) && args[4].is(term::kind::pid) && known) {
    table_.peer_removed(id.node, args[3], args[4].as_pid());
  }
  // Who is no peer has nothing to wait for either.
  if (args.size() > 2 && args[2].is(term::kind::reference))
    self_->send_with(connected_only, id, term::tuple({tag_done, args[2], self_->self().node}));
}

void global_keeper::on_sync(const pid& id, const term& entries) {
  if (!meet(id))
    return;
  global_table::listing all;
  for (auto& x : entries.to_vector().value_or(std::vector<term>{}))
    if (x.is_tuple(3) && x.as_tuple()[1].is(term::kind::pid))
      all.push_back({x.as_tuple()[0], {x.as_tuple()[1].as_pid(), x.as_tuple()[2]}});
  table_.peer_has(id.node, all);
  peers_[id.node].synced = true;
  answer(answers_.told(id.node));
}

void global_keeper::tell_removed(const term& name, const pid& holder, const term& ref) {
  tell(term::tuple({tag_remove, self_->self(), ref, name, holder}));
}

void global_keeper::tell(const term& x) {
  auto connected = self_->home().nodes();
  for (auto& [name, to] : peers_)
    if (std::ranges::binary_search(connected, name))
      self_->send_with(connected_only, to.id, x);
}

void global_keeper::answer(const std::vector<pending_answers::ready>& all) {
  for (auto& [to, result] : all)
    server::reply(*self_, to, result);
}

// -- processes that are watched: holders, those with locks, those with a turn
void global_keeper::watch(const pid& x) {
  if (!watched_.contains(x))
    watched_[x] = self_->monitor(x);
}

void global_keeper::unwatch(const pid& x) {
  auto i = watched_.find(x);
  if (i == watched_.end() || table_.is_own_holder(x) || locks_.is_holder(x) || turns_.has_asked(x))
    return;
  self_->demonitor(i->second, true);
  watched_.erase(i);
}

void global_keeper::on_down(const reference& ref, const term& object) {
  if (ref == settler_watch_) {
    settler_ = {};
    settler_watch_ = {};
    settle_at_ = self_->core().time().now() + global_settle_pause;
    return;
  }
  auto* who = object.get_if<pid>();
  if (!who)
    return;
  if (auto i = peers_.find(who->node); i != peers_.end() && i->second.watch == ref)
    return lose(i);
  auto i = watched_.find(*who);
  if (i == watched_.end() || i->second != ref)
    return;
  watched_.erase(i);
  for (auto& name : table_.holder_gone(*who))
    tell_removed(name, *who, term{});
  locks_.gone(*who);
  end_turn(*who);
}

task<> run_global_server(process& self) {
  std::function<bool(const term&)> begins
    = [](const term& x) { return x.is_tagged(global_server_begin, 2); };
  auto named = self.receive_match(std::move(begins), global_begin_timeout);
  auto first = co_await std::move(named);
  if (!first || !first->as_tuple()[1].truthy())
    co_return;
  global_keeper state{self};
  state.begin();
  for (;;) {
    std::optional<term> x;
    auto now = self.core().time().now();
    state.tick(now);
    if (auto next = state.next(); next == clock::time_point::max()) {
      auto waiting = self.receive<term>();
      x = co_await std::move(waiting);
    } else {
      auto waiting = self.receive_for<term>(std::max(next - now, clock::duration::zero()));
      x = co_await std::move(waiting);
    }
    if (x)
      state.on_message(*x);
  }
}

} // namespace troupe::actors::internal
