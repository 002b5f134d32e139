#include "troupe/actors/internal/global_server.hpp"

#include "troupe/actors/internal/global_partitions.hpp"
#include "troupe/actors/internal/global_settler.hpp"
#include "troupe/actors/internal/global_table.hpp"
#include "troupe/actors/internal/lock_table.hpp"
#include "troupe/actors/internal/name_turns.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/node.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace troupe::actors::internal {

namespace {

const atom tag_call{"$gen_call"};
const atom tag_down{"DOWN"};
const atom tag_nodeup{"nodeup"};
const atom tag_nodedown{"nodedown"};
const atom tag_discover{"discover"};
const atom tag_apart{"apart"};
const atom tag_sync{"sync"};
const atom tag_add{"add"};
const atom tag_remove{"remove"};
const atom tag_done{"done"};
const atom tag_end_turn{"end_turn"};
const atom tag_reserve{"reserve"};
const atom word_ok{"ok"};
const atom word_yes{"yes"};
const atom word_no{"no"};
const atom word_granted{"granted"};
const atom word_busy{"busy"};
const atom word_taken{"taken"};
const atom word_undefined{"undefined"};

using server::caller;

/// The state of a node's names; confined to its process.
class keeper_of_names {
public:
  explicit keeper_of_names(process& self)
    : self_(&self), partitions_(self), table_(self.self().node) {}

  /// Looks for the other nodes.
  void begin() {
    dist::node_monitor::options how;
    how.shape = dist::node_monitor::options::form::list;
    how.reason = true;
    self_->home().monitor_nodes(self_->self(), how, true); // before asking: none falls in between
    for (auto name : self_->home().nodes())
      discover(name);
  }

  void on_message(const term& x) {
    if (x.is_tagged(tag_call, 3)) {
      if (auto from = caller::from_term(x.as_tuple()[1]))
        on_call(*from, x.as_tuple()[2]);
    } else if (x.is_tagged(tag_down, 5) && x.as_tuple()[1].is(term::kind::reference)) {
      on_down(x.as_tuple()[1].as_reference(), x.as_tuple()[3]);
    } else if (x.is_tagged(tag_nodeup, 3) && x.as_tuple()[1].is(term::kind::atom)) {
      discover(x.as_tuple()[1].as_atom());
    } else if (x.is_tagged(tag_nodedown, 3) && x.as_tuple()[1].is(term::kind::atom)) {
      on_node_down(x.as_tuple()[1].as_atom(), x.as_tuple()[2]);
    } else if (!partitions_.on_message(x)) {
      on_peer_message(x);
    }
  }

  void tick(clock::time_point now) {
    partitions_.tick(now);
    if (!settler_ && table_.has_clash() && now >= settle_at_) {
      settler_ = self_->spawn(run_global_settler);
      settler_watch_ = self_->monitor(settler_);
    }
  }

  [[nodiscard]] clock::time_point next() const {
    auto result = partitions_.next();
    if (!settler_ && table_.has_clash())
      result = std::min(result, settle_at_);
    return result;
  }

private:
  struct peer {
    pid id;
    reference watch;
    bool synced = false;
  };
  /// A call that is answered when all of `nodes` have done their part.
  struct waiting_call {
    caller from;
    term answer;
    std::set<atom> nodes;
  };

  // -- peers
  [[nodiscard]] bool is_connected(atom name) const {
    auto connected = self_->home().nodes();
    return std::ranges::binary_search(connected, name);
  }

  void discover(atom name) {
    apart_.erase(name);
    if (partitions_.takes_part() && is_connected(name))
      self_->send(global_server_name, name, term::tuple({tag_discover, self_->self()}));
  }

