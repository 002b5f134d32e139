#include "support/discovery_simulation.hpp"

#include "support/announcements.hpp"
#include "troupe/discovery/dialer.hpp"
#include "troupe/discovery/internal/mix.hpp"
#include "troupe/discovery/packet_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::test {

namespace {

using namespace discovery;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint64_t wall_begin = 1'790'000'000'000;
constexpr clock::time_point begin{std::chrono::hours{1}};
constexpr milliseconds packet_delay_max{1};
constexpr milliseconds letter_delay_max{1};
constexpr milliseconds dial_time_max{10};
/// When the first packet of a dial is sent again, as TCP does; the last one is the timeout.
constexpr std::array<seconds, 3> dial_pauses{seconds{1}, seconds{2}, seconds{2}};
constexpr uint16_t port = 9100;
constexpr uint64_t never = UINT64_MAX;

const std::string told{"peers"};
const std::string heard{"multicast"};

struct packet {
  std::string bytes;
  beacon::place from;
};

} // namespace

struct discovery_simulation::event {
  enum class kind : uint8_t { start, wake, packet, letter, dialled };
  kind what = kind::wake;
  uint32_t who = 0;
  uint32_t whom = 0;
  uint32_t number = 0; // Of the dial.
  uint32_t tries = 0;  // Of its first packet.
  std::shared_ptr<const void> content;
};

struct discovery_simulation::node {
  node(self_description x, const announcement_codec& codec, const std::function<uint64_t()>& random,
       gossip::list_function list)
    : self(std::move(x)), speaker(self, random), filter(codec, self.instance, random),
      table(self.name, self.instance, self.incarnation), dialling(self.name, random),
      talk(std::move(list), random) {}

  self_description self;
  beacon speaker;
  packet_filter filter;
  peer_table table;
  dialer dialling;
  gossip talk;
  std::vector<bool> linked;
  std::unordered_map<uint32_t, uint32_t> dials; // The number of the dial in flight, by peer.
  std::vector<discovery_event> events;
  cluster_view shown;
  uint64_t wakes = never; // The step of the next planned wake.
  uint32_t sequence = 0;
  uint32_t dial_number = 0;
  bool runs = false;
};

discovery_simulation::discovery_simulation(settings x)
  : how_(x), random_(x.seed), codec_(monster_key(), "troupe"), nodes_(x.nodes), ring_(ring_size),
    now_(begin) {
  auto number = [this] { return random_(); };
  for (uint32_t i = 0; i < x.nodes; ++i) {
    self_description self;
    auto host = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    self.name = "n" + std::to_string(i) + "@" + host;
    self.instance = random_() | 1;
    self.incarnation = wall_begin + i;
    self.creation = i + 1;
    self.listens = {host, port};
    by_name_[self.name] = i;
    by_host_[host] = i;
    nodes_[i]
      = std::make_unique<node>(self, codec_, number, [this, i] { return list(*nodes_[i]); });
    nodes_[i]->linked.resize(x.nodes);
  }
}

discovery_simulation::~discovery_simulation() = default;

// -- the course of time ---------------------------------------------------------------------------

void discovery_simulation::start(size_t first, size_t end, clock::duration spread) {
  for (auto i = first; i < end; ++i)
    push(below(spread), {event::kind::start, static_cast<uint32_t>(i), 0, 0, 0, nullptr});
  started_ += end - first;
}

void discovery_simulation::push(clock::duration delay, event x) {
  push_at(now_step_ + static_cast<uint64_t>(delay / step), std::move(x));
}

void discovery_simulation::push_at(uint64_t at, event x) {
  at = std::max(at, now_step_);
  if (at - now_step_ < ring_size)
    ring_[at % ring_size].push_back(std::move(x));
  else
    later_[at].push_back(std::move(x));
}

/// What is pushed for the present step meanwhile belongs to it.
void discovery_simulation::advance() {
  auto& bucket = ring_[now_step_ % ring_size];
  if (!later_.empty() && later_.begin()->first <= now_step_) {
    auto due = later_.extract(later_.begin());
    for (auto& x : due.mapped())
      bucket.push_back(std::move(x));
  }
  for (size_t i = 0; i < bucket.size(); ++i) {
    auto x = std::move(bucket[i]);
    handle(x);
  }
  bucket.clear();
  ++now_step_;
  now_ += step;
}

void discovery_simulation::run(clock::duration time) {
  for (auto end = now_ + time; now_ < end;)
    advance();
}

std::optional<clock::duration> discovery_simulation::run_until_mesh(clock::duration most) {
  auto first = now_;
  while (!is_mesh()) {
    if (now_ - first > most)
      return std::nullopt;
    advance();
  }
  return now_ - first;
}

