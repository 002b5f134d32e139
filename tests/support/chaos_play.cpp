// What happens in a run: who is told what, which wires break, which machines fail. chaos.cpp has
// what processes do.

#include "support/chaos.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/exit_reason.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <sstream>

namespace troupe::test::chaos {

namespace {

using namespace std::chrono_literals;

const std::array<atom, 3> some_names{atom{"x"}, atom{"y"}, atom{"z"}};
constexpr auto freeze_max = 6s; // Shorter than what the model grants an answer.

} // namespace

// -- processes ----------------------------------------------------------------------------------

void run::tell(size_t who, order x) {
  orders_.push_back(std::move(x));
  auto& home = machines_[history_.processes[who].node];
  cluster_.at(home.name).send(actors_[who].id,
                              term::tuple({atom{"$do"}, term{orders_.size() - 1}}));
}

size_t run::any_process(bool alive) {
  std::vector<size_t> found;
  for (size_t i = 1; i < actors_.size(); ++i)
    if (actors_[i].id && (!alive || (actors_[i].alive && counts(i))))
      found.push_back(i);
  if (found.empty())
    return 0;
  // Mostly a few, between which much happens.
  auto few = alive && below(4) != 0 ? std::min(found.size(), crowd_) : found.size();
  return found[below(few)];
}

/// What is done how often.
std::array<run::deed, 44> run::make_deeds() {
  std::array<deed, 44> result{};
  result.fill(deed::send);
  constexpr std::array<std::pair<deed, size_t>, 15> shares{{{deed::send_name, 4},
                                                            {deed::link, 7},
                                                            {deed::unlink, 5},
                                                            {deed::monitor, 4},
                                                            {deed::monitor_name, 2},
                                                            {deed::demonitor, 2},
                                                            {deed::exit_other, 3},
                                                            {deed::exit_self, 1},
                                                            {deed::trap, 1},
                                                            {deed::spawn_there, 2},
                                                            {deed::request_spawn, 2},
                                                            {deed::add_name, 2},
                                                            {deed::remove_name, 1},
                                                            {deed::observe, 3},
                                                            {deed::watch_node, 1}}};
  auto at = result.begin();
  for (auto& [what, n] : shares)
    at = std::fill_n(at, n, what);
  return result;
}

run::order run::any_order(size_t who) {
  static const auto deeds = make_deeds();
  order x;
  x.what = deeds[below(deeds.size())];
  x.number = ++last_number_;
  x.other = any_process(below(4) != 0);
  x.node = 1 + below(machines_.size() - 1);
  x.name = some_names[below(some_names.size())];
  x.flag = below(2) == 0;
  switch (x.what) {
    case deed::send: x.flag = below(30) == 0; break;
    case deed::link:
    case deed::unlink:
    case deed::monitor:
      if (x.other == who)
        x.what = deed::send;
      break;
    case deed::trap: x.flag = below(4) != 0; break;
    case deed::exit_other: {
      auto which = below(8);
      x.reason = which == 0   ? term{exit_reason::kill}
                 : which == 1 ? term{exit_reason::normal}
                              : term::tuple({atom{"x"}, term{x.number}});
      break;
    }
    case deed::exit_self: {
      auto which = below(6);
      x.reason = which == 0   ? term{exit_reason::kill}
                 : which == 1 ? term{exit_reason::normal}
                              : term::tuple({atom{"e"}, term{x.number}});
      break;
    }
    case deed::spawn_there:
    case deed::request_spawn:
      if (x.node == history_.processes[who].node)
        x.what = deed::spawn_here;
      x.other = new_process(x.node);
      x.how = {.link = below(2) == 0, .monitor = below(2) == 0};
      break;
    default: break;
  }
  if (x.other == 0)
    x.other = who;
  return x;
}

/// A node has some processes to begin with, and gets new ones when too few are left.
void run::populate(size_t node) {
  auto alive = [&] {
    size_t n = 0;
    for (size_t i = 1; i < actors_.size(); ++i)
      n += history_.processes[i].node == node && counts(i) && actors_[i].alive;
    return n;
  };
  for (auto n = alive(); n < 3; ++n)
    start_process(node);
}

// -- machines -----------------------------------------------------------------------------------

void run::settle(size_t node) {
  auto& m = machines_[node];
  auto& core = cluster_.at(m.name).core();
  m.up = true;
  m.frozen = false;
  m.processes = core.processes().size();
  m.names = core.names().names().size();
  lives_[{node, core.creation()}] = ++m.life;
  note({.what = act::node_started, .node = node});
  populate(node);
}

void run::trouble(size_t x, size_t y, bool begins) {
  note({.what = begins ? act::trouble_begins : act::trouble_ends, .node = x, .peer = y});
}

void run::end_node(size_t x, bool power) {
  auto& m = machines_[x];
  if (m.frozen)
    trouble(x, x, false);
  trouble(x, x, true);
  note({.what = act::node_ended, .node = x});
  release_handles(x);
  m.up = m.frozen = false;
  m.since = cluster_.now();
  if (power)
    cluster_.power_off(m.name);
  else
    cluster_.kill(m.name, below(2) == 0 ? cluster::ending::reset : cluster::ending::orderly);
}

void run::start_node(size_t x) {
  cluster_.restart(machines_[x].name);
  trouble(x, x, false);
  settle(x);
}

void run::network_trouble(size_t x, size_t y) {
  auto& net = cluster_.network();
  if (std::ranges::count(broken_, std::pair{x, y}) + std::ranges::count(broken_, std::pair{y, x}))
    return;
  auto& a = machines_[x].name;
  auto& b = machines_[y].name;
  trouble(x, y, true);
  switch (below(5)) {
    case 0: cluster_.cut(a, b); break;
    case 1: cluster_.cut(a, b, cluster::ending::reset); break;
    case 2: cluster_.silence(a, b); break;
    case 3: net.mute(a, b); break;
    default:
      if (machines_[x].up)
        cluster_.at(a).kernel()->disconnect(cluster::atom_of(b), [](bool) {});
      return trouble(x, y, false);
  }
  broken_.emplace_back(x, y);
}

void run::any_trouble() {
  // Of mild runs the first two nodes are the victims, so that the others show calm.
  auto reach = violence_ < 3 ? 2 : machines_.size() - 1;
  auto x = 1 + below(reach);
  auto y = 1 + below(reach);
  if (x != y && below(3) != 0)
    return network_trouble(x, y);
  if (!machines_[x].up)
    return start_node(x);
  if (machines_[x].frozen)
    return;
  switch (below(4)) {
    case 0: return end_node(x, false);
    case 1: return end_node(x, true);
    default:
      cluster_.freeze(machines_[x].name);
      machines_[x].frozen = true;
      machines_[x].since = cluster_.now();
      trouble(x, x, true);
  }
}

void run::mend_some() {
  for (size_t i = 1; i < machines_.size(); ++i) {
    auto& m = machines_[i];
    auto age = cluster_.now() - m.since;
    if (m.frozen && (age > freeze_max / 2 || below(4) == 0)) {
      cluster_.thaw(m.name);
      m.frozen = false;
      trouble(i, i, false);
    } else if (!m.up && below(3) == 0) {
      start_node(i);
    }
  }
  if (!broken_.empty() && below(6) == 0) {
    auto [x, y] = broken_[below(broken_.size())];
    cluster_.heal(machines_[x].name, machines_[y].name);
    trouble(x, y, false);
    std::erase(broken_, std::pair{x, y});
    std::erase(broken_, std::pair{y, x});
  }
}

void run::mend_all() {
  for (auto [x, y] : std::exchange(broken_, {})) {
    cluster_.heal(machines_[x].name, machines_[y].name);
    trouble(x, y, false);
  }
  for (size_t i = 1; i < machines_.size(); ++i) {
    if (machines_[i].frozen) {
      cluster_.thaw(machines_[i].name);
      machines_[i].frozen = false;
      trouble(i, i, false);
    }
    if (!machines_[i].up)
      start_node(i);
  }
}

// -- the run ------------------------------------------------------------------------------------

void run::play() {
  auto turns = 30 + below(40);
  crowd_ = 2 + below(6);
  cluster_.run();
  for (size_t i = 0; i < turns; ++i) {
    if (violence_ > 0 && below(4) == 0) {
      any_trouble();
      give_up_links();
      if (below(3) == 0) // Long enough for ticks to fail.
        cluster_.advance(std::chrono::microseconds{below(8'000'000)});
    }
    mend_some();
    for (auto n = below(8); n > 0; --n)
      if (auto who = any_process(true))
        tell(who, any_order(who));
    for (size_t n = 1; n < machines_.size(); ++n)
      if (machines_[n].up && !machines_[n].frozen)
        populate(n);
    auto pace = below(10);
    cluster_.advance(pace < 5   ? std::chrono::microseconds{below(3000)}
                     : pace < 9 ? std::chrono::microseconds{below(500'000)}
                                : std::chrono::microseconds{below(4'000'000)});
  }
  finale();
  look_what_is_left();
}

/// Unlinks that may be lost on their way.
void run::give_up_links() {
  for (auto n = below(4); n > 0; --n)
    if (auto who = any_process(true)) {
      order x;
      x.what = deed::unlink;
      x.number = ++last_number_;
      x.other = any_process(false);
      if (x.other != who)
        tell(who, x);
    }
}

/// Who tried to be related once tries again, now that all is well.
void run::relate_anew() {
  std::set<std::pair<size_t, size_t>> pairs;
  for (auto& x : history_.events)
    if ((x.what == act::linked || x.what == act::unlinked) && x.who != x.other)
      pairs.insert({x.who, x.other});
  for (auto [x, y] : pairs) {
    auto [from, to] = below(2) == 0 ? std::pair{x, y} : std::pair{y, x};
    if (!actors_[from].alive || !counts(from) || below(3) == 0)
      continue;
    order o;
    o.what = below(3) == 0 ? deed::monitor : deed::link;
    o.number = ++last_number_;
    o.other = to;
    if (actors_[to].id)
      tell(from, o);
  }
  cluster_.advance(std::chrono::microseconds{below(5'000'000)});
}

/// All is mended; then most of the processes end, so that the others are told.
void run::finale() {
  mend_all();
  cluster_.advance(30s);
  relate_anew();
  for (size_t i = 1; i < actors_.size(); ++i)
    if (actors_[i].alive && counts(i) && i % 3 != 0) {
      order x;
      x.what = deed::exit_self;
      x.number = ++last_number_;
      x.reason = term::tuple({atom{"e"}, term{x.number}});
      tell(i, x);
      cluster_.advance(std::chrono::microseconds{below(20'000)});
    }
  cluster_.advance(30s);
  note({.what = act::observation_end});
}

void run::look_what_is_left() {
  quiet_ = true;
  for (size_t i = 1; i < machines_.size(); ++i) {
    release_handles(i);
    auto& core = cluster_.at(machines_[i].name).core();
    for (auto& x : core.processes().all()) {
      signal s;
      s.type = signal::kind::exit;
      s.from = s.to = core.make_pid(x->id());
      s.value = exit_reason::kill;
      core.deliver(std::move(s));
    }
  }
  cluster_.advance(30s);
  for (size_t i = 1; i < machines_.size(); ++i) {
    auto& node = cluster_.at(machines_[i].name);
    auto counts = node.kernel()->snapshot();
    residue x{.node = i,
              .links = counts.links,
              .monitors = counts.monitors,
              .spawns = counts.spawns,
              .held = counts.held,
              .handshakes = counts.handshakes};
    x.processes = node.core().processes().size();
    x.proxies = node.core().proxies().size();
    x.names = node.core().names().names().size();
    history_.left.push_back(x);
  }
}

std::string play(uint64_t seed) {
  run x{seed};
  x.play();
  auto found = complaints(x.record());
  if (found.empty())
    return {};
  std::ostringstream out;
  out << "seed " << seed << ":\n";
  for (size_t i = 0; i < std::min<size_t>(found.size(), 12); ++i)
    out << "  " << found[i] << '\n';
  auto& events = x.record().events;
  auto* wanted = std::getenv("TROUPE_CHAOS_EVENTS");
  auto shown = std::min<size_t>(events.size(), wanted ? std::strtoull(wanted, nullptr, 10) : 40);
  out << "last events:\n";
  for (auto i = events.size() - shown; i < events.size(); ++i)
    out << "  " << i << ' ' << to_string(events[i]) << '\n';
  return out.str();
}

} // namespace troupe::test::chaos
