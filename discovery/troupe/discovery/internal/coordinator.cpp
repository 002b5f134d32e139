#include "troupe/discovery/internal/coordinator.hpp"

#include "troupe/discovery/internal/own_addresses.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::discovery::internal {

namespace {

const atom nodeup{"nodeup"};
const atom nodedown{"nodedown"};
const atom exit_tag{"EXIT"};
const atom down_tag{"DOWN"};

dist::node_monitor::options all_nodes() {
  dist::node_monitor::options opts;
  opts.which = dist::node_monitor::options::nodes::all;
  opts.shape = dist::node_monitor::options::form::list;
  opts.node_type = true;
  opts.reason = true;
  return opts;
}

/// Returns the value of `key` in a list of pairs.
std::string value_of(const term& info, std::string_view key) {
  auto pairs = info.to_vector();
  if (!pairs)
    return {};
  for (auto& x : *pairs)
    if (x.is_tagged(atom{key}, 2))
      return inspect_term(x.as_tuple()[1]);
  return {};
}

} // namespace

coordinator::coordinator(process& self, std::shared_ptr<shared> x)
  : self_(&self), shared_(std::move(x)),
    table_(shared_->around.self.name, shared_->around.self.instance,
           shared_->around.self.incarnation, shared_->around.self.hidden),
    dialer_(shared_->around.self.name, [time = shared_->around.time] { return time->random(); }),
    gossip_([this] { return list(); }, [time = shared_->around.time] { return time->random(); }),
    sources_(self, shared_->sources, shared_->reports) {}

clock::time_point coordinator::now() const {
  return shared_->around.time->now();
}

void coordinator::start() {
  self_->trap_exit(true);
  auto& home = *shared_->home;
  home.core().names().add(registered_name, self_->self());
  home.monitor_nodes(self_->self(), all_nodes(), true);
  for (auto& name : home.nodes(dist::node_class::connected))
    node_up(name, std::ranges::count(home.nodes(dist::node_class::hidden), name) > 0);
  sources_.start_all();
  view_changed();
}

// -- messages -------------------------------------------------------------------------------------

void coordinator::handle(const term& message) {
  take_reports();
  for (auto& x : shared_->commands->take())
    x(*this);
  if (message.is_tagged(nodeup, 3) && message.as_tuple()[1].is(term::kind::atom))
    node_up(message.as_tuple()[1].as_atom(),
            value_of(message.as_tuple()[2], "node_type") == ":hidden");
  else if (message.is_tagged(nodedown, 3) && message.as_tuple()[1].is(term::kind::atom))
    node_down(message.as_tuple()[1].as_atom(), value_of(message.as_tuple()[2], "nodedown_reason"));
  else if (message.is_tagged(atom{"discovery_letter"}, 3))
    take_letter(message);
  else if (message.is_tagged(down_tag, 5) && message.as_tuple()[3].is(term::kind::pid))
    subscribers_.erase(message.as_tuple()[3].as_pid());
  else if (message.is_tagged(exit_tag, 3) && message.as_tuple()[1].is(term::kind::pid))
    if (auto crash = sources_.ended(message.as_tuple()[1].as_pid(), message.as_tuple()[2], now()))
      tell(*crash);
}

void coordinator::take_reports() {
  for (auto& x : shared_->reports->take()) {
    if (auto* seen = std::get_if<observation>(&x.content)) {
      apply(table_.observe(x.source, *seen, now()));
    } else if (auto* trouble = std::get_if<report::trouble>(&x.content)) {
      auto i = troubles_.find(x.source);
      auto before = i == troubles_.end() ? std::string{} : i->second;
      if (trouble->text == before)
        continue;
      if (trouble->text.empty())
        troubles_.erase(x.source);
      else
        troubles_[x.source] = trouble->text;
      tell({trouble->text.empty() ? happened::source_recovered : happened::source_error,
            {},
            x.source,
            trouble->text});
    } else {
      tell(std::get<discovery_event>(x.content));
    }
  }
}

void coordinator::take_letter(const term& message) {
  discovery_letter x;
  if (!from_term(message, x, *self_->bridge()))
    return;
  auto [answers, observations] = gossip_.receive(x.from, x.content, now());
  for (auto& y : observations)
    apply(table_.observe("peers", y, now()));
  send(answers);
}

