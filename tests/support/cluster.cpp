#include "support/cluster.hpp"

#include "support/session_pair.hpp"

#include "troupe/inspect.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <stdexcept>

namespace troupe::test {

namespace {

constexpr size_t steps_max = 20'000'000;
const atom cue{"$cue"};

caf::scheduler::test_coordinator& scheduler_of(node& x) {
  return static_cast<caf::scheduler::test_coordinator&>(x.system().scheduler());
}

} // namespace

// -- puppets ------------------------------------------------------------------------------------

task<> puppet::act(process& self, std::shared_ptr<state> mine) {
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    if (!x.is_atom(cue)) {
      mine->mail.push_back(std::move(x));
      continue;
    }
    auto next = mine->script[mine->done];
    auto body = next(self);
    co_await std::move(body);
    ++mine->done;
  }
}

bool puppet::is_alive() const {
  auto& home = state_->owner->at(state_->home);
  return home.core().creation() == id().creation && home.core().processes().find(id().id).handle;
}

void puppet::plays(part f) const {
  state_->script.push_back(std::move(f));
  state_->owner->at(state_->home).send(id(), term{cue});
}

void puppet::does(std::function<void(process&)> f) const {
  plays([f = std::move(f)](process& self) -> task<> {
    f(self);
    co_return;
  });
}

std::vector<std::string> puppet::mail() const {
  std::vector<std::string> result;
  for (auto& x : std::exchange(state_->mail, {}))
    result.push_back(state_->owner->text_of(x));
  return result;
}

// -- starting and ending ------------------------------------------------------------------------

cluster::cluster(std::vector<std::string> names, uint64_t seed)
  : cluster(std::move(names), seed, settings{}) {}

cluster::cluster(std::vector<std::string> names, uint64_t seed, const settings& how)
  : now_(make_shared_time()), random_(seed), net_(now_, seed + 1),
    mode_(seed % 4 == 0 ? dist::transport_mode::tls : dist::transport_mode::plain) {
  for (auto& name : names)
    start(name, how);
}

cluster::~cluster() {
  for (auto& [name, x] : lives_)
    if (x->node) {
      net_.kill(name, ending::reset);
      alone_ = x.get();
      x->frozen = false;
      x->node->stop();
      remove(name);
    }
}

void cluster::start(const std::string& name, const settings& how) {
  auto& x = lives_[name];
  if (!x)
    x = std::make_unique<life>();
  x->how = how;
  x->frozen = false;
  x->time = std::make_unique<virtual_clock>(now_, random_());
  auto& host = net_.plug_in(name, *x->time);
  config c;
  c.name = name + "@mem";
  c.cookie = how.cookie;
  c.hidden = how.hidden;
  c.connect_all = how.connect_all;
  c.prevent_overlapping_partitions = how.prevent_overlapping_partitions;
  c.ticktime = how.ticktime;
  c.transport = mode_;
  if (how.adjust)
    how.adjust(c);
  node::parts on;
  on.time = x->time.get();
  on.wires = &host;
  on.names = &host;
  on.keys = keys_of(how.cookie);
  on.make_keys = [](std::string_view cookie) -> result<std::shared_ptr<const dist::key_ring>> {
    if (cookie.empty() || cookie.size() > cookie_bytes_max)
      return dist::key_ring::derive(cookie);
    return keys_of(std::string{cookie});
  };
  on.build_id = how.build_id;
  on.drive = [this] { run(); };
  auto started
    = node::start(c, on, [at = x.get()](const std::string& level, const std::string& text) {
        at->log.push_back(level + ": " + text);
      });
  if (!started)
    throw std::runtime_error(to_string(started.error()));
  x->node = std::move(*started);
  scheduler_of(*x->node).clock().current_time = *now_;
}

node& cluster::at(const std::string& name) {
  return *lives_.at(name)->node;
}

std::vector<std::string> cluster::stop(const std::string& name) {
  thaw(name);
  auto left = at(name).stop();
  net_.kill(name, ending::orderly);
  remove(name);
  run();
  return left;
}

void cluster::kill(const std::string& name, ending how) {
  net_.kill(name, how);
  auto& x = *lives_.at(name);
  x.frozen = false;
  alone_ = &x;
  x.node->stop();
  alone_ = nullptr;
  remove(name);
}

void cluster::power_off(const std::string& name) {
  net_.power_off(name);
  kill(name);
}

void cluster::restart(const std::string& name) {
  auto& x = *lives_.at(name);
  if (x.node)
    kill(name);
  start(name, x.how);
}

void cluster::remove(const std::string& name) {
  auto& x = *lives_.at(name);
  x.node.reset();
  x.time->clear();
  net_.forget(name);
}

// -- time ---------------------------------------------------------------------------------------

bool cluster::run_job(life& x) {
  auto& scheduler = scheduler_of(*x.node);
  if (!scheduler.has_job())
    return false;
  auto& jobs = scheduler.jobs;
  std::iter_swap(jobs.begin(), jobs.begin() + static_cast<ptrdiff_t>(random_() % jobs.size()));
  return scheduler.try_run_once();
}

bool cluster::step_alone(life& x) {
  return x.node && (run_job(x) || x.time->run_one());
}

