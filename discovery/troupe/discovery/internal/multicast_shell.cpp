#include "troupe/discovery/internal/multicast_shell.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace troupe::discovery::internal {

using verdict = multicast_socket::verdict;

namespace {

atom name_of(const std::string& x) {
  return atom::try_make(x).value_or(atom{});
}

std::string place_of(const datagram& x, const std::vector<usable_interface>& interfaces) {
  auto result = dist::to_string(x.source());
  for (auto& i : interfaces)
    if (i.index == x.interface)
      result += " on " + i.name;
  return result;
}

std::string list_of(const usable_interface& x) {
  auto result = x.name;
  for (auto& host : x.addresses)
    result += " " + host;
  return result;
}

} // namespace

multicast_memory::multicast_memory(const surroundings& around)
  : codec(around.keys->discovery_key(), around.cluster),
    filter(codec, around.self.instance, [time = around.time] { return time->random(); }) {}

multicast_shell::multicast_shell(parts x) : parts_(std::move(x)) {}

// -- any thread ---------------------------------------------------------------------------------

void multicast_shell::start() {
  auto& around = parts_.around;
  wire_ = std::make_shared<multicast_wire>(*around.io, parts_.settings, around.self.listens,
                                           *around.time, handlers());
  boost::asio::post(*around.io, [self = shared_from_this()] {
    if (self->closed_)
      return;
    self->wire_->open();
    self->started_ = true;
  });
}

void multicast_shell::send(std::vector<beacon::outgoing> packets) {
  if (packets.empty())
    return;
  boost::asio::post(*parts_.around.io, [self = shared_from_this(), packets = std::move(packets)] {
    if (self->closed_ || self->leaving_)
      return;
    for (auto& x : packets)
      self->transmit(x);
  });
}

void multicast_shell::say_goodbye(std::shared_ptr<std::promise<void>> done) {
  boost::asio::post(*parts_.around.io, [self = shared_from_this(), done = std::move(done)] {
    self->leaving_ = true;
    self->goodbye_again(goodbyes, done);
  });
}

void multicast_shell::close() {
  closed_ = true;
  boost::asio::post(*parts_.around.io, [self = shared_from_this()] { self->wire_->close(); });
}

// -- what the wire tells ------------------------------------------------------------------------

multicast_wire::handlers multicast_shell::handlers() {
  // Weak, because the wire is ours; `closed_`, because the process may be gone before its sockets.
  auto on = [weak = weak_from_this()](auto f) {
    return [weak, f](const auto&... xs) {
      if (auto self = weak.lock(); self && !self->closed_)
        f(*self, xs...);
    };
  };
  multicast_wire::handlers result;
  result.on_packet = [weak = weak_from_this()](const datagram& x) {
    auto self = weak.lock();
    return self && !self->closed_ ? self->take(x) : verdict::rejected;
  };
  result.on_up = on([](multicast_shell& self, const usable_interface& x) {
    self.parts_.to.happened(happened::interface_up, {}, list_of(x));
    if (self.started_) // those of the start are in the first hellos
      self.parts_.out->push(changed_interface{x.index});
  });
  result.on_changed = on([](multicast_shell& self, const usable_interface& x) {
    self.parts_.to.happened(happened::interface_up, {}, list_of(x));
    self.parts_.out->push(changed_interface{x.index});
  });
  result.on_down = on([](multicast_shell& self, const usable_interface& x) {
    self.parts_.to.happened(happened::interface_down, {}, x.name);
  });
  result.on_trouble
    = on([](multicast_shell& self, const usable_interface& x, const std::string& why) {
        if (!why.empty())
          self.parts_.to.happened(happened::multicast_unavailable, {}, x.name + ": " + why);
      });
  result.on_state = on([](multicast_shell& self, const std::string& why) {
    if (why.empty()) {
      self.parts_.to.works();
      return;
    }
    if (self.wire_->interfaces().empty()) // else each has told its reason
      self.parts_.to.happened(happened::multicast_unavailable, {}, why);
    self.parts_.to.failed(why);
  });
  return result;
}

verdict multicast_shell::take(const datagram& x) {
  auto now = parts_.around.time->now();
  auto got = parts_.memory->filter.take(x.bytes, now, parts_.wall_ms());
  if (got.challenge)
    answer(std::move(*got.challenge), x);
  if (got.why == drop::mac)
    tell_mismatch(x);
  if (!got.content)
    return got.why == drop::self ? verdict::own : verdict::rejected;
  if (got.clock_skew)
    tell_skew(*got.content, *got.clock_skew);
  parts_.out->push(heard_packet{std::move(*got.content), {x.source(), x.interface}});
  return verdict::believed;
}

void multicast_shell::tell_mismatch(const datagram& x) {
  auto now = parts_.around.time->now();
  if (now < parts_.memory->mismatch_at)
    return;
  parts_.memory->mismatch_at = now + mismatch_interval;
  parts_.to.happened(happened::auth_mismatch, {},
                     place_of(x, wire_->interfaces()) + " is of cluster " + parts_.around.cluster
                       + ", but has another cookie");
}

void multicast_shell::tell_skew(const announcement& x, std::chrono::seconds skew) {
  auto ahead = skew.count() > 0;
  parts_.to.happened(happened::clock_skew, name_of(x.name),
                     "its clock is " + std::to_string(ahead ? skew.count() : -skew.count()) + " s "
                       + (ahead ? "ahead of" : "behind") + " ours");
}

// -- sending ------------------------------------------------------------------------------------

/// Fills in what the process leaves open, and returns the bytes.
std::string multicast_shell::complete(announcement& x, const usable_interface* via) {
  x.sequence = ++parts_.memory->sequence;
  x.wall_ms = parts_.wall_ms();
  auto interfaces = wire_->interfaces();
  static const usable_interface none;
  x.endpoints = announced(via ? *via : none, interfaces, parts_.around.self.listens.port);
  return parts_.memory->codec.encode(x);
}

void multicast_shell::transmit(const beacon::outgoing& x) {
  auto what = x.what;
  auto interfaces = wire_->interfaces();
  if (x.to) {
    const usable_interface* via = nullptr;
    for (auto& i : interfaces)
      if (i.index == x.to->interface)
        via = &i;
    return wire_->unicast(x.to->at, x.to->interface, complete(what, via));
  }
  for (auto& i : interfaces)
    if (x.only == 0 || x.only == i.index)
      for (int family : wire_->families(i.index, x.family))
        wire_->multicast(i.index, family, complete(what, &i));
}

/// Sends a challenge, of which the filter made what only it knows.
void multicast_shell::answer(announcement x, const datagram& to) {
  if (leaving_)
    return;
  auto& self = parts_.around.self;
  x.hidden = self.hidden;
  x.short_names = self.short_names;
  x.instance = self.instance;
  x.incarnation = self.incarnation;
  x.name = self.name;
  x.creation = self.creation;
  beacon::outgoing out;
  out.what = std::move(x);
  out.to = beacon::place{to.source(), to.interface};
  transmit(out);
}

void multicast_shell::goodbye_again(int left, std::shared_ptr<std::promise<void>> done) {
  beacon::outgoing x;
  x.what = parts_.goodbye;
  transmit(x);
  if (left == 1)
    return done->set_value();
  auto timer = std::make_shared<boost::asio::steady_timer>(*parts_.around.io, goodbye_pause);
  timer->async_wait([self = shared_from_this(), timer, left, done](const auto&) {
    self->goodbye_again(left - 1, done);
  });
}

} // namespace troupe::discovery::internal
