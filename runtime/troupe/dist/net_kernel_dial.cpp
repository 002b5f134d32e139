// How net_kernel comes by a connection: resolve, dial, try the next address, give up.

#include "troupe/dist/net_kernel.hpp"
#include "troupe/inspect.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dist {

void net_kernel::start_dial(atom name, bool hidden) {
  time_->post([this, name, hidden] {
    if (peer_of(name)->current())
      return; // the peer's own dial came through, with all that waited
    if (!is_allowed(name)) {
      log_stranger("** Connection attempt with disallowed node " + inspect_atom(name) + " **");
      dials_[name].failure = {errc::not_allowed, "this node was told with whom to connect"};
      return dial_failed(name);
    }
    auto stopping = false;
    {
      std::lock_guard guard{mutex_};
      table_.dialling(name);
      stopping = stopping_;
    }
    dials_[name].hidden = hidden;
    dials_[name].hurried = false;
    dials_[name].deadline = time_->now() + opts_.setup.handshake_timeout;
    if (stopping)
      dial_failed(name);
    else
      resolve(name);
  });
}

void net_kernel::resolve(atom name) {
  auto parsed = node_name::parse(name.text());
  if (!parsed) {
    dials_[name].failure = parsed.error();
    return dial_failed(name);
  }
  auto& d = dials_[name];
  if (hearsay_ && !d.resolved)
    d.addresses = hearsay_(name.text());
  if (!d.addresses.empty() && !d.resolved)
    return try_next(name);
  d.resolved = true;
  auto left = d.deadline - time_->now();
  // Numbers of attempts are those of connections: no two dials, even of one node, share any.
  d.attempt = ++last_id_;
  auto heard = [this, name, attempt = d.attempt](result<std::vector<endpoint>> found) {
    auto i = dials_.find(name);
    if (i == dials_.end() || i->second.attempt != attempt)
      return; // the dial began anew, or another one did
    if (!found) {
      if (i->second.addresses.empty()) // else what the address said tells more
        i->second.failure = found.error();
      return dial_failed(name);
    }
    i->second.addresses = std::move(*found);
    i->second.next = 0;
    try_next(name);
  };
  names_->resolve(*parsed, left, std::move(heard));
}

void net_kernel::try_next(atom name) {
  auto i = dials_.find(name);
  if (i == dials_.end())
    return;
  auto& d = i->second;
  auto left = d.deadline - time_->now();
  if (left <= clock::duration::zero())
    return dial_failed(name);
  if (d.next >= d.addresses.size())
    return d.resolved ? dial_failed(name) : resolve_rest(name);
  auto at = d.addresses[d.next++];
  if (d.next < d.addresses.size() || !d.resolved)
    left = std::min<clock::duration>(left, limits::dial_address_timeout);
  d.connection = 0;
  wires_->connect(
    at, left, [this, name, attempt = d.attempt = ++last_id_](result<std::unique_ptr<stream>> wire) {
      auto j = dials_.find(name);
      if (j == dials_.end() || j->second.attempt != attempt)
        return; // the peer's own dial came through, or a later attempt replaces this one
      if (!wire) {
        j->second.failure = wire.error();
        return try_next(name);
      }
      auto id = adopt(std::move(*wire), session::role::dialling, std::string{name.text()}, {},
                      j->second.hidden);
      if (j = dials_.find(name); j != dials_.end() && j->second.attempt == attempt)
        j->second.connection = id;
    });
}

void net_kernel::resolve_rest(atom name) {
  dials_[name].resolved = true;
  resolve(name);
}

void net_kernel::dial_lost(atom name, const connection& from, errc why, const std::string& detail) {
  auto i = dials_.find(name);
  if (i == dials_.end() || (i->second.connection != 0 && i->second.connection != from.id()))
    return; // an attempt that counts no more
  i->second.failure = {why, detail};
  if (!dial_again(name, why))
    try_next(name);
}

void net_kernel::hurry(atom name) {
  time_->post([this, name] {
    auto i = dials_.find(name);
    if (i == dials_.end() || i->second.connection != 0)
      return; // none, or somebody answered already
    auto& d = i->second;
    d.next = 0;
    d.addresses.clear();
    d.resolved = false;
    if (!std::exchange(d.hurried, true)) // who waits is not put off again and again
      d.deadline = time_->now() + opts_.setup.handshake_timeout;
    d.attempt = ++last_id_;
    resolve(name);
  });
}

void net_kernel::connect_at(const endpoint& at, std::function<void(dial_outcome)> done) {
  time_->post([this, at, done = std::move(done)] {
    wires_->connect(at, opts_.setup.handshake_timeout,
                    [this, done](result<std::unique_ptr<stream>> wire) {
                      if (!wire)
                        return done({{}, wire.error()});
                      adopt(std::move(*wire), session::role::dialling, {}, done);
                    });
  });
}

void net_kernel::find_with(hearsay f) {
  time_->post([this, f = std::move(f)] { hearsay_ = f; });
}

/// The peer says that we are connected. When our side does not know of it, the peer will learn so
/// from the probe that it sent; the dial is repeated until then.
bool net_kernel::dial_again(atom name, errc why) {
  auto i = dials_.find(name);
  if (why != errc::duplicate_connection || i == dials_.end())
    return why == errc::duplicate_connection;
  auto& d = i->second;
  d.pause = std::min<clock::duration>(d.pause * 2, std::chrono::milliseconds{500});
  if (time_->now() + d.pause >= d.deadline)
    return false;
  time_->after(d.pause, [this, name, attempt = d.attempt] {
    auto j = dials_.find(name);
    if (j == dials_.end() || j->second.attempt != attempt)
      return; // the peer's own dial came through, or a later dial began
    j->second.next = 0;
    try_next(name);
  });
  return true;
}

void net_kernel::dial_failed(atom name) {
  auto ended = dials_.extract(name);
  {
    std::lock_guard guard{mutex_};
    table_.dial_ended(name);
    if (!table_.find(name))
      auto_.lost(name);
    if (failures_.size() >= limits::connections_max)
      failures_.clear();
    if (ended)
      failures_[name] = ended.mapped().failure;
  }
  auto rest = peer_of(name)->dial_failed();
  for (auto& x : rest.held)
    core_->unreachable(std::move(x));
  for (auto& done : rest.waiters)
    done(false);
  on_room(peer_of(name)->dial_ended());
}

} // namespace troupe::dist
