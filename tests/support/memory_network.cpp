#include "support/memory_network.hpp"

#include <algorithm>
#include <optional>

namespace troupe::test {

namespace {

constexpr std::chrono::microseconds delay_max{3000};
constexpr std::chrono::seconds linger{1};
/// What a stream takes before its writer has to wait.
constexpr size_t window_bytes = 96 * 1024;

} // namespace

/// Two ends and what is under way between them.
struct memory_wire : std::enable_shared_from_this<memory_wire> {
  struct packet {
    clock::time_point due;
    std::string bytes;
    bool last = false;
  };
  struct end {
    memory_host* host = nullptr;
    uint64_t life = 0;
    dist::endpoint address;
    std::shared_ptr<dist::stream_handler> handler;
    bool closed = false;
    bool closing = false;
    bool shut = false; // Sends nothing more.
    bool wants_to_write = false;
    std::deque<packet> out; // Under way to the other end.
    size_t out_bytes = 0;
    clock::time_point last_due{};
    bool flying = false;   // Whether a delivery is planned.
    std::deque<packet> in; // Arrived, and not read yet.
  };

  explicit memory_wire(memory_network& n) : net(&n) {}

  /// The program that had this end open still runs.
  bool lives(int i) const { return ends[i].host->runs_ && ends[i].life == ends[i].host->life_; }
  const std::string& name(int i) const { return ends[i].host->name_; }
  bool joins(const std::string& x, const std::string& y) const {
    return (name(0) == x && name(1) == y) || (name(0) == y && name(1) == x);
  }
  void post(int i, std::function<void()> action) {
    if (lives(i))
      ends[i].host->clock_->post(std::move(action));
  }

  void send(int i, std::string bytes, bool last) {
    auto& e = ends[i];
    auto t = net->flights_.now() + net->delay();
    e.last_due = std::max(t, e.last_due);
    e.out_bytes += bytes.size();
    e.out.push_back({e.last_due, std::move(bytes), last});
    fly(i);
  }

  void fly(int i) {
    auto& e = ends[i];
    if (e.out.empty() || e.flying || net->is_silent(name(i), name(1 - i)))
      return;
    e.flying = true;
    net->flights_.after(e.out.front().due - net->flights_.now(), [self = shared_from_this(), i] {
      self->ends[i].flying = false;
      self->land(i);
    });
  }

  void land(int i) {
    auto& e = ends[i];
    if (e.out.empty() || net->is_silent(name(i), name(1 - i)))
      return;
    auto x = std::move(e.out.front());
    e.out.pop_front();
    e.out_bytes -= x.bytes.size();
    if (lives(1 - i))
      take(1 - i, std::move(x));
    else if (ends[1 - i].host->is_on_)
      reset(i);
    if (std::exchange(e.wants_to_write, e.out_bytes > window_bytes) && !e.wants_to_write)
      post(i, [self = shared_from_this(), i] {
        if (auto owner = self->ends[i].handler)
          owner->on_writable();
      });
    fly(i);
  }

  void take(int i, packet x) {
    ends[i].in.push_back(std::move(x));
    post(i, [self = shared_from_this(), i] { self->read(i); });
  }

  void read(int i) {
    auto& e = ends[i];
    while (e.handler && !e.in.empty()) {
      auto x = std::move(e.in.front());
      e.in.pop_front();
      if (x.last)
        return close(i);
      auto owner = e.handler;
      ++net->counters_.chunks;
      owner->on_bytes(x.bytes);
    }
  }

  /// The end of end `i`, for its owner too.
  void close(int i) {
    auto& e = ends[i];
    if (std::exchange(e.closed, true))
      return;
    shut(i);
    if (auto owner = std::exchange(e.handler, nullptr))
      owner->on_closed();
  }

  void shut(int i) {
    if (!std::exchange(ends[i].shut, true))
      send(i, {}, true);
  }

  /// End `i` hears that the stream is gone.
  void reset(int i) {
    auto& e = ends[i];
    ++net->counters_.resets;
    e.out.clear();
    e.out_bytes = 0;
    e.shut = true;
    net->flights_.after(net->delay(), [self = shared_from_this(), i] {
      self->post(i, [self, i] { self->close(i); });
    });
  }