bool discovery_simulation::is_mesh() const noexcept {
  return links_ == started_ * (started_ - 1) / 2;
}

void discovery_simulation::handle(event& x) {
  auto& n = *nodes_[x.who];
  note(static_cast<uint64_t>(x.what) << 56 | uint64_t{x.who} << 28 | x.whom);
  switch (x.what) {
    case event::kind::start:
      n.runs = true;
      show_view(n);
      n.speaker.start(now_);
      break;
    case event::kind::wake:
      if (n.wakes > now_step_)
        return;
      n.wakes = never;
      wake(x.who);
      break;
    case event::kind::packet: hear(x.who, x); break;
    case event::kind::letter: take_letter(x.who, x); break;
    case event::kind::dialled: dial_due(x); break;
  }
  plan(x.who);
}

void discovery_simulation::wake(uint32_t who) {
  auto& n = *nodes_[who];
  if (n.table.next_expiry() <= now_)
    apply(who, n.table.expire(now_));
  if (n.speaker.next() <= now_)
    speak(who, n.speaker.due(now_).send);
  if (n.dialling.next() <= now_)
    for (auto& key : n.dialling.due(now_))
      dial(who, by_name_.at(key));
  if (n.talk.next() <= now_)
    tell(who, n.talk.due(now_));
}

/// Has the node woken when something is due next.
void discovery_simulation::plan(uint32_t who) {
  auto& n = *nodes_[who];
  auto at = std::min({n.table.next_expiry(), n.speaker.next(), n.dialling.next(), n.talk.next()});
  if (at == clock::time_point::max())
    return;
  // The next step at the earliest, so that what is due at once does not keep the clock.
  auto steps
    = at <= now_ ? 1 : static_cast<uint64_t>((at - now_ + step - clock::duration{1}) / step);
  if (now_step_ + steps >= n.wakes)
    return;
  n.wakes = now_step_ + steps;
  push_at(n.wakes, {event::kind::wake, who, 0, 0, 0, nullptr});
}

// -- a node ---------------------------------------------------------------------------------------

void discovery_simulation::apply(uint32_t who, const peer_table::outcome& x) {
  auto& n = *nodes_[who];
  for (auto& key : x.changed) {
    auto* entry = n.table.find(key);
    if (!entry || entry->connected)
      n.dialling.forget(key);
    else
      n.dialling.want(key, now_);
  }
  for (auto& key : x.wanted)
    if (n.dialling.alive(key, now_))
      dial(who, by_name_.at(key));
  for (auto& e : x.events) {
    auto is_news = e.what == happened::peer_seen || e.what == happened::replaced;
    if (is_news && e.source == heard)
      if (auto what = tell_of(*n.table.find(std::string{e.node.text()})))
        n.talk.news(std::move(*what), now_);
    if (e.what != happened::connected && e.what != happened::peer_seen)
      n.events.push_back(e);
  }
  show_view(n);
}

void discovery_simulation::show_view(node& x) {
  auto view = x.table.view();
  if (view.known == x.shown.known && view.linked == x.shown.linked && view.digest == x.shown.digest)
    return;
  x.shown = view;
  x.speaker.view(view, now_);
  x.talk.view(view, now_);
}

void discovery_simulation::speak(uint32_t who, std::vector<beacon::outgoing> what) {
  auto& n = *nodes_[who];
  for (auto& x : what) {
    x.what.sequence = ++n.sequence;
    x.what.wall_ms = wall_ms();
    x.what.endpoints = {n.self.listens};
    auto sent = std::make_shared<packet>();
    sent->bytes = codec_.encode(x.what);
    sent->from = {n.self.listens, 1};
    ++packets_;
    ++packets_by_second_[static_cast<uint64_t>((now_ - begin) / seconds{1})];
    auto lost = static_cast<uint64_t>(how_.loss * 0x1p32);
    auto deliver = [&](uint32_t to) {
      auto runs = nodes_[to]->runs && !apart(who, to) && to != who;
      if (runs && (random_() >> 32) >= lost)
        push(below(packet_delay_max), {event::kind::packet, to, who, 0, 0, sent});
    };
    if (x.to)
      deliver(by_host_.at(x.to->at.host));
    else
      for (uint32_t to = 0; to < nodes_.size(); ++to)
        deliver(to);
  }
}

void discovery_simulation::hear(uint32_t who, event& x) {
  auto& n = *nodes_[who];
  auto& got = *static_cast<const packet*>(x.content.get());
  auto verdict = n.filter.take(got.bytes, now_, wall_ms());
  if (!verdict.content)
    return;
  auto [send, seen] = n.speaker.receive(*verdict.content, got.from, now_);
  for (auto& y : seen)
    apply(who, n.table.observe(heard, y, now_));
  speak(who, std::move(send));
}

