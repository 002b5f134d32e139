#include "troupe/discovery/multicast_probe.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace troupe::discovery {

using verdict = multicast_socket::verdict;

namespace {

/// After the wire has judged.
constexpr auto check_after = multicast_wire::loopback_time + std::chrono::milliseconds{50};

uint64_t some_instance(clock& time) {
  for (;;)
    if (auto x = time.random(); x != 0)
      return x;
}

} // namespace

struct multicast_probe::state : std::enable_shared_from_this<state> {
  state(parts x, multicast_settings settings, const dist::endpoint& listens, handlers h)
    : time(x.time), wall_ms(x.how.wall_ms ? x.how.wall_ms : system_wall_ms),
      codec(x.key, x.cluster), told(std::move(h)), timer(*x.io), instance(some_instance(*x.time)),
      nobody(some_instance(*x.time)), incarnation(wall_ms()), io(x.io), with(std::move(settings)),
      at(listens) {}

  void start() {
    multicast_wire::handlers h;
    h.on_packet = [weak = weak_from_this()](const datagram& x) {
      auto self = weak.lock();
      return self ? self->take(x) : verdict::rejected;
    };
    h.on_up = h.on_changed = [weak = weak_from_this()](const usable_interface& x) {
      if (auto self = weak.lock(); self && self->checked)
        self->send(x.index);
    };
    h.on_down = [](const usable_interface&) {};
    h.on_trouble = [](const usable_interface&, const std::string&) {};
    h.on_state = [weak = weak_from_this()](const std::string& text) {
      if (auto self = weak.lock())
        self->why = text;
    };
    wire = std::make_shared<multicast_wire>(*io, with, at, *time, std::move(h));
    wire->open();
    for (auto& x : wire->interfaces())
      send(x.index);
    timer.expires_after(check_after);
    timer.async_wait([weak = weak_from_this()](const auto& cancelled) {
      if (auto self = weak.lock(); self && !cancelled)
        self->check();
    });
  }

  void send(unsigned interface) {
    for (int family : wire->families(interface, 0)) {
      announcement x;
      x.what = announcement::kind::reply;
      x.name = "doctor@localhost";
      x.to = nobody;
      x.hidden = true;
      x.instance = instance;
      x.incarnation = incarnation;
      x.sequence = ++sequence;
      x.wall_ms = wall_ms();
      wire->multicast(interface, family, codec.encode(x));
    }
  }

  void check() {
    checked = true;
    for (auto& x : wire->interfaces())
      told.on_interface({x, wire->check(x.index)});
    told.on_checked(why);
  }

  verdict take(const datagram& x) {
    auto got = codec.decode(x.bytes);
    heard result;
    if (auto* content = std::get_if<announcement>(&got)) {
      if (content->instance == instance)
        return verdict::own;
      result.what = heard::kind::authentic;
      auto ours = wall_ms();
      result.clock_difference = std::chrono::milliseconds{static_cast<int64_t>(content->wall_ms)
                                                          - static_cast<int64_t>(ours)};
      result.content = std::move(*content);
    } else if (std::get<drop>(got) == drop::mac) {
      result.what = heard::kind::mismatching;
    } else if (std::get<drop>(got) == drop::foreign) {
      result.what = heard::kind::foreign;
    }
    result.from = dist::to_string(x.source());
    for (auto& i : wire->interfaces())
      if (i.index == x.interface)
        result.interface = i.name;
    told.on_packet(result);
    return result.content ? verdict::believed : verdict::rejected;
  }

  clock* time;
  std::function<uint64_t()> wall_ms;
  const announcement_codec codec;
  handlers told;
  boost::asio::steady_timer timer;
  const uint64_t instance;
  const uint64_t nobody; // An instance that no node has.
  const uint64_t incarnation;
  boost::asio::io_context* io;
  const multicast_settings with;
  const dist::endpoint at;
  std::shared_ptr<multicast_wire> wire;
  uint32_t sequence = 0;
  std::string why;
  bool checked = false;
};

result<std::unique_ptr<multicast_probe>> multicast_probe::make(parts x, handlers told) {
  auto settings = read(x.how);
  if (!settings)
    return settings.error();
  auto listens = numeric(x.listens);
  if (!listens)
    return listens.error();
  auto made = std::make_shared<state>(std::move(x), *settings, *listens, std::move(told));
  return std::unique_ptr<multicast_probe>{new multicast_probe{std::move(made)}};
}

multicast_probe::multicast_probe(std::shared_ptr<state> x) : state_(std::move(x)) {}

multicast_probe::~multicast_probe() {
  state_->timer.cancel();
  if (state_->wire)
    state_->wire->close();
}

void multicast_probe::start() {
  state_->start();
}

} // namespace troupe::discovery
