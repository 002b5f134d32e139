#include "support/chaos.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"

#include <caf/attachable.hpp>

#include <array>

namespace troupe::test::chaos {

namespace {

using namespace std::chrono_literals;

const atom tag_do{"$do"};
const atom tag_message{"m"};

run* current = nullptr; // Processes on other nodes are started by a function without captures.

std::string text_of(const term& x) {
  return inspect_term(x, {.width = 0});
}

/// The reason of a process, as CAF's observers see it; `kill` looks like `killed`.
std::string text_of(const caf::error& why) {
  if (why && why.category() == caf::atom("troupe") && why.context().match_elements<std::string>())
    return why.context().get_as<std::string>(0);
  return text_of(exit_reason::from_caf(why));
}

class witness final : public caf::attachable {
public:
  explicit witness(size_t who) : who_(who) {}
  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    if (current)
      current->end(who_, text_of(why));
  }

private:
  size_t who_;
};

task<> life(process& self, int64_t who) {
  if (!current)
    co_return;
  auto me = static_cast<size_t>(who);
  current->begin(self, me);
  for (;;) {
    auto obeying = current->obey(self, me);
    co_await std::move(obeying);
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    current->take(me, x);
  }
}

spawn_what living(process& self, size_t who) {
  return internal::call_of<internal::named<life>>(*self.bridge(), static_cast<int64_t>(who));
}

cluster::settings quick() {
  cluster::settings result;
  result.ticktime = 4s;
  return result;
}

std::vector<std::string> names_for(uint64_t seed) {
  static const std::array<size_t, 8> sizes{3, 3, 4, 3, 5, 4, 6, 7};
  std::vector<std::string> result;
  for (size_t i = 0; i < sizes[seed % sizes.size()]; ++i)
    result.emplace_back(1, static_cast<char>('a' + i));
  return result;
}

} // namespace

run::run(uint64_t seed)
  : random_(seed * 7919 + 17), machines_(1), actors_(1), cluster_(names_for(seed), seed, quick()) {
  current = this;
  observe_with(this);
  start_ = cluster_.now();
  violence_ = static_cast<unsigned>(seed / 8 % 4);
  for (auto& n : names_for(seed)) {
    machines_.emplace_back().name = n;
    settle(machines_.size() - 1);
  }
}

run::~run() {
  quiet_ = true;
  current = nullptr;
  observe_with(nullptr);
  for (size_t i = 1; i < machines_.size(); ++i)
    release_handles(i);
}

// -- the record ---------------------------------------------------------------------------------

bool run::counts(size_t who) const {
  auto& x = history_.processes[who];
  return machines_[x.node].up && machines_[x.node].life == x.life;
}

void run::note(event x) {
  if (quiet_ || (x.who != 0 && !counts(x.who)))
    return;
  x.at = std::chrono::duration_cast<time_point>(cluster_.now() - start_);
  history_.events.push_back(std::move(x));
}

size_t run::new_process(size_t node) {
  history_.processes.push_back({.node = node});
  actors_.emplace_back();
  return actors_.size() - 1;
}

void run::bind(const pid& x, size_t who) {
  auto node = node_of(x.node);
  known_[x] = who;
  actors_[who].id = x;
  history_.processes[who].node = node;
  history_.processes[who].life = lives_[{node, x.creation}];
}

size_t run::process_of(const pid& x) {
  if (auto i = known_.find(x); i != known_.end())
    return i->second;
  auto who = new_process(node_of(x.node));
  bind(x, who);
  return who;
}

size_t run::node_of(atom name) const {
  for (size_t i = 1; i < machines_.size(); ++i)
    if (cluster::atom_of(machines_[i].name) == name)
      return i;
  return 0;
}

// -- what processes tell ------------------------------------------------------------------------

void run::begin(process& self, size_t who) {
  bind(self.self(), who);
  actors_[who].alive = true;
  self.attach(caf::attachable_ptr{new witness{who}});
  note({.what = act::began, .who = who});
  self.trap_exit(who % 4 != 0);
  note({.what = act::trapped, .who = who, .ok = who % 4 != 0});
  if ((history_.processes[who].subscribed = who % 2 == 0))
    self.home().kernel()->monitor_nodes(self.self(), {}, true);
}

void run::end(size_t who, std::string reason) {
  actors_[who].alive = false;
  note({.what = act::ended, .who = who, .text = std::move(reason)});
}

void run::catch_up(process& self, size_t who) {
  for (auto& x : self.flush())
    take(who, x);
}

