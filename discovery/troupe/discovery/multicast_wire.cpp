#include "troupe/discovery/multicast_wire.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace troupe::discovery {

using boost::system::error_code;

namespace {

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

} // namespace

multicast_wire::multicast_wire(boost::asio::io_context& io, multicast_settings settings,
                               dist::endpoint listens, clock& time, handlers told)
  : io_(&io), settings_(std::move(settings)), listens_(std::move(listens)), time_(&time),
    told_(std::move(told)), house_(io) {}

void multicast_wire::open() {
  open_ = true;
  common_
    = {io_, time_, std::make_shared<read_pacer>(), [weak = weak_from_this()](const datagram& x) {
         auto self = weak.lock();
         return self ? self->take(x) : multicast_socket::verdict::rejected;
       }};
  watch_.emplace(*io_, [weak = weak_from_this()] {
    if (auto self = weak.lock(); self && self->open_)
      self->look();
  });
  rejoin_at_ = time_->now() + rejoin_interval;
  look();
  schedule();
}

void multicast_wire::close() {
  open_ = false;
  watch_.reset();
  house_.cancel();
  links_.clear();
  senders_.clear();
}

const std::optional<ip_address>& multicast_wire::group(int family) const {
  return family == 4 ? settings_.v4_group : settings_.v6_group;
}

std::vector<usable_interface> multicast_wire::interfaces() const {
  std::vector<usable_interface> result;
  for (auto& [index, x] : links_)
    result.push_back(x.what);
  return result;
}

std::vector<int> multicast_wire::families(unsigned interface, int family) const {
  std::vector<int> result;
  auto i = links_.find(interface);
  if (i == links_.end())
    return result;
  if (i->second.lanes.contains(family))
    return {family};
  for (auto& [f, x] : i->second.lanes)
    result.push_back(f);
  return result;
}

// -- interfaces ---------------------------------------------------------------------------------

void multicast_wire::look() {
  auto all = list_interfaces();
  list_problem_ = all ? "" : all.error().context;
  if (all) {
    auto usable = settings_.interfaces.usable(*all, listens_);
    drop_absent(usable);
    for (auto& x : usable)
      adopt(x);
  }
  tell_troubles();
}

void multicast_wire::drop_absent(const std::vector<usable_interface>& present) {
  for (auto i = links_.begin(); i != links_.end();) {
    auto here
      = std::any_of(present.begin(), present.end(), [&](auto& x) { return x.index == i->first; });
    if (here) {
      ++i;
      continue;
    }
    auto gone = i->second.what;
    i = links_.erase(i);
    told_.on_down(gone);
  }
}

void multicast_wire::adopt(const usable_interface& x) {
  auto& entry = links_[x.index];
  if (entry.what == x)
    return;
  auto known = entry.what.index != 0;
  entry.what = x;
  open_lanes(entry);
  if (known)
    told_.on_changed(x);
  else
    told_.on_up(x);
}

void multicast_wire::open_lanes(link& x) {
  for (int family : {4, 6}) {
    auto wanted = group(family) && (family == 4 ? !x.what.v4_source.empty() : x.what.v6);
    if (!wanted)
      x.lanes.erase(family);
    else if (auto& y = x.lanes[family]; !y.in)
      join(x, family, y);
  }
}

void multicast_wire::join(link& x, int family, lane& y) {
  auto [socket, failed]
    = multicast_socket::join(common_, *group(family), settings_.port, x.what.index);
  y.in = std::move(socket);
  y.back = echo::unknown;
  y.join_problem = failed ? "cannot join the group: " + text_of(failed) : "";
}

// -- packets ------------------------------------------------------------------------------------

multicast_socket::verdict multicast_wire::take(const datagram& x) {
  auto result = told_.on_packet(x);
  if (result != multicast_socket::verdict::own || !open_)
    return result;
  auto i = links_.find(x.interface);
  if (i == links_.end())
    return result;
  auto found = i->second.lanes.find(x.from.family);
  if (found != i->second.lanes.end()
      && std::exchange(found->second.back, echo::heard) == echo::missing)
    tell_troubles();
  return result;
}

multicast_socket* multicast_wire::sender(int family) {
  auto& slot = senders_[family];
  if (!slot)
    slot = multicast_socket::unicast(common_, family).first;
  return slot.get();
}

void multicast_wire::multicast(unsigned interface, int family, std::string_view packet) {
  auto i = links_.find(interface);
  if (i == links_.end() || !i->second.lanes.contains(family))
    return;
  auto& via = i->second.lanes[family];
  multicast_socket::destination to{*group(family), settings_.port, interface, {}};
  if (family == 4)
    to.source = ip_address::parse(i->second.what.v4_source).value_or(ip_address{});
  auto* out = sender(family);
  auto failed = out ? out->send(packet, to) : EMFILE;
  auto problem = failed ? "cannot send: " + text_of(failed) : "";
  if (std::exchange(via.send_problem, problem) != problem)
    tell_troubles();
  if (!failed && via.in && via.back == echo::unknown)
    await_echo(interface, family, via);
}