  memory_network* net;
  end ends[2];
};

class memory_stream final : public dist::stream {
public:
  memory_stream(std::shared_ptr<memory_wire> x, int i) : wire_(std::move(x)), i_(i) {}
  ~memory_stream() override {
    end().handler = nullptr;
    if (wire_->lives(i_))
      wire_->close(i_);
  }

  void attach(std::shared_ptr<dist::stream_handler> handler) override {
    end().handler = std::move(handler);
    wire_->post(i_, [x = wire_, i = i_] { x->read(i); });
  }

  bool write(dist::pieces&& sent) override {
    auto bytes = sent.str();
    auto& e = end();
    auto& net = *wire_->net;
    if (e.closed || e.shut || !wire_->lives(i_))
      return true;
    net.counters_.bytes += bytes.size();
    for (size_t at = 0; at < bytes.size();) {
      // Mostly whole, sometimes cut anywhere.
      auto rest = bytes.size() - at;
      auto n = net.below(3) == 0 ? 1 + net.below(rest) : rest;
      wire_->send(i_, bytes.substr(at, n), false);
      at += n;
    }
    e.wants_to_write = e.out_bytes > window_bytes || net.below(8) == 0;
    return !e.wants_to_write;
  }

  void close() override {
    wire_->post(i_, [x = wire_, i = i_] {
      auto& e = x->ends[i];
      if (e.closed || std::exchange(e.closing, true))
        return;
      x->shut(i);
      e.host->clock_->after(linger, [x, i] { x->close(i); });
    });
  }

  const dist::endpoint& remote() const override { return wire_->ends[1 - i_].address; }

private:
  memory_wire::end& end() const { return wire_->ends[i_]; }

  std::shared_ptr<memory_wire> wire_;
  int i_;
};

// -- hosts --------------------------------------------------------------------------------------

struct memory_host::attempt {
  dist::endpoint to;
  connect_handler done;
  uint64_t life = 0;