bool cluster::step() {
  if (alone_)
    return step_alone(*alone_);
  struct choice {
    life* owner;
    bool job;
  };
  std::vector<choice> choices;
  for (auto& [name, x] : lives_) {
    if (!x->runs())
      continue;
    if (scheduler_of(*x->node).has_job())
      choices.push_back({x.get(), true});
    if (x->time->has_due())
      choices.push_back({x.get(), false});
  }
  if (net_.flights().has_due())
    choices.push_back({nullptr, false});
  if (choices.empty())
    return false;
  auto n = random_() % choices.size();
  fingerprint_
    = (fingerprint_ ^ (n + choices.size() * 31)) * 0x100000001b3u + net_.counters().bytes;
  auto& [owner, job] = choices[n];
  if (!owner)
    return net_.flights().run_one();
  return job ? run_job(*owner) : owner->time->run_one();
}

std::optional<clock::time_point> cluster::next() const {
  auto result = net_.flights().next();
  auto consider = [&result](clock::time_point t) {
    if (!result || t < *result)
      result = t;
  };
  for (auto& [name, x] : lives_) {
    if (!x->runs())
      continue;
    if (auto t = x->time->next())
      consider(*t);
    auto& timeouts = scheduler_of(*x->node).clock().schedule();
    if (!timeouts.empty())
      consider(timeouts.begin()->first);
  }
  return result;
}

/// Lets CAF's own timeouts of a node fire.
void cluster::catch_up(life& x) {
  auto& timeouts = scheduler_of(*x.node).clock();
  if (timeouts.now() < *now_)
    timeouts.advance_time(*now_ - timeouts.now());
}

/// Moves time to what is due next, unless that is after `limit`.
bool cluster::leap(clock::time_point limit) {
  auto t = next();
  if (alone_ || !t || *t > limit)
    return false;
  *now_ = std::max(*now_, *t);
  for (auto& [name, x] : lives_)
    if (x->runs())
      catch_up(*x);
  return true;
}

void cluster::run() {
  for (size_t n = 0; step() || (net_.flights().next() && leap(clock::time_point::max())); ++n)
    if (n > steps_max)
      throw std::runtime_error("the cluster does not come to rest");
}

void cluster::advance(clock::duration time) {
  auto end = now() + time;
  while (step() || leap(end)) {
  }
  *now_ = end;
}

bool cluster::run_until(const std::function<bool()>& done, clock::duration limit) {
  auto end = now() + limit;
  while (!done())
    if (!step() && !leap(end))
      return false;
  return true;
}

// -- what a user does ---------------------------------------------------------------------------

std::vector<bool> cluster::ping(const std::vector<std::pair<std::string, std::string>>& pairs) {
  auto answers = std::make_shared<std::vector<std::optional<bool>>>(pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i)
    at(pairs[i].first).kernel()->ping(atom_of(pairs[i].second), [answers, i](bool ok) {
      (*answers)[i] = ok;
    });
  run_until([&] { return std::ranges::all_of(*answers, [](auto& x) { return x.has_value(); }); });
  std::vector<bool> result;
  for (auto& x : *answers)
    result.push_back(x.value_or(false));
  return result;
}

bool cluster::ping(const std::string& from, const std::string& to) {
  return ping({{from, to}}).front();
}

bool cluster::ask(const std::string& from, const std::string& to, question what) {
  auto answer = std::make_shared<std::optional<bool>>();
  (at(from).kernel()->*what)(atom_of(to), [answer](bool ok) { *answer = ok; });
  run_until([&] { return answer->has_value(); });
  return answer->value_or(false);
}

bool cluster::connect(const std::string& from, const std::string& to) {
  return ask(from, to, &internal::signal_carrier::connect);
}

bool cluster::disconnect(const std::string& from, const std::string& to) {
  return ask(from, to, &internal::signal_carrier::disconnect);
}

std::string cluster::nodes(const std::string& of, dist::node_class which) {
  std::string result;
  for (auto x : at(of).nodes(which)) {
    auto text = x.text();
    result += (result.empty() ? "" : " ") + std::string{text.substr(0, text.find('@'))};
  }
  return result;
}

puppet cluster::spawn(const std::string& where, const std::string& name, bool trap_exit) {
  puppet result;
  result.state_ = std::make_shared<puppet::state>();
  result.state_->owner = this;
  result.state_->home = where;
  result.state_->id = at(where).spawn(
    [trap_exit](process& self, std::shared_ptr<puppet::state> mine) {
      self.trap_exit(trap_exit);
      return puppet::act(self, std::move(mine));
    },
    result.state_);
  call(result.id(), name);
  run();
  return result;
}

term cluster::named(const term& x) const {
  switch (x.type()) {
    case term::kind::pid: {
      auto i = names_.find(x.as_pid());
      return atom{i == names_.end() ? "unknown" : i->second};
    }
    case term::kind::reference: return atom{"ref"};
    case term::kind::tuple: {
      std::vector<term> elements;
      for (auto& y : x.as_tuple())
        elements.push_back(named(y));
      return term::tuple(std::move(elements));
    }
    case term::kind::cons: return term::cons(named(x.head()), named(x.tail()));
    default: return x;
  }
}

std::string cluster::text_of(const term& x) const {
  return inspect_term(named(x), {.width = 0});
}

std::vector<std::string> cluster::log(const std::string& name) {
  return std::exchange(lives_.at(name)->log, {});
}

} // namespace troupe::test