void coordinator::node_up(atom name, bool hidden) {
  std::string key{name.text()};
  auto creation = shared_->home->kernel()->creation_of(name);
  dialer_.connected(key, now());
  apply(table_.connected(key, creation, hidden, now()));
  view_changed();
  waits_.linked(table_.view().linked, now());
  if (!hidden)
    send(gossip_.connected(key, now()));
}

void coordinator::node_down(atom name, const std::string& why) {
  std::string key{name.text()};
  gossip_.disconnected(key);
  apply(table_.disconnected(key, why, now()));
  waits_.linked(table_.view().linked, now());
  if (auto* x = table_.find(key); x && wants(*x))
    dialer_.want(key, now());
}

// -- what changes mean ----------------------------------------------------------------------------

void coordinator::apply(const peer_table::outcome& x) {
  for (auto& key : x.changed) {
    publish(key);
    auto* entry = table_.find(key);
    if (!entry || entry->connected)
      dialer_.forget(key);
    else if (wants(*entry))
      dialer_.want(key, now());
  }
  for (auto& key : x.wanted)
    if (auto* entry = table_.find(key); entry && wants(*entry) && dialer_.alive(key, now()))
      shared_->home->kernel()->hurry(atom{key});
  for (auto& event : x.events) {
    tell(event);
    if (event.what == happened::peer_seen || event.what == happened::replaced) {
      if (auto* entry = table_.find(std::string{event.node.text()});
          entry && event.source != "peers")
        if (auto told = tell_of(*entry))
          gossip_.news(std::move(*told), now());
    }
    if (event.what == happened::left && shared_->opts.disconnect_on_goodbye)
      shared_->home->kernel()->disconnect(event.node, [](bool) {});
  }
  if (x.silenced && !std::exchange(silent_, true))
    for (auto& peer : shared_->home->nodes(dist::node_class::connected))
      shared_->home->kernel()->disconnect(peer, [](bool) {});
  view_changed();
}

void coordinator::publish(const std::string& key) {
  auto* x = table_.find(key);
  if (!x)
    return shared_->around.book->erase(key);
  if (!x->name.empty())
    shared_->around.book->put({x->name, table_.endpoints(key), x->connected, x->hidden});
}

void coordinator::view_changed() {
  auto view = table_.view();
  view.silent = silent_;
  if (view.known == told_.known && view.linked == told_.linked && view.digest == told_.digest
      && view.silent == told_.silent)
    return;
  told_ = view;
  gossip_.view(view, now());
  sources_.tell(view);
}

void coordinator::tell(const discovery_event& x) {
  log(x);
  for (auto& [who, ref] : subscribers_)
    self_->send(who, x);
}

void coordinator::log(const discovery_event& x) {
  using namespace happened;
  if (x.what == source_error)
    return self_->core().log("warning", "discovery: " + x.source + ": " + x.detail);
  if (x.what == source_recovered)
    return self_->core().log("info", "discovery: " + x.source + " works again");
  // What ails multicast comes as trouble of its source, too.
  auto bad = x.what == conflict || x.what == auth_mismatch || x.what == clock_skew;
  auto text = "discovery: " + std::string{x.what.text()};
  if (x.node != atom{})
    text += " " + inspect_atom(x.node);
  if (!x.source.empty())
    text += " (" + x.source + ")";
  if (!x.detail.empty())
    text += ": " + x.detail;
  self_->core().log(bad ? "warning" : "debug", text);
}

void coordinator::send(const std::vector<gossip::outgoing>& letters) {
  for (auto& x : letters)
    self_->send(registered_name, atom{x.to}, discovery_letter{shared_->around.self.name, x.what});
}

std::vector<told_peer> coordinator::list() const {
  auto& own = shared_->around.self;
  std::vector<told_peer> result;
  if (!own.hidden) {
    told_peer self{own.name, own.instance, own.incarnation, own.creation, {}, {}};
    for (auto& x : own_endpoints(own.listens, local_addresses())) {
      self.hosts.push_back(x.host);
      self.ports.push_back(x.port);
    }
    result.push_back(std::move(self));
  }
  for (auto& [key, x] : table_.entries())
    if (auto told = tell_of(x))
      result.push_back(std::move(*told));
  return result;
}

// -- dialling -------------------------------------------------------------------------------------