void run::take(size_t who, const term& x) {
  event e{.who = who};
  auto part = [&x](size_t i) -> const term& { return x.as_tuple()[i]; };
  if (x.is_tagged(tag_do, 2)) {
    actors_[who].orders.push_back(static_cast<size_t>(part(1).as_integer()));
    return;
  }
  if (x.is_tagged(tag_message, 2) || x.is_tagged(tag_message, 3)) {
    e.what = act::got_message;
    e.number = static_cast<uint64_t>(part(1).as_integer());
  } else if (x.is_tagged(atom{"EXIT"}, 3)) {
    e.what = act::got_exit;
    e.other = process_of(part(1).as_pid());
    e.text = text_of(part(2));
  } else if (x.is_tagged(atom{"DOWN"}, 5)) {
    e.what = act::got_down;
    auto i = monitors_.find(part(1).as_reference());
    e.number = i == monitors_.end() ? 0 : i->second;
    if (auto* to = part(3).get_if<pid>()) {
      e.other = process_of(*to);
    } else {
      auto named = part(3);
      e.text2 = text_of(named.as_tuple()[0]);
      e.node = node_of(named.as_tuple()[1].as_atom());
    }
    e.text = text_of(part(4));
  } else if (x.is_tagged(atom{"spawn_reply"}, 4)) {
    auto& [number, asked] = requests_[part(1).as_reference()];
    e.what = act::got_spawn;
    e.number = number;
    if ((e.ok = part(3).is(term::kind::pid))) {
      bind(part(3).as_pid(), asked.other);
      e.other = asked.other;
    } else {
      e.text = text_of(part(3));
      if (asked.how.link)
        note({.what = act::unlinked, .who = who, .other = asked.other});
    }
  } else if (x.is_tagged(atom{"nodeup"}, 2) || x.is_tagged(atom{"nodedown"}, 2)) {
    e.what = x.is_tagged(atom{"nodeup"}, 2)       ? act::got_node_up
             : history_.processes[who].subscribed ? act::got_node_down
                                                  : act::got_node_lost;
    e.node = node_of(part(1).as_atom());
  } else {
    e.what = act::got_message; // nobody sent it
  }
  note(std::move(e));
}

// -- what processes do --------------------------------------------------------------------------

task<> run::obey(process& self, size_t who) {
  while (!actors_[who].orders.empty()) {
    auto x = orders_[actors_[who].orders.front()];
    actors_[who].orders.pop_front();
    if (x.what != deed::send || x.number % 2 == 0)
      catch_up(self, who);
    switch (x.what) {
      case deed::send:
      case deed::send_name: reach(self, who, x); break;
      case deed::link:
      case deed::unlink:
      case deed::monitor:
      case deed::monitor_name:
      case deed::demonitor: relate(self, who, x); break;
      case deed::exit_other:
      case deed::exit_self:
      case deed::trap: leave(self, who, x); break;
      case deed::spawn_here: spawn_here(self, who, x); break;
      case deed::request_spawn: request(self, who, x); break;
      case deed::spawn_there: {
        auto spawning = spawn_and_wait(self, who, x);
        co_await std::move(spawning);
        break;
      }
      case deed::add_name:
      case deed::remove_name: name(self, who, x); break;
      case deed::observe: observe(self, who, x); break;
      case deed::watch_node: watch_node(self, who, x); break;
    }
  }
}

