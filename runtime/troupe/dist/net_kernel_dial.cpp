// How net_kernel comes by a connection: resolve, dial, try the next address, give up.

#include "troupe/dist/net_kernel.hpp"
#include "troupe/limits.hpp"

#include <algorithm>

namespace troupe::dist {

void net_kernel::start_dial(atom name) {
  time_->post([this, name] {
    if (peer_of(name)->current())
      return; // the peer's own dial came through, with all that waited
    auto stopping = false;
    {
      std::lock_guard guard{mutex_};
      table_.dialling(name);
      stopping = stopping_;
    }
    dials_[name].deadline = time_->now() + opts_.setup.handshake_timeout;
    if (stopping)
      dial_failed(name);
    else
      resolve(name);
  });
}

void net_kernel::resolve(atom name) {
  auto parsed = node_name::parse(name.text());
  if (!parsed)
    return dial_failed(name);
  auto left = dials_[name].deadline - time_->now();
  names_->resolve(*parsed, left, [this, name](result<std::vector<endpoint>> found) {
    auto i = dials_.find(name);
    if (i == dials_.end())
      return;
    if (!found)
      return dial_failed(name);
    i->second.addresses = std::move(*found);
    i->second.next = 0;
    try_next(name);
  });
}

void net_kernel::try_next(atom name) {
  auto i = dials_.find(name);
  if (i == dials_.end())
    return;
  auto& d = i->second;
  auto left = d.deadline - time_->now();
  if (d.next >= d.addresses.size() || left <= clock::duration::zero())
    return dial_failed(name);
  auto at = d.addresses[d.next++];
  wires_->connect(at, left, [this, name](result<std::unique_ptr<stream>> wire) {
    if (!dials_.contains(name))
      return; // the peer's own dial came through
    if (!wire)
      return try_next(name);
    adopt(std::move(*wire), session::role::dialling, std::string{name.text()});
  });
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
  time_->after(d.pause, [this, name] {
    auto j = dials_.find(name);
    if (j == dials_.end())
      return;
    j->second.next = 0;
    try_next(name);
  });
  return true;
}

void net_kernel::dial_failed(atom name) {
  dials_.erase(name);
  {
    std::lock_guard guard{mutex_};
    table_.dial_ended(name);
  }
  auto rest = peer_of(name)->dial_failed();
  for (auto& x : rest.held)
    core_->unreachable(std::move(x));
  for (auto& done : rest.waiters)
    done(false);
}

} // namespace troupe::dist
