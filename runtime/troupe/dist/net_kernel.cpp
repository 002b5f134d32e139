#include "troupe/dist/net_kernel.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/limits.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::dist {

using kind = signal::kind;

namespace {

/// What ends a link or a monitor of a node that is not connected has nothing left to end: it does
/// not connect the node, as in Erlang.
bool ends_something(kind x) {
  return x == kind::unlink || x == kind::unlink_ack || x == kind::exit_linked
         || x == kind::demonitor || x == kind::down;
}

} // namespace

net_kernel::net_kernel(internal::node_core& core, transport& wires, resolver& names, clock& time,
                       options opts)
  : core_(&core), wires_(&wires), names_(&names), time_(&time), opts_(std::move(opts)),
    self_(core.name()), table_(core.name()), cookies_({opts_.cookie, opts_.setup.keys}),
    ticktime_(std::chrono::ceil<ticktime_change::duration>(opts_.setup.ticktime)),
    auto_(opts_.dialling) {}

net_kernel::~net_kernel() = default;

result<endpoint> net_kernel::listen(const endpoint& at) {
  return wires_->listen(at, [this](std::unique_ptr<stream> wire) { accept(std::move(wire)); });
}

std::shared_ptr<peer> net_kernel::peer_of(atom name) {
  std::lock_guard guard{mutex_};
  auto& p = peers_[name];
  if (!p)
    p = std::make_shared<peer>(name);
  return p;
}

// -- signal_carrier -----------------------------------------------------------------------------

void net_kernel::carry(signal&& x) {
  send_options how;
  how.noconnect = ends_something(x.type);
  if (dispatch(x, how) == send_result::noconnect)
    core_->unreachable(std::move(x));
}

send_result net_kernel::carry_if(signal x, const send_options& how) {
  return dispatch(x, how);
}

send_result net_kernel::dispatch(signal& x, const send_options& how) {
  auto name = x.to.node;
  auto outcome = peer_of(name)->send(x, how, may_dial(name));
  switch (outcome) {
    case peer::outcome::must_dial: start_dial(name); break;
    case peer::outcome::refused: core_->unreachable(std::move(x)); break;
    case peer::outcome::unconnected: return send_result::noconnect;
    case peer::outcome::busy: return send_result::nosuspend;
    case peer::outcome::sent:
    case peer::outcome::held: break;
  }
  return send_result::ok;
}

void net_kernel::connect(atom name, std::function<void(bool)> done) {
  if (name == self_)
    return done(true);
  if (peer_of(name)->wait_for_connection(std::move(done)) == peer::outcome::must_dial)
    start_dial(name);
}

void net_kernel::ping(atom name, std::function<void(bool)> done) {
  if (name == self_)
    return done(true);
  reach(name, [this, name, done = std::move(done)](bool connected) {
    if (!connected)
      return done(false);
    signal x;
    x.type = kind::ping;
    x.to.node = name;
    x.ref = core_->make_reference();
    auto ref = x.ref;
    {
      std::lock_guard guard{mutex_};
      pings_.emplace(ref, done);
    }
    time_->after(limits::handshake_timeout, [this, ref] { on_pong(ref, false); });
    // Not under the peer's mutex, which the caller of this function may hold.
    time_->post([this, x = std::make_shared<signal>(std::move(x))] { carry(std::move(*x)); });
  });
}

void net_kernel::on_pong(const reference& ref, bool ok) {
  std::function<void(bool)> done;
  {
    std::lock_guard guard{mutex_};
    auto i = pings_.find(ref);
    if (i == pings_.end())
      return;
    done = std::move(i->second);
    pings_.erase(i);
  }
  done(ok);
}

void net_kernel::disconnect(atom name, std::function<void(bool)> done) {
  time_->post([this, name, done = std::move(done)] {
    std::shared_ptr<connection> current;
    {
      std::lock_guard guard{mutex_};
      if (auto* entry = table_.find(name)) {
        current = connections_[entry->id];
        ended_by_us_[entry->id] = errc::disconnected;
      }
    }
    if (!current)
      return done(false);
    current->close(errc::disconnected);
    time_->post([done] { done(true); }); // behind the close: the node is gone when the caller hears
  });
}

