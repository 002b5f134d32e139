// What net_kernel does with signals that come from a peer.

#include "troupe/dist/net_kernel.hpp"

#include "troupe/process.hpp"

namespace troupe::dist {

using kind = signal::kind;

/// A peer speaks for its own processes only.
bool net_kernel::may_come_from(const connection& from, const signal& x) const {
  auto ours = x.type == kind::send_alias ? x.ref.node == self_ : x.to.id == 0 || x.to.node == self_;
  auto theirs = !x.from || x.from.node == from.peer_name();
  // Messages may be passed on for others, as CAF's requests are when they are delegated; a group
  // leader may live anywhere.
  return ours && (theirs || x.type == kind::send || x.type == kind::group_leader);
}

/// Signals of one peer often follow each other.
peer& net_kernel::sender_of(const connection& from) {
  if (!last_sender_ || last_sender_->name() != from.peer_name())
    last_sender_ = peer_of(from.peer_name());
  return *last_sender_;
}

void net_kernel::on_signal(const std::shared_ptr<connection>& from, signal&& x) {
  if (!may_come_from(*from, x))
    return from->close(errc::protocol_violation);
  if (x.to.node == atom{})
    x.to.node = self_;
  auto& p = sender_of(*from);
  switch (x.type) {
    case kind::spawn: return on_spawn(from, p, std::move(x));
    case kind::nodes: return on_nodes(x.value);
    case kind::pong: return on_pong(x.ref, true);
    case kind::ping: {
      if (!x.ref)
        return; // a probe
      signal pong;
      pong.type = kind::pong;
      pong.ref = x.ref;
      return from->send(pong);
    }
    case kind::monitor:
      if (x.to.id == 0) { // by name: sticks to who holds it now (rule M-12)
        x.to = pid{self_, core_->creation(), 0};
        auto who = core_->names().whereis(x.name);
        if (!who)
          return core_->no_such_process(std::move(x));
        x.to = *who;
      }
      break;
    default: break;
  }
  p.note_arrival(x);
  core_->route(std::move(x));
}

void net_kernel::on_spawn(const std::shared_ptr<connection>& from, peer& p, signal x) {
  auto& asked = *x.spawn;
  signal reply;
  reply.type = kind::spawn_reply;
  reply.to = x.from;
  reply.ref = x.ref;
  if (asked.what.same_build && from->peer().build_id != opts_.setup.self.build_id) {
    reply.value = atom{"other_build"}; // a lambda means nothing in another program
    return from->send(reply);
  }
  if (!may_spawn(x)) {
    reply.value = atom{"notsup"};
    return from->send(reply);
  }
  internal::node_core::start_options start;
  start.group_leader = asked.group_leader;
  start.parent = x.from;
  start.link = asked.link ? x.from : pid{};
  start.watcher = asked.monitor ? x.from : pid{};
  start.monitor = x.ref;
  start.priority = asked.priority;
  auto child = core_->make_process(std::move(asked.what), start);
  reply.value = core_->make_pid(child->id());
  if (asked.link || asked.monitor)
    p.note_child(x, reply.value.as_pid());
  from->send(reply); // before any signal of the child (rule SP-07)
  core_->launch(child);
}

// -- the mesh -----------------------------------------------------------------------------------

void net_kernel::tell_known_nodes(connection& to) {
  std::vector<term> names;
  {
    std::lock_guard guard{mutex_};
    for (auto name : table_.visible())
      if (name != to.peer_name())
        names.emplace_back(name);
  }
  if (names.empty())
    return;
  signal x;
  x.type = kind::nodes;
  x.value = term::list(names);
  to.send(x);
}

void net_kernel::on_nodes(const term& names) {
  if (opts_.setup.self.hidden || !opts_.connect_all)
    return;
  static const atom joining{"joining"};
  static const atom joined{"joined"};
  static const atom unreachable{"extra_nodedown"};
  auto* i = &names;
  for (size_t n = 0; i->is(term::kind::cons) && n < limits::connections_max; i = &i->tail(), ++n)
    if (auto* name = i->head().get_if<atom>(); name && *name != self_) {
      tell_keeper(joining, *name);
      reach(*name, [this, name = *name](bool connected) {
        tell_keeper(connected ? joined : unreachable, name);
      });
    }
}

/// The process that keeps the mesh whole has to know which nodes of it are not to be had (rule
/// MESH-09), and for whose names it has to wait (rule G-02).
void net_kernel::tell_keeper(atom tag, atom name) {
  static const atom keeper{"global_name_server"};
  if (auto to = core_->names().whereis(keeper))
    notify({{*to, term::tuple({tag, name})}});
}

} // namespace troupe::dist