  void finish(result<std::unique_ptr<dist::stream>> x) {
    if (auto f = std::exchange(done, nullptr))
      f(std::move(x));
  }
};

result<dist::endpoint> memory_host::listen(const dist::endpoint&, accept_handler on_accept) {
  on_accept_ = std::move(on_accept);
  return net_->names_[name_] = {name_, ++net_->last_port_};
}

void memory_host::stop_listening() {
  on_accept_ = nullptr;
  if (runs_)
    net_->names_.erase(name_);
}

void memory_host::resolve(const node_name& name, clock::duration, handler done) {
  if (!runs_)
    return;
  auto i = net_->names_.find(std::string{name.alive()});
  result<std::vector<dist::endpoint>> found = error{errc::not_registered, name.text()};
  if (i != net_->names_.end() && !net_->unlisted_.contains(i->first))
    found = std::vector{i->second};
  net_->flights_.after(net_->delay(), [this, found, done = std::move(done), life = life_] {
    if (runs_ && life == life_)
      clock_->post([found, done] { done(found); });
  });
}

void memory_host::connect(const dist::endpoint& to, clock::duration timeout, connect_handler done) {
  if (!runs_)
    return;
  ++net_->counters_.dials;
  auto x = std::make_shared<attempt>(attempt{to, std::move(done), life_});
  clock_->after(timeout, [x] { x->finish(error{errc::timeout, to_string(x->to)}); });
  net_->flights_.after(net_->delay(), [this, x] { arrive(x); });
}

void memory_host::arrive(const std::shared_ptr<attempt>& x) {
  if (!runs_ || x->life != life_)
    return;
  auto& there = net_->at(x->to.host);
  if (net_->is_silent(name_, there.name_) || net_->is_silent(there.name_, name_) || !there.is_on_) {
    net_->held_dials_.push_back([this, x] { arrive(x); });
    return;
  }
  auto known = net_->names_.find(there.name_);
  auto listens
    = there.runs_ && there.on_accept_ && known != net_->names_.end() && known->second == x->to;
  if (net_->is_cut(name_, there.name_) || !listens) {
    ++net_->counters_.refused;
    return clock_->post([x] { x->finish(error{errc::node_unreachable, to_string(x->to)}); });
  }
  ++net_->counters_.streams;
  auto wire = std::make_shared<memory_wire>(*net_);
  wire->ends[0].host = this;
  wire->ends[0].life = life_;
  wire->ends[0].address = {name_, 0};
  wire->ends[1].host = &there;
  wire->ends[1].life = there.life_;
  wire->ends[1].address = x->to;
  net_->wires_.push_back(wire);
  there.clock_->post([wire, &there] {
    auto accepted = std::make_unique<memory_stream>(wire, 1);
    if (there.on_accept_)
      there.on_accept_(std::move(accepted));
  });
  clock_->post([wire, x] {
    x->finish(std::unique_ptr<dist::stream>{std::make_unique<memory_stream>(wire, 0)});
  });
}

// -- network ------------------------------------------------------------------------------------

memory_network::memory_network(shared_time now, uint64_t seed)
  : flights_(std::move(now), seed), random_(seed) {}

memory_network::~memory_network() = default;

memory_host& memory_network::at(const std::string& name) {
  auto& x = hosts_[name];
  if (!x)
    x = std::make_unique<memory_host>(*this, name);
  return *x;
}

memory_host& memory_network::plug_in(const std::string& name, clock& time) {
  auto& x = at(name);
  x.clock_ = &time;
  x.is_on_ = true;
  x.runs_ = true;
  ++x.life_;
  for (auto& dial : std::exchange(held_dials_, {}))
    dial();
  return x;
}

clock::duration memory_network::delay() {
  return std::chrono::microseconds{1 + below(static_cast<size_t>(delay_max.count()))};
}

size_t memory_network::below(size_t bound) {
  return random_() % bound;
}

bool memory_network::is_silent(const std::string& from, const std::string& to) const {
  return silent_.contains({from, to});
}

bool memory_network::is_cut(const std::string& x, const std::string& y) const {
  return cut_.contains({x, y});
}

std::vector<std::shared_ptr<memory_wire>> memory_network::wires() {
  std::vector<std::shared_ptr<memory_wire>> result;
  std::erase_if(wires_, [](auto& x) { return x.expired(); });
  for (auto& x : wires_)
    result.push_back(x.lock());
  return result;
}

void memory_network::cut(const std::string& x, const std::string& y, ending how) {
  cut_.insert({x, y});
  cut_.insert({y, x});
  for (auto& wire : wires())
    if (wire->joins(x, y))
      for (auto i : {0, 1}) {
        if (how == ending::orderly)
          wire->shut(i);
        else
          wire->reset(i);
      }
}

void memory_network::silence(const std::string& x, const std::string& y) {
  mute(x, y);
  mute(y, x);
}

void memory_network::mute(const std::string& from, const std::string& to) {
  silent_.insert({from, to});
}

void memory_network::heal(const std::string& x, const std::string& y) {
  for (auto& d : {direction{x, y}, direction{y, x}}) {
    silent_.erase(d);
    cut_.erase(d);
  }
  for (auto& wire : wires())
    for (auto i : {0, 1})
      wire->fly(i);
  for (auto& dial : std::exchange(held_dials_, {}))
    dial();
}

void memory_network::kill(const std::string& name, ending how) {
  auto& x = at(name);
  for (auto& wire : wires())
    for (auto i : {0, 1}) {
      auto& e = wire->ends[i];
      if (!wire->lives(i) || e.host != &x || std::exchange(e.closed, true))
        continue;
      if (how == ending::orderly) {
        wire->shut(i);
      } else {
        e.out.clear();
        if (!is_silent(name, wire->name(1 - i)))
          wire->reset(1 - i);
      }
    }
  end_program(x);
}

void memory_network::power_off(const std::string& name) {
  auto& x = at(name);
  for (auto& wire : wires())
    for (auto& e : wire->ends)
      if (e.host == &x)
        e.out.clear();
  x.is_on_ = false;
  end_program(x);
}

void memory_network::end_program(memory_host& x) {
  x.runs_ = false;
  x.on_accept_ = nullptr;
}

void memory_network::forget(const std::string& name) {
  auto& x = at(name);
  end_program(x);
  for (auto& wire : wires())
    for (auto& e : wire->ends)
      if (e.host == &x)
        e.handler = nullptr; // which owns the stream that keeps the wire
}

} // namespace troupe::test