// -- connections --------------------------------------------------------------------------------

void net_kernel::accept(std::unique_ptr<stream> wire) {
  {
    // As many again may be on their way out.
    std::lock_guard guard{mutex_};
    if (stopping_
        || connections_.size() >= table_.size() + 2 * limits::unauthenticated_connections_max)
      return; // dropping the stream closes it
  }
  if (strangers_.size() >= limits::unauthenticated_connections_max) {
    // The one that has been silent for longest goes: an honest peer needs milliseconds.
    auto oldest = strangers_.extract(strangers_.begin());
    if (auto x = oldest.mapped().lock())
      x->close(errc::overload);
  }
  adopt(std::move(wire), session::role::accepting, {});
}

uint64_t net_kernel::adopt(std::unique_ptr<stream> wire, session::role role,
                           const std::string& expected, std::function<void(dial_outcome)> unnamed,
                           bool hidden) {
  connection::options opts{role, setup(hidden), expected, ++last_id_};
  auto x = std::make_shared<connection>(std::move(wire), opts, *this, *core_, *time_);
  {
    std::lock_guard guard{mutex_};
    connections_.emplace(opts.id, x);
  }
  if (role == session::role::accepting)
    strangers_.emplace(opts.id, x);
  if (unnamed)
    unnamed_.emplace(opts.id, std::move(unnamed));
  x->start();
  return opts.id;
}

errc net_kernel::on_authenticated(connection& from, const peer_identity& who) {
  connection_table::verdict verdict;
  std::shared_ptr<connection> replaced, probed;
  if (!is_allowed(from.peer_name()))
    return errc::not_allowed;
  {
    std::lock_guard guard{mutex_};
    if (stopping_)
      return errc::shutting_down;
    verdict
      = table_.decide({from.peer_name(), who.creation, from.hidden(), from.dialled(), from.id()});
    if (verdict.replaced) {
      replaced = connections_[*verdict.replaced];
      ended_by_us_[*verdict.replaced] = errc::replaced;
    }
    if (verdict.probed)
      probed = connections_[*verdict.probed];
  }
  if (replaced)
    replaced->close(errc::replaced);
  if (probed)
    time_->post([probed] { probed->probe(); });
  return verdict.refusal;
}

void net_kernel::on_up(const std::shared_ptr<connection>& from) {
  strangers_.erase(from->id());
  auto name = from->peer_name();
  auto current = [&] { // under the mutex
    auto* entry = table_.find(name);
    return entry && entry->id == from->id() ? entry : nullptr;
  };
  auto p = peer_of(name);
  {
    std::lock_guard guard{mutex_};
    if (!current())
      return;
  }
  if (auto earlier = p->current(); earlier && earlier != from)
    lose(earlier, errc::replaced); // its end is told first, although it is not closed yet
  auto hidden = false;
  std::vector<node_monitor::notice> notices;
  {
    std::lock_guard guard{mutex_};
    auto* entry = current();
    if (!entry)
      return;
    hidden = entry->hidden;
    notices = events_.node_up(name, hidden, from->id());
    table_.dial_ended(name);
    auto_.connected(name);
    failures_.erase(name);
  }
  dials_.erase(name);
  notify(notices); // before anything that came through the connection (rule NM-15)
  if (!hidden && opts_.connect_all)
    tell_known_nodes(*from); // before all that is sent: who hears of this node knows of its mesh
  if (auto waits = unnamed_.extract(from->id()))
    waits.mapped()({name, {}});
  for (auto& done : p->up(from))
    done(true);
  on_room(p->dial_ended());
}

