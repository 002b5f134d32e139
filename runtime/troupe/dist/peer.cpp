#include "troupe/dist/peer.hpp"

#include "troupe/dist/connection.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/limits.hpp"

#include <map>
#include <utility>

namespace troupe::dist {

using kind = signal::kind;

peer::outcome peer::send(signal& x, const send_options& how, bool may_dial) {
  std::lock_guard guard{mutex_};
  if (connection_) {
    if (how.nosuspend && connection_->is_busy())
      return outcome::busy;
    note_departure(x);
    connection_->send(x);
    return outcome::sent;
  }
  if (how.noconnect && !dialling_)
    return outcome::unconnected;
  if (held_.size() >= limits::pending_signals_max || (!may_dial && !dialling_))
    return outcome::refused;
  held_.push_back(std::move(x));
  dial_.grew(held_.size());
  return std::exchange(dialling_, true) ? outcome::held : outcome::must_dial;
}

peer::outcome peer::wait_for_connection(waiter done, bool may_dial) {
  {
    std::lock_guard guard{mutex_};
    if (!connection_ && waiters_.size() < limits::pending_signals_max && (may_dial || dialling_)) {
      waiters_.push_back(std::move(done));
      return std::exchange(dialling_, true) ? outcome::held : outcome::must_dial;
    }
  }
  auto connected = current() != nullptr;
  done(connected);
  return connected ? outcome::sent : outcome::refused;
}

std::vector<peer::waiter> peer::up(std::shared_ptr<connection> x) {
  std::lock_guard guard{mutex_};
  connection_ = std::move(x);
  dialling_ = false;
  for (auto& s : held_) {
    note_departure(s);
    connection_->send(s);
  }
  held_.clear();
  return std::exchange(waiters_, {});
}

peer::leftovers peer::dial_failed() {
  std::lock_guard guard{mutex_};
  if (connection_) // the other side's dial came through meanwhile
    return {};
  dialling_ = false;
  return {std::exchange(held_, {}), std::exchange(waiters_, {})};
}

bool peer::hold(const held_sender& x) {
  std::lock_guard guard{mutex_};
  return connection_ ? connection_->hold(x) : dial_.hold(x);
}

void peer::let_go(const reference& ref) {
  std::lock_guard guard{mutex_};
  dial_.forget(ref);
  if (connection_)
    connection_->let_go(ref);
}

std::vector<held_sender> peer::dial_ended() {
  std::lock_guard guard{mutex_};
  return dialling_ ? std::vector<held_sender>{} : dial_.end();
}

std::vector<signal> peer::lost() {
  std::lock_guard guard{mutex_};
  connection_ = nullptr;
  std::vector<signal> result;
  auto tell
    = [&](kind type, const pid& from, const pid& to, const reference& ref, atom name, term value) {
        signal x;
        x.type = type;
        x.from = from;
        x.to = to;
        x.ref = ref;
        x.name = name;
        x.value = std::move(value);
        result.push_back(std::move(x));
      };
  for (auto& [local, remote] : links_.take_all())
    tell(kind::exit_linked, remote, local, {}, {}, exit_reason::noconnection);
  for (auto& [between, number] : links_.take_unlinks()) { // else a later link would not count
    tell(kind::unlink_ack, between.second, between.first, {}, {}, {});
    result.back().number = number;
  }
  for (auto& m : monitors_.take_all()) {
    if (m.outgoing)
      tell(kind::down, m.remote, m.local, m.ref, m.name, exit_reason::noconnection);
    else
      tell(kind::demonitor, m.remote, m.local, m.ref, {}, {});
  }
  auto unanswered = std::exchange(spawns_, {});
  std::map<reference, pid> in_order; // of the requests
  for (auto& [ref, spawn] : unanswered)
    in_order.emplace(ref, spawn.from);
  for (auto& [ref, from] : in_order)
    tell(kind::spawn_reply, {}, from, ref, {}, exit_reason::noconnection);
  return result;
}

void peer::note_departure(const signal& x) {
  switch (x.type) {
    case kind::link: links_.add(x.from, x.to); break;
    case kind::unlink: links_.unlink(x.from, x.to, x.number); break;
    case kind::exit_linked: links_.remove(x.from, x.to); break;
    case kind::monitor: monitors_.add({x.ref, x.from, x.to.id ? x.to : pid{}, x.name, true}); break;
    case kind::demonitor:
    case kind::down: monitors_.remove(x.ref); break;
    case kind::spawn: spawns_[x.ref] = {x.from, x.spawn->link, x.spawn->monitor}; break;
    default: break;
  }
}

void peer::note_arrival(signal& x) {
  std::lock_guard guard{mutex_};
  switch (x.type) {
    case kind::link: links_.add_from_peer(x.to, x.from); break;
    case kind::unlink_ack: links_.acknowledge(x.to, x.from, x.number); break;
    case kind::unlink:
    case kind::exit_linked: links_.remove(x.to, x.from); break;
    case kind::monitor: monitors_.add({x.ref, x.to, x.from, {}, false}); break;
    case kind::demonitor:
      if (auto m = monitors_.remove(x.ref))
        x.to = m->local;
      break;
    case kind::down: monitors_.remove(x.ref); break;
    case kind::spawn_reply: {
      auto asked = spawns_.extract(x.ref);
      if (!asked || !x.value.is(term::kind::pid))
        break;
      x.to = asked.mapped().from;
      x.number = asked.mapped().link ? 1 : 0;
      if (asked.mapped().link)
        links_.add(x.to, x.value.as_pid());
      if (asked.mapped().monitor)
        monitors_.add({x.ref, x.to, x.value.as_pid(), {}, true});
      break;
    }
    default: break;
  }
}

void peer::note_child(const signal& request, const pid& child) {
  std::lock_guard guard{mutex_};
  if (request.spawn->link)
    links_.add(child, request.from);
  if (request.spawn->monitor)
    monitors_.add({request.ref, child, request.from, {}, false});
}

void peer::forget_spawn(const reference& ref) {
  std::lock_guard guard{mutex_};
  spawns_.erase(ref);
}

std::shared_ptr<connection> peer::current() const {
  std::lock_guard guard{mutex_};
  return connection_;
}

peer::counts peer::snapshot() const {
  std::lock_guard guard{mutex_};
  return {links_.size(), monitors_.size(), spawns_.size(), held_.size(),
          dial_.size() + (connection_ ? connection_->held_senders() : 0)};
}

} // namespace troupe::dist