bool coordinator::wants(const peer_table::entry& x) const {
  auto& opts = shared_->opts;
  if (quiet_ || silent_ || x.connected || x.hidden)
    return false;
  if (opts.connect != connect_policy::all && !(opts.connect == connect_policy::seeds && x.seed))
    return false;
  return x.name.empty() || !opts.filter || opts.filter(x.name);
}

void coordinator::dial(const std::string& key) {
  auto* x = table_.find(key);
  if (!x || !wants(*x))
    return dialer_.forget(key);
  tell({happened::connecting, x->name.empty() ? atom{} : atom{x->name}, {}, key});
  auto commands = shared_->commands;
  auto& kernel = *shared_->home->kernel();
  if (!x->name.empty()) {
    atom name{key};
    kernel.connect(name, [commands, key, name, k = &kernel](bool ok) {
      auto why = ok ? error{} : k->last_failure(name);
      commands->push([key, why, ok](coordinator& c) { c.dialled(key, ok ? key : "", why); });
    });
    return;
  }
  auto addresses = table_.endpoints(key);
  if (addresses.empty())
    return dialer_.forget(key);
  kernel.connect_at(addresses.front(), [commands, key](const dist::net_kernel::dial_outcome& got) {
    std::string name{got.answered == atom{} ? std::string_view{} : got.answered.text()};
    commands->push([key, name, why = got.failure](coordinator& c) { c.dialled(key, name, why); });
  });
}

void coordinator::dialled(const std::string& key, const std::string& answered,
                          const error& failure) {
  auto nameless = table_.find(key) && table_.find(key)->name.empty();
  if (nameless && failure.code == errc::self_connection)
    return apply(table_.named(key, shared_->around.self.name, now())); // our own, never again
  if (nameless && !answered.empty())
    apply(table_.named(key, answered, now())); // which ends the entry
  if (failure.code == errc::none)
    return; // the node is up: that comes as a message of its own
  dialer_.failed(key, now());
  auto* x = table_.find(key);
  if ((x && x->connected) || failure.code == errc::duplicate_connection)
    return;
  auto node = x && !x->name.empty() ? atom{x->name} : atom{};
  tell({happened::connect_failed, node, {}, key + ": " + to_string(failure)});
}

// -- time -----------------------------------------------------------------------------------------

void coordinator::turn() {
  sources_.due(now());
  apply(table_.expire(now()));
  for (auto& key : dialer_.due(now()))
    dial(key);
  send(gossip_.due(now()));
  if (waits_.due(now()) > 0)
    tell({happened::ready, {}, {}, std::to_string(table_.view().linked) + " peers"});
}

clock::time_point coordinator::next() const {
  return std::min(
    {sources_.next(), table_.next_expiry(), dialer_.next(), gossip_.next(), waits_.next()});
}

// -- commands -------------------------------------------------------------------------------------

void coordinator::subscribe(const pid& who) {
  if (!subscribers_.contains(who))
    subscribers_.emplace(who, self_->monitor(who));
}

void coordinator::unsubscribe(const pid& who) {
  if (auto x = subscribers_.extract(who))
    self_->demonitor(x.mapped(), true);
}

void coordinator::wait_ready(readiness_list::wait x) {
  waits_.add(std::move(x));
}

/// Whether the node asks all its processes to end, which one that traps exits has to heed itself.
bool is_end_of_node(process& self, const term& message) {
  return message.is_tagged(exit_tag, 3) && message.as_tuple()[1].is(term::kind::pid)
         && message.as_tuple()[1].as_pid() == self.core().make_pid(0);
}

task<> run_coordinator(process& self, std::shared_ptr<shared> x) {
  auto starting = self.receive<begin>();
  co_await std::move(starting);
  coordinator c{self, x};
  c.start();
  for (;;) {
    c.turn();
    auto due = c.next();
    auto now = self.home().time().now();
    auto pause = due == clock::time_point::max() ? clock::duration{std::chrono::hours{1}}
                                                 : std::max(due - now, clock::duration{});
    std::function<bool(const term&)> any = [](const term&) { return true; };
    auto waiting = self.receive_match(std::move(any), pause);
    auto message = co_await std::move(waiting);
    if (message && is_end_of_node(self, *message))
      co_return;
    c.handle(message.value_or(term{}));
  }
}

} // namespace troupe::discovery::internal