/// Tells everybody that a connection which was up is gone, once.
void net_kernel::lose(const std::shared_ptr<connection>& from, errc why) {
  auto name = from->peer_name();
  auto p = peer_of(name);
  if (p->current() != from)
    return;
  for (auto& x : p->lost())
    core_->deliver(std::move(x));
  std::vector<node_monitor::notice> all, once;
  {
    std::lock_guard guard{mutex_};
    all = events_.node_down(name, from->hidden(), why, from->id());
    auto_.lost(name);
    once = events_.take_watchers(name);
  }
  notify(once);
  notify(all); // after everything that came through the connection (rule NM-17)
}

void net_kernel::on_down(const std::shared_ptr<connection>& from, errc why,
                         const std::string& detail) {
  auto name = from->peer_name();
  auto was_up = false;
  std::function<void()> stopped;
  strangers_.erase(from->id());
  if (auto waits = unnamed_.extract(from->id()))
    waits.mapped()({name, {why, detail}});
  {
    std::lock_guard guard{mutex_};
    connections_.erase(from->id());
    if (auto i = ended_by_us_.find(from->id()); i != ended_by_us_.end()) {
      why = i->second;
      ended_by_us_.erase(i);
    } else if (why == errc::shutting_down) {
      why = errc::connection_closed; // that the peer stops is its own affair (rule NM-02e)
    }
    was_up = table_.remove(name, from->id());
    if (stopping_ && connections_.empty())
      stopped.swap(stopped_);
  }
  if (was_up || why == errc::replaced) {
    if (why == errc::tick_timeout)
      core_->log("error", "** Node " + inspect_atom(name)
                            + " not responding **\n** Removing (timedout) connection **");
    lose(from, why);
  } else {
    session_failed(*from, why, detail);
  }
  if (stopped)
    stopped();
}

void net_kernel::session_failed(const connection& from, errc why, const std::string& detail) {
  if (from.dialled()) {
    if (!from.expected().empty())
      dial_lost(atom{from.expected()}, from, why, detail);
    return;
  }
  auto who = from.peer_name() == atom{} ? to_string(from.remote()) : inspect_atom(from.peer_name());
  if (why == errc::cookie_mismatch)
    log_stranger("** Connection attempt from node " + who + " (" + detail
                 + ") rejected. Invalid challenge reply. **");
  else if (why == errc::not_allowed)
    log_stranger("** Connection attempt from disallowed node "
                 + std::string{from.peer_name().text()} + " **");
  else if (why != errc::connection_closed && why != errc::duplicate_connection
           && why != errc::shutting_down)
    log_stranger("** Connection attempt from " + who + " rejected: " + to_string(error{why, detail})
                 + " **");
}

void net_kernel::log_stranger(const std::string& text) {
  auto answer = limiter_.ask(time_->now());
  if (!answer.allowed)
    return;
  if (answer.left_out > 0)
    core_->log("warning",
               std::to_string(answer.left_out) + " lines about rejected connections were left out");
  core_->log("error", text);
}

void net_kernel::on_unsendable(const signal& x, const error& why) {
  core_->log("error", "** " + inspect_pid(x.from, x.from) + " cannot send to node "
                        + inspect_atom(x.to.node) + ": " + why.context + " **");
  if (x.type != kind::spawn && x.number == 0)
    return;
  auto back = std::make_shared<signal>();
  back->type = x.type;
  back->from = x.from;
  back->to = x.to;
  back->ref = x.ref;
  back->number = x.number;
  time_->post([this, back] {
    if (back->type == kind::spawn)
      peer_of(back->to.node)->forget_spawn(back->ref);
    core_->unreachable(std::move(*back));
  });
}

void net_kernel::stop(std::function<void()> done) {
  time_->post([this, done = std::move(done)] {
    wires_->stop_listening();
    std::vector<std::shared_ptr<connection>> all;
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
      for (auto& [id, x] : connections_) {
        all.push_back(x);
        ended_by_us_[id] = errc::shutting_down;
      }
      if (!all.empty())
        stopped_ = done;
    }
    if (all.empty())
      return done();
    for (auto& x : all)
      x->close(errc::shutting_down);
  });
}

} // namespace troupe::dist