void discovery_simulation::tell(uint32_t who, std::vector<gossip::outgoing> what) {
  for (auto& x : what) {
    ++letters_;
    letter_peers_ += x.what.peers.size();
    auto letter = std::make_shared<discovery_gossip>(std::move(x.what));
    push(below(letter_delay_max), {event::kind::letter, by_name_.at(x.to), who, 0, 0, letter});
  }
}

void discovery_simulation::take_letter(uint32_t who, event& x) {
  auto& n = *nodes_[who];
  if (!n.linked[x.whom])
    return;
  auto& got = *static_cast<const discovery_gossip*>(x.content.get());
  auto [answers, seen] = n.talk.receive(nodes_[x.whom]->self.name, got, now_);
  for (auto& y : seen)
    apply(who, n.table.observe(told, y, now_));
  tell(who, std::move(answers));
}

std::vector<told_peer> discovery_simulation::list(const node& x) const {
  std::vector<told_peer> result;
  result.reserve(x.table.entries().size() + 1);
  auto& self = x.self;
  result.push_back({self.name,
                    self.instance,
                    self.incarnation,
                    self.creation,
                    {self.listens.host},
                    {self.listens.port}});
  for (auto& [key, entry] : x.table.entries())
    if (auto what = tell_of(entry))
      result.push_back(std::move(*what));
  return result;
}

// -- links ----------------------------------------------------------------------------------------

void discovery_simulation::dial(uint32_t who, uint32_t whom) {
  auto& n = *nodes_[who];
  ++dials_;
  auto number = ++n.dial_number;
  n.dials[whom] = number;
  push(below(dial_time_max), {event::kind::dialled, who, whom, number, 0, nullptr});
}

void discovery_simulation::dial_due(event& x) {
  auto& n = *nodes_[x.who];
  if (!apart(x.who, x.whom) && nodes_[x.whom]->runs)
    return link(x.who, x.whom);
  auto i = n.dials.find(x.whom);
  if (i == n.dials.end() || i->second != x.number)
    return; // It has begun again.
  if (x.tries < dial_pauses.size())
    return push(dial_pauses[x.tries],
                {event::kind::dialled, x.who, x.whom, x.number, x.tries + 1, nullptr});
  n.dials.erase(i);
  n.dialling.failed(nodes_[x.whom]->self.name, now_);
}

void discovery_simulation::link(uint32_t x, uint32_t y) {
  if (nodes_[x]->linked[y])
    return;
  ++links_;
  link_up(x, y);
  link_up(y, x);
  plan(y);
}

void discovery_simulation::link_up(uint32_t who, uint32_t whom) {
  auto& n = *nodes_[who];
  auto& peer = nodes_[whom]->self;
  n.linked[whom] = true;
  n.dials.erase(whom);
  n.dialling.connected(peer.name, now_);
  apply(who, n.table.connected(peer.name, peer.creation, false, now_));
  tell(who, n.talk.connected(peer.name, now_));
}

void discovery_simulation::link_down(uint32_t who, uint32_t whom) {
  auto& n = *nodes_[who];
  auto& name = nodes_[whom]->self.name;
  n.linked[whom] = false;
  n.talk.disconnected(name);
  apply(who, n.table.disconnected(name, "cut", now_));
  plan(who);
}

void discovery_simulation::cut(size_t size) {
  cut_ = size;
  for (uint32_t x = 0; x < size; ++x)
    for (auto y = static_cast<uint32_t>(size); y < nodes_.size(); ++y)
      if (nodes_[x]->linked[y]) {
        --links_;
        link_down(x, y);
        link_down(y, x);
      }
}

uint64_t discovery_simulation::packets_peak() const {
  uint64_t result = 0;
  for (auto& [second, count] : packets_by_second_)
    result = std::max(result, count);
  return result;
}

const peer_table& discovery_simulation::table(size_t which) const {
  return nodes_[which]->table;
}

const std::vector<discovery_event>& discovery_simulation::events(size_t which) const {
  return nodes_[which]->events;
}

uint64_t discovery_simulation::wall_ms() const {
  auto passed = std::chrono::duration_cast<milliseconds>(now_ - begin);
  return wall_begin + static_cast<uint64_t>(passed.count());
}

clock::duration discovery_simulation::below(clock::duration bound) {
  auto count = static_cast<uint64_t>(bound.count());
  return clock::duration{static_cast<clock::duration::rep>(random_() % (count + 1))};
}

void discovery_simulation::note(uint64_t what) {
  fingerprint_ = discovery::internal::mix(fingerprint_ ^ what) + now_step_;
}

} // namespace troupe::test
