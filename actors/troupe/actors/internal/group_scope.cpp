#include "troupe/actors/internal/group_scope.hpp"

#include "troupe/actors/internal/group_table.hpp"
#include "troupe/node.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace troupe::actors::internal {

namespace {

const atom tag_call{"$gen_call"};
const atom tag_cast{"$gen_cast"};
const atom tag_down{"DOWN"};
const atom word_ok{"ok"};
const atom word_false{"false"};
const atom word_not_joined{"not_joined"};
const atom word_join{"join"};
const atom word_leave{"leave"};
const atom word_monitor{"monitor"};
const atom word_demonitor{"demonitor"};
const atom word_discover{"discover"};
const atom word_sync{"sync"};
const atom word_nodeup{"nodeup"};

group_table::listing listing_of(const term& x) {
  group_table::listing result;
  for (auto& entry : x.to_vector().value_or(std::vector<term>{}))
    if (entry.is_tuple(2))
      if (auto who = pids_of(entry.as_tuple()[1]))
        result.emplace_back(entry.as_tuple()[0], std::move(*who));
  return result;
}

term groups_of(const group_table::listing& x) {
  std::vector<term> result;
  for (auto& [group, who] : x)
    result.push_back(group);
  return term::list(result);
}

// -- the process of a scope ---------------------------------------------------------------------

/// The state of one scope; confined to its process.
class server {
public:
  server(process& self, atom scope) : self_(&self), scope_(scope) {}

  /// Looks for the scope on the other nodes.
  void begin() {
    self_->home().monitor_nodes(self_->self(), {}, true); // before asking: none falls in between
    for (auto name : self_->home().nodes())
      discover(name);
  }

  void on_message(const term& x) {
    if (x.is_tagged(tag_call, 3) && x.as_tuple()[1].is_tuple(2))
      return on_call(x.as_tuple()[1].as_tuple(), x.as_tuple()[2]);
    if (x.is_tagged(tag_cast, 2) && x.as_tuple()[1].is_tagged(word_sync, 3))
      return on_sync(x.as_tuple()[1].as_tuple());
    if (x.is_tagged(word_discover, 2) && x.as_tuple()[1].is(term::kind::pid))
      return on_discover(x.as_tuple()[1].as_pid());
    if (x.is_tagged(word_join, 4) || x.is_tagged(word_leave, 4))
      return on_change(x.as_tuple());
    if (x.is_tagged(tag_down, 5) && x.as_tuple()[1].is(term::kind::reference))
      return on_down(x.as_tuple()[1].as_reference(), x.as_tuple()[3]);
    if (x.is_tagged(word_nodeup, 2) && x.as_tuple()[1].is(term::kind::atom))
      return discover(x.as_tuple()[1].as_atom());
  }

private:
  // -- calls of this node's processes
  void on_call(std::span<const term> from, const term& request) {
    if (from[0].is(term::kind::pid))
      self_->send(from[0].as_pid(), term::tuple({from[1], answer(from[0].as_pid(), request)}));
  }

  term answer(const pid& who, const term& request) {
    auto args = request.is(term::kind::tuple) ? request.as_tuple() : std::span<const term>{};
    if (request.is_tagged(atom{"join_local"}, 3))
      return join(args[1], args[2]);
    if (request.is_tagged(atom{"leave_local"}, 3))
      return leave(args[1], args[2]);
    if (request.is_tagged(atom{"get_members"}, 2))
      return list_of(table_.members(args[1]));
    if (request.is_tagged(atom{"get_local_members"}, 2))
      return list_of(table_.local_members(args[1]));
    if (request.is_atom(atom{"which_groups"}))
      return groups_of(table_.all());
    if (request.is_atom(atom{"which_local_groups"}))
      return groups_of(table_.all_local());
    if (request.is_tagged(word_monitor, 2)) {
      auto ref = self_->monitor(who); // its end ends the subscription
      subscriptions_.add_group(ref, who, args[1]);
      return term::tuple({ref, list_of(table_.members(args[1]))});
    }
    if (request.is_atom(word_monitor)) {
      auto ref = self_->monitor(who);
      subscriptions_.add_scope(ref, who);
      std::vector<term_pair> groups;
      for (auto& [group, members] : table_.all())
        groups.emplace_back(group, list_of(members));
      return term::tuple({ref, term::map(std::move(groups))});
    }
    if (request.is_tagged(word_demonitor, 2))
      return demonitor(args[1]);
    return atom{"badarg"};
  }

  term join(const term& group, const term& given) {
    auto who = pids_of(given).value_or(std::vector<pid>{});
    std::erase_if(who, [this](auto& x) { return !self_->core().is_local(x); });
    for (auto& x : who)
      if (!watched_members_.contains(x))
        watched_members_[x] = self_->monitor(x);
    publish(table_.join(group, who));
    return word_ok;
  }

  term leave(const term& group, const term& given) {
    auto who = pids_of(given).value_or(std::vector<pid>{});
    auto happened = table_.leave(group, who);
    for (auto& x : who)
      if (auto i = watched_members_.find(x);
          i != watched_members_.end() && !table_.is_local_member(x)) {
        self_->demonitor(i->second, true);
        watched_members_.erase(i);
      }
    term result = happened.empty() ? word_not_joined : word_ok;
    publish(std::move(happened));
    return result;
  }