void multicast_wire::unicast(const dist::endpoint& to, unsigned interface,
                             std::string_view packet) {
  auto at = ip_address::parse(to.host);
  if (!at)
    return;
  // By an interface that we do not use the routes know better, as for another node of this host.
  auto i = links_.find(interface);
  multicast_socket::destination where{*at, to.port, 0, {}};
  if (i != links_.end() || at->link_local())
    where.interface = interface;
  if (i != links_.end() && at->family == 4)
    where.source = ip_address::parse(i->second.what.v4_source).value_or(ip_address{});
  if (auto* out = sender(at->family))
    static_cast<void>(out->send(packet, where)); // as if it had been lost
}

// -- health -------------------------------------------------------------------------------------

void multicast_wire::await_echo(unsigned interface, int family, lane& x) {
  x.back = echo::awaited;
  x.overflowed = x.in->overflowed();
  auto timer = std::make_shared<boost::asio::steady_timer>(*io_, loopback_time);
  timer->async_wait([timer, weak = weak_from_this(), interface, family](const error_code& failed) {
    if (auto self = weak.lock(); self && self->open_ && !failed)
      self->judge(interface, family);
  });
}

void multicast_wire::judge(unsigned interface, int family) {
  auto lane_now = [&]() -> lane* {
    auto i = links_.find(interface);
    if (i == links_.end() || !i->second.lanes.contains(family))
      return nullptr;
    auto& x = i->second.lanes[family];
    return x.in && x.back == echo::awaited ? &x : nullptr;
  };
  // What came while this thread was busy with something else counts.
  if (auto* x = lane_now())
    x->in->read_now();
  auto* x = lane_now();
  if (!x)
    return;
  // In a flood our own packet may be lost or unread: no reason to think that nothing gets through.
  auto flooded = x->in->resting() || x->in->overflowed() != x->overflowed;
  x->back = flooded ? echo::unknown : echo::missing;
  tell_troubles();
}

std::string multicast_wire::lane::problem(int family) const {
  auto by = " over IPv" + std::to_string(family);
  if (!join_problem.empty())
    return join_problem + by;
  if (!send_problem.empty())
    return send_problem + by;
  if (back == echo::missing)
    return "own packets are not heard back" + by + "; a packet filter may drop them";
  return {};
}

std::map<int, multicast_wire::health> multicast_wire::check(unsigned interface) const {
  std::map<int, health> result;
  if (auto i = links_.find(interface); i != links_.end())
    for (auto& [family, x] : i->second.lanes)
      result[family] = {x.in != nullptr, x.back == echo::heard, x.problem(family)};
  return result;
}

uint64_t multicast_wire::overflowed() const {
  uint64_t result = 0;
  for (auto& [index, x] : links_)
    for (auto& [family, y] : x.lanes)
      result += y.in ? y.in->overflowed() : 0;
  for (auto& [family, x] : senders_)
    result += x ? x->overflowed() : 0;
  return result;
}

/// An interface works when one of its protocols does.
void multicast_wire::tell_troubles() {
  for (auto& [index, x] : links_) {
    std::string why;
    for (auto& [family, y] : x.lanes) {
      auto problem = y.problem(family);
      if (problem.empty()) {
        why.clear();
        break;
      }
      why += (why.empty() ? "" : ", ") + problem;
    }
    if (std::exchange(x.told, why) != why)
      told_.on_trouble(x.what, why);
  }
  auto state = state_text();
  if (!state_told_ || *state_told_ != state) {
    state_told_ = state;
    told_.on_state(state);
  }
}

std::string multicast_wire::state_text() const {
  for (auto& [index, x] : links_)
    if (x.told.empty())
      return {};
  if (!links_.empty()) {
    auto& x = links_.begin()->second;
    return "multicast works on no interface; " + x.what.name + ": " + x.told;
  }
  if (!list_problem_.empty())
    return list_problem_;
  auto at = ip_address::parse(listens_.host);
  if (at && !at->any())
    return "no interface that may be used has the address " + listens_.host
           + ", where this node listens";
  return "no interface can be used: it must be up, be able to multicast, and have an address";
}

// -- from time to time --------------------------------------------------------------------------

void multicast_wire::schedule() {
  house_.expires_after(retry_interval);
  house_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    auto self = weak.lock();
    if (cancelled || !self || !self->open_)
      return;
    self->keep_house();
    self->schedule();
  });
}

void multicast_wire::keep_house() {
  auto now = time_->now();
  auto rejoin = now >= rejoin_at_;
  if (rejoin)
    rejoin_at_ = now + rejoin_interval;
  for (auto& [index, x] : links_)
    for (auto& [family, y] : x.lanes) {
      if (!y.in)
        join(x, family, y);
      else if (auto failed = rejoin ? y.in->rejoin() : 0)
        y = {nullptr, "cannot join the group: " + text_of(failed), "", echo::unknown, 0};
      else if (rejoin && y.back == echo::heard)
        y.back = echo::unknown; // the next packet is to be heard back again
    }
  if (rejoin || !watch_->works() || !list_problem_.empty())
    look();
  else
    tell_troubles();
}

} // namespace troupe::discovery
