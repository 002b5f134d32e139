// What net_kernel can be told while it runs: cookies, ticktime, who may connect, what may be
// spawned; and where it goes by that.

#include "troupe/dist/auth.hpp"
#include "troupe/dist/net_kernel.hpp"
#include "troupe/inspect.hpp"

namespace troupe::dist {

// -- dialling -----------------------------------------------------------------------------------

void net_kernel::connect_hidden(atom name, std::function<void(bool)> done) {
  if (name == self_)
    return done(true);
  if (peer_of(name)->wait_for_connection(std::move(done)) == peer::outcome::must_dial)
    start_dial(name, true);
}

/// Connects where `connect` was not asked for by anybody.
void net_kernel::reach(atom name, std::function<void(bool)> done) {
  if (name == self_)
    return done(true);
  auto may = may_dial(name);
  if (peer_of(name)->wait_for_connection(std::move(done), may) == peer::outcome::must_dial)
    start_dial(name);
}

bool net_kernel::may_dial(atom name) const {
  if (opts_.dialling == auto_connect::always)
    return true;
  std::lock_guard guard{mutex_};
  return auto_.allows(name);
}

bool net_kernel::is_allowed(atom name) const {
  std::lock_guard guard{mutex_};
  return allowed_.allows(name);
}

session::options net_kernel::setup(bool hidden) const {
  auto result = opts_.setup;
  result.self.hidden = result.self.hidden || hidden;
  std::lock_guard guard{mutex_};
  result.keys = cookies_.common().keys;
  result.chain = cookies_.chain();
  result.ticktime = ticktime_.shortest();
  return result;
}

// -- cookies ------------------------------------------------------------------------------------

result<bool> net_kernel::set_cookie(atom name, const std::string& text) {
  cookie x{text, nullptr};
  {
    std::lock_guard guard{mutex_};
    x.keys = cookies_.keys_of(text);
  }
  if (!x.keys) { // without the mutex: it is slow on purpose
    auto made = opts_.make_keys ? opts_.make_keys(text) : key_ring::derive(text);
    if (!made)
      return made.error();
    x.keys = std::move(*made);
  }
  std::lock_guard guard{mutex_};
  if (name == self_)
    cookies_.set(std::move(x));
  else if (!cookies_.set(name, std::move(x)))
    return error{errc::overload, "there are too many nodes with a cookie of their own"};
  return true;
}

std::string net_kernel::cookie_of(atom name) const {
  std::lock_guard guard{mutex_};
  return cookies_.of(name).text;
}

// -- ticktime -----------------------------------------------------------------------------------

ticktime_change::answer net_kernel::set_ticktime(ticktime_change::duration to,
                                                 ticktime_change::duration transition) {
  auto answer = ticktime_change::answer::unchanged;
  {
    std::lock_guard guard{mutex_};
    answer = ticktime_.begin(to);
  }
  if (answer == ticktime_change::answer::initiated)
    time_->post([this, transition] {
      retime();
      time_->after(transition, [this] { end_ticktime_change(); });
    });
  return answer;
}

ticktime_change net_kernel::ticktime() const {
  std::lock_guard guard{mutex_};
  return ticktime_;
}

void net_kernel::end_ticktime_change() {
  {
    std::lock_guard guard{mutex_};
    ticktime_.end();
  }
  retime();
}

/// Tells all connections what holds now.
void net_kernel::retime() {
  std::vector<std::shared_ptr<connection>> all;
  ticktime_change::duration receiving{}, sending{};
  {
    std::lock_guard guard{mutex_};
    for (auto& [id, x] : connections_)
      all.push_back(x);
    receiving = ticktime_.current();
    sending = ticktime_.shortest();
  }
  for (auto& x : all)
    x->retime(receiving, sending);
}

// -- who may connect, what may run --------------------------------------------------------------

result<bool> net_kernel::allow(const std::vector<atom>& names) {
  std::lock_guard guard{mutex_};
  if (!allowed_.add(names))
    return error{errc::overload, "there are too many allowed nodes"};
  return true;
}

std::vector<atom> net_kernel::allowed() const {
  std::lock_guard guard{mutex_};
  return allowed_.nodes();
}

void net_kernel::restrict_spawn(spawn_policy policy) {
  auto fresh = std::make_shared<const spawn_policy>(std::move(policy));
  std::lock_guard guard{mutex_};
  spawns_ = std::move(fresh);
  restricts_spawns_ = true;
}

bool net_kernel::may_spawn(const signal& x) {
  if (!restricts_spawns_)
    return true;
  std::shared_ptr<const spawn_policy> policy;
  {
    std::lock_guard guard{mutex_};
    policy = spawns_;
  }
  auto& what = x.spawn->what;
  if (!policy || policy->allows(x.from, what))
    return true;
  if (auto left_out = refusals_.ask(x.from.node, time_->now())) {
    auto runs = spawn_wrappers::get().innermost(what).value_or(what);
    core_->log("warning",
               "** Node " + inspect_atom(x.from.node) + " may not spawn " + name_of(runs) + " here"
                 + (*left_out ? "; " + std::to_string(*left_out) + " more were refused" : "")
                 + " **");
  }
  return false;
}

} // namespace troupe::dist