  term demonitor(const term& ref) {
    if (!ref.is(term::kind::reference) || !subscriptions_.remove(ref.as_reference()))
      return word_false;
    self_->demonitor(ref.as_reference(), true);
    return word_ok;
  }

  // -- the scope on other nodes
  /// A message to a node that is gone would connect to it again.
  [[nodiscard]] bool is_connected(atom name) const {
    auto connected = self_->home().nodes(dist::node_class::connected);
    return std::ranges::binary_search(connected, name);
  }

  void discover(atom name) {
    if (is_connected(name))
      self_->send(scope_, name, term::tuple({word_discover, self_->self()}));
  }

  /// Makes a scope's process on another node a peer; false when it cannot be one.
  bool meet(const pid& peer) {
    if (peer.node == self_->self().node || !is_connected(peer.node))
      return false; // when its node is gone, `nodeup` brings us together later
    if (!table_.knows(peer)) {
      table_.add_peer(peer);
      watched_peers_[peer] = self_->monitor(peer);
    }
    return true;
  }

  void on_discover(const pid& peer) {
    auto known = table_.knows(peer);
    if (!meet(peer))
      return;
    std::vector<term> groups;
    for (auto& [group, who] : table_.all_local())
      groups.push_back(term::tuple({group, list_of(who)}));
    auto sync = term::tuple({word_sync, self_->self(), term::list(groups)});
    self_->send(peer, term::tuple({tag_cast, sync}));
    if (!known)
      self_->send(peer, term::tuple({word_discover, self_->self()}));
  }

  void on_sync(std::span<const term> args) {
    if (args[1].is(term::kind::pid) && meet(args[1].as_pid()))
      tell(table_.peer_has(args[1].as_pid(), listing_of(args[2])));
  }

  /// `{:join, peer, group, pids}` or `{:leave, peer, pids, groups}`. A peer that we do not know yet
  /// sends all of its groups later.
  void on_change(std::span<const term> args) {
    auto joins = args[0].is_atom(word_join);
    auto who = pids_of(joins ? args[3] : args[2]);
    if (!args[1].is(term::kind::pid) || !who)
      return;
    if (joins)
      return tell(table_.peer_joined(args[1].as_pid(), args[2], *who));
    if (auto groups = args[3].to_vector())
      tell(table_.peer_left(args[1].as_pid(), *who, *groups));
  }

  // -- ends
  void on_down(const reference& ref, const term& object) {
    if (subscriptions_.remove(ref) || !object.is(term::kind::pid))
      return;
    auto& who = object.as_pid();
    if (take(watched_members_, who, ref))
      publish_end(who, table_.gone(who));
    else if (take(watched_peers_, who, ref))
      tell(table_.peer_gone(who));
  }

  static bool take(std::map<pid, reference>& from, const pid& who, const reference& ref) {
    auto i = from.find(who);
    if (i == from.end() || i->second != ref)
      return false;
    from.erase(i);
    return true;
  }

  // -- telling of it
  /// Changes of this node: to its subscribers and to all peers.
  void publish(group_table::events happened) {
    for (auto& x : happened) {
      auto who = list_of(x.who);
      broadcast(x.type == group_table::event::kind::join
                  ? term::tuple({word_join, self_->self(), x.group, who})
                  : term::tuple({word_leave, self_->self(), who, term::list({x.group})}));
    }
    tell(happened);
  }

  void publish_end(const pid& who, const group_table::events& happened) {
    std::vector<term> groups;
    for (auto& x : happened)
      groups.push_back(x.group);
    broadcast(
      term::tuple({word_leave, self_->self(), term::list({term{who}}), term::list(groups)}));
    tell(happened);
  }

  void broadcast(const term& x) {
    auto connected = self_->home().nodes(dist::node_class::connected);
    for (auto& peer : table_.peers())
      if (std::ranges::binary_search(connected, peer.node))
        self_->send(peer, x);
  }

  void tell(const group_table::events& happened) {
    for (auto& x : happened) {
      auto what = x.type == group_table::event::kind::join ? word_join : word_leave;
      auto who = list_of(x.who);
      for (auto& to : subscriptions_.of(x.group))
        self_->send(to.who, term::tuple({to.ref, what, x.group, who}));
    }
  }

  process* self_;
  atom scope_;
  group_table table_;
  group_subscriptions subscriptions_;
  std::map<pid, reference> watched_members_; // One per local member.
  std::map<pid, reference> watched_peers_;   // One per peer of the table.
};

} // namespace

task<> run_group_scope(process& self, atom scope) {
  std::function<bool(const term&)> begins
    = [](const term& x) { return x.is_tagged(group_scope_begin, 2); };
  auto named = self.receive_match(std::move(begins), group_scope_begin_timeout);
  auto first = co_await std::move(named);
  if (!first || !first->as_tuple()[1].truthy())
    co_return;
  server state{self, scope};
  state.begin();
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    state.on_message(x);
  }
}

term list_of(const std::vector<pid>& xs) {
  std::vector<term> result(xs.begin(), xs.end());
  return term::list(result);
}

std::optional<std::vector<pid>> pids_of(const term& x) {
  if (auto* one = x.get_if<pid>())
    return std::vector{*one};
  auto list = x.to_vector();
  if (!list || !std::ranges::all_of(*list, [](auto& y) { return y.is(term::kind::pid); }))
    return std::nullopt;
  std::vector<pid> result;
  for (auto& y : *list)
    result.push_back(y.as_pid());
  return result;
}

} // namespace troupe::actors::internal