  /// Makes the process of another node a peer; false when it cannot be one.
  bool meet(const pid& id) {
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

  void lose(std::map<atom, peer>::iterator i) {
    auto [name, x] = *i;
    self_->demonitor(x.watch, true);
    peers_.erase(i);
    table_.peer_gone(name);
    part_done(name);
  }

  void on_node_down(atom name, const term& info) {
    term reason;
    for (auto& x : info.to_vector().value_or(std::vector<term>{}))
      if (x.is_tagged(atom{"nodedown_reason"}, 2))
        reason = x.as_tuple()[1];
    if (auto i = peers_.find(name); i != peers_.end())
      lose(i);
    apart_.erase(name);
    part_done(name);
    partitions_.node_down(name, reason);
  }

  void on_discover(const pid& id) {
    if (!partitions_.takes_part() && is_connected(id.node))
      return self_->send(global_server_name, id.node,
                         term::tuple({tag_apart, self_->self().node}));
    auto i = peers_.find(id.node);
    auto known = i != peers_.end() && i->second.id == id;
    if (!meet(id))
      return;
    std::vector<term> entries;
    for (auto& [name, claim] : table_.own())
      entries.push_back(term::tuple({name, claim.holder, claim.method}));
    self_->send(id, term::tuple({tag_sync, self_->self(), term::list(entries)}));
    if (!known)
      self_->send(id, term::tuple({tag_discover, self_->self()}));
  }

  void on_peer_message(const term& x) {
    if (!x.is(term::kind::tuple) || x.as_tuple().size() < 2)
      return;
    auto args = x.as_tuple();
    if (x.is_tagged(tag_apart, 2) && args[1].is(term::kind::atom) && apart_.size() < 4096) {
      apart_.insert(args[1].as_atom());
      part_done(args[1].as_atom());
    } else if (x.is_tagged(tag_done, 3) && args[1].is(term::kind::reference)
               && args[2].is(term::kind::atom)) {
      if (auto i = calls_.find(args[1].as_reference()); i != calls_.end())
        part_done(i, args[2].as_atom());
    } else if (x.is_tagged(tag_end_turn, 2) && args[1].is(term::kind::pid)) {
      end_turn(args[1].as_pid()); // as the call of that name, when nobody waits for the answer
    } else if (args[1].is(term::kind::pid)) {
      on_word_of(args[1].as_pid(), x);
    }
  }

  void on_word_of(const pid& id, const term& x) {
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
    if (args.size() > 2 && args[2].is(term::kind::reference) && is_connected(id.node))
      self_->send(id, term::tuple({tag_done, args[2], self_->self().node}));
  }

  void on_sync(const pid& id, const term& entries) {
    if (!meet(id))
      return;
    global_table::listing all;
    for (auto& x : entries.to_vector().value_or(std::vector<term>{}))
      if (x.is_tuple(3) && x.as_tuple()[1].is(term::kind::pid))
        all.push_back({x.as_tuple()[0], {x.as_tuple()[1].as_pid(), x.as_tuple()[2]}});
    table_.peer_has(id.node, all);
    peers_[id.node].synced = true;
    part_done(id.node, true);
  }

  // -- calls
  void on_call(const caller& from, const term& request) {
    auto args = request.is(term::kind::tuple) ? request.as_tuple() : std::span<const term>{};
    if (request.is_tagged(tag_reserve, 4))
      return reserve(from, args);
    if (request.is_tagged(atom{"commit"}, 5) && args[2].is(term::kind::pid))
      return commit(from, args);
    if (request.is_tagged(atom{"drop"}, 3))
      return drop(from, args[1], args[2]);
    if (request.is_tagged(atom{"sync"}, 2))
      return sync(from, args[1]);
    server::reply(*self_, from, answer(from.id(), request, args));
  }

  term answer(const pid& from, const term& request, std::span<const term> args) {
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
    if (request.is_tagged(atom{"clash"}, 2)) {
      auto x = table_.clash_of(args[1]);
      return x ? term::tuple({x->own.holder, x->own.method, x->other.holder, x->other_owner})
               : term{word_undefined};
    }
    if (request.is_atom(atom{"disconnect"})) {
      auto left = partitions_.leave();
      return term::list(std::vector<term>(left.begin(), left.end()));
    }
    return atom{"badarg"};
  }

  term known() const {
    std::vector<term> result{self_->self().node};
    for (auto& [name, x] : peers_)
      result.emplace_back(name);
    return term::list(result);
  }

  /// A holder of this node that ended counts no more, although its DOWN has not come yet.
  std::optional<pid> holder_of(const term& name) const {
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
  void reserve(const caller& from, std::span<const term> args) {
    auto got = turns_.ask(args[1], from.id(), args[2].truthy());
    if (got == name_turns::answer::busy)
      return server::reply(*self_, from, word_busy);
    watch(from.id());
    askers_[from.id()] = {from, args[1], args[3].truthy()};
    if (got == name_turns::answer::granted)
      grant(from.id());
  }

  void grant(const pid& to) {
    auto& x = askers_.at(to);
    auto taken = x.wants_free && holder_of(x.name);
    server::reply(*self_, x.from, taken ? word_taken : word_granted);
  }

  void end_turn(const pid& who) {
    auto next = turns_.end(who);
    askers_.erase(who);
    unwatch(who);
    if (next)
      grant(next->second);
  }

  /// `{:commit, name, pid, method, replace}` (G-01, G-05, G-06).
  void commit(const caller& from, std::span<const term> args) {
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
  void drop(const caller& from, const term& name, const term& holder) {
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
  void replaced(atom owner, const term& name) {
    if (auto own = table_.replaced_by(owner, name)) {
      unwatch(*own);
      tell_removed(name, *own, term{});
    }
  }

  void tell_removed(const term& name, const pid& holder, const term& ref) {
    tell(term::tuple({tag_remove, self_->self(), ref, name, holder}));
  }

  void tell(const term& x) {
    auto connected = self_->home().nodes();
    for (auto& [name, to] : peers_)
      if (std::ranges::binary_search(connected, name))
        self_->send(to.id, x);
  }

  // -- calls that wait for other nodes
  void wait_for_peers(const caller& from, const reference& ref, const term& answer) {
    waiting_call x{from, answer, {}};
    for (auto& [name, to] : peers_)
      x.nodes.insert(name);
    wait_for(ref, std::move(x));
  }

  void wait_for(const reference& ref, waiting_call x) {
    if (x.nodes.empty() || calls_.size() >= global_pending_max)
      server::reply(*self_, x.from, x.answer);
    else
      calls_.emplace(ref, std::move(x));
  }

  using call_place = std::map<reference, waiting_call>::iterator;
  call_place part_done(call_place i, atom name) {
    i->second.nodes.erase(name);
    if (!i->second.nodes.empty())
      return std::next(i);
    server::reply(*self_, i->second.from, i->second.answer);
    syncs_.erase(i->first);
    return calls_.erase(i);
  }

  /// The node is gone, or has told all its names.
  void part_done(atom name, bool syncs_only = false) {
    for (auto i = calls_.begin(); i != calls_.end();)
      i = syncs_only && !syncs_.contains(i->first) ? std::next(i) : part_done(i, name);
  }

  void sync(const caller& from, const term& nodes) {
    auto ref = self_->core().make_reference();
    waiting_call x{from, word_ok, {}};
    auto connected = self_->home().nodes();
    for (auto& y : nodes.to_vector().value_or(std::vector<term>{}))
      if (auto* name = y.get_if<atom>(); name && std::ranges::binary_search(connected, *name)) {
        auto i = peers_.find(*name);
        auto is_synced = i != peers_.end() && i->second.synced;
        if (!is_synced && !apart_.contains(*name) && partitions_.takes_part())
          x.nodes.insert(*name);
      }
    if (!x.nodes.empty())
      syncs_.insert(ref);
    wait_for(ref, std::move(x));
  }

  // -- processes that are watched: holders, those with locks, those with a turn
  void watch(const pid& x) {
    if (!watched_.contains(x))
      watched_[x] = self_->monitor(x);
  }

  void unwatch(const pid& x) {
    auto i = watched_.find(x);
    if (i == watched_.end() || table_.is_own_holder(x) || locks_.is_holder(x)
        || turns_.has_asked(x))
      return;
    self_->demonitor(i->second, true);
    watched_.erase(i);
  }

  void on_down(const reference& ref, const term& object) {
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

  struct asker {
    caller from;
    term name;
    bool wants_free = false;
  };

  process* self_;
  global_partitions partitions_;
  global_table table_;
  lock_table locks_;
  name_turns turns_;
  std::map<pid, asker> askers_; // As many as in turns_.
  std::map<atom, peer> peers_;
  std::set<atom> apart_; // Connected nodes that share no names.
  std::map<pid, reference> watched_;
  std::map<reference, waiting_call> calls_; // Bounded by global_pending_max.
  std::set<reference> syncs_;               // Those of `calls_` that wait for all names.
  pid settler_;
  reference settler_watch_;
  clock::time_point settle_at_{};
};

} // namespace

task<> run_global_server(process& self) {
  std::function<bool(const term&)> begins
    = [](const term& x) { return x.is_tagged(global_server_begin, 2); };
  auto named = self.receive_match(std::move(begins), global_begin_timeout);
  auto first = co_await std::move(named);
  if (!first || !first->as_tuple()[1].truthy())
    co_return;
  keeper_of_names state{self};
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