void run::reach(process& self, size_t who, const order& x) {
  auto message = x.flag ? term::tuple({tag_message, term{x.number}, std::string(150'000, 'x')})
                        : term::tuple({tag_message, term{x.number}});
  if (x.what == deed::send) {
    note({.what = act::sent, .who = who, .other = x.other, .number = x.number});
    self.send(actors_[x.other].id, message);
  } else {
    note({.what = act::sent,
          .who = who,
          .node = x.node,
          .number = x.number,
          .text = text_of(term{x.name})});
    self.send(x.name, cluster::atom_of(machines_[x.node].name), message);
  }
}

void run::relate(process& self, size_t who, const order& x) {
  auto& to = actors_[x.other].id;
  auto& mine = actors_[who].monitors;
  switch (x.what) {
    case deed::link:
      note({.what = act::linked, .who = who, .other = x.other});
      return self.link(to);
    case deed::unlink: { // Mostly of a link that is there.
      auto links = self.links();
      auto gives_up = links.empty() || x.number % 4 == 0 ? to : links[x.number % links.size()];
      note({.what = act::unlinked, .who = who, .other = process_of(gives_up)});
      return self.unlink(gives_up);
    }
    case deed::monitor:
      note({.what = act::monitored, .who = who, .other = x.other, .number = x.number});
      monitors_[mine[x.number] = self.monitor(to)] = x.number;
      return;
    case deed::monitor_name:
      if (self.core().names().name_of(self.self()) == x.name)
        return; // of oneself: never fires
      note({.what = act::monitored,
            .who = who,
            .node = x.node,
            .number = x.number,
            .text = text_of(term{x.name})});
      monitors_[mine[x.number] = self.monitor(x.name, cluster::atom_of(machines_[x.node].name))]
        = x.number;
      return;
    default: break;
  }
  if (mine.empty())
    return;
  auto i = std::next(mine.begin(), static_cast<ptrdiff_t>(x.number % mine.size()));
  auto was_there = self.demonitor(i->second, x.flag);
  note({.what = act::demonitored, .who = who, .number = i->first, .ok = was_there});
  mine.erase(i);
}

void run::leave(process& self, size_t who, const order& x) {
  if (x.what == deed::trap) {
    self.trap_exit(x.flag);
    return note({.what = act::trapped, .who = who, .ok = x.flag});
  }
  if (x.what == deed::exit_other) {
    note({.what = act::exit_sent, .who = who, .other = x.other, .text = text_of(x.reason)});
    return self.exit(actors_[x.other].id, x.reason);
  }
  note({.what = act::exits, .who = who, .text = text_of(x.reason)});
  self.exit(x.reason);
}

void run::name(process& self, size_t who, const order& x) {
  auto& names = self.core().names();
  auto text = text_of(term{x.name});
  if (x.what == deed::add_name)
    note({.what = act::registered, .who = who, .text = text, .ok = names.add(x.name, self.self())});
  else if (names.name_of(self.self()) == x.name)
    note({.what = act::unregistered, .who = who, .text = text, .ok = names.remove(x.name)});
}

// -- spawning -----------------------------------------------------------------------------------

void run::start_process(size_t node) {
  auto who = new_process(node);
  bind(cluster_.at(machines_[node].name).spawn(life, static_cast<int64_t>(who)), who);
  actors_[who].alive = true;
}

void run::spawn_here(process& self, size_t who, const order& x) {
  auto child = static_cast<int64_t>(x.other);
  bind(x.how.link ? self.spawn_link(life, child) : self.spawn(life, child), x.other);
  if (x.how.link)
    note({.what = act::linked, .who = who, .other = x.other, .ok = true});
}

void run::request(process& self, size_t who, const order& x) {
  note({.what = act::asked_spawn,
        .who = who,
        .other = x.other,
        .node = x.node,
        .number = x.number,
        .ok = true});
  if (x.how.link)
    note({.what = act::linked, .who = who, .other = x.other, .ok = true});
  if (x.how.monitor)
    note({.what = act::monitored, .who = who, .other = x.other, .number = x.number, .ok = true});
  auto at = cluster::atom_of(machines_[x.node].name);
  auto ref = self.spawn_request_at(at, living(self, x.other), x.how);
  requests_[ref] = {x.number, x};
  if (x.how.monitor)
    monitors_[ref] = x.number;
}

task<> run::spawn_and_wait(process& self, size_t who, order x) {
  note(
    {.what = act::asked_spawn, .who = who, .other = x.other, .node = x.node, .number = x.number});
  if (x.how.link)
    note({.what = act::linked, .who = who, .other = x.other, .ok = true});
  if (x.how.monitor)
    note({.what = act::monitored, .who = who, .other = x.other, .number = x.number, .ok = true});
  auto at = cluster::atom_of(machines_[x.node].name);
  auto what = living(self, x.other);
  auto spawning = self.spawn_what_at(at, what, x.how);
  auto result = co_await std::move(spawning);
  if (x.how.monitor)
    monitors_[result.monitor] = x.number;
  if (result.id.node == at)
    bind(result.id, x.other);
  else
    failed_to_spawn(who, x.other, result.id, x);
}

/// The process that was returned stands for one that could not be started (rules SP-03 to SP-05).
void run::failed_to_spawn(size_t who, size_t child, const pid& dummy, const order& x) {
  auto stand_in = new_process(history_.processes[who].node);
  bind(dummy, stand_in);
  history_.processes[stand_in].dummy = true;
  history_.processes[stand_in].node_wanted = x.node;
  if (x.how.link) {
    note({.what = act::unlinked, .who = who, .other = child});
    note({.what = act::linked, .who = who, .other = stand_in, .ok = true});
  }
  if (x.how.monitor)
    note({.what = act::monitored, .who = who, .other = stand_in, .number = x.number, .ok = true});
  note({.what = act::ended, .who = stand_in, .text = ":noconnection"});
}

} // namespace troupe::test::chaos
