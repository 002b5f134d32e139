// The calls of a process; process.cpp has what happens to it.

#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/process.hpp"

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

namespace troupe {

using kind = signal::kind;

namespace {

const atom tag_spawn_reply{"spawn_reply"};

/// Waits for nothing in the mailbox: for time, or for an answer.
struct wait_op final : internal::receive_op {
  bool take(caf::mailbox_element&) override { return false; }
};

struct match_op final : internal::receive_op {
  match_op(process& p, std::function<bool(const term&)> f) : owner(p), match(std::move(f)) {}

  bool take(caf::mailbox_element& x) override {
    auto candidate = message_to_term(x.content(), *owner.bridge());
    if (!match(candidate))
      return false;
    value = std::move(candidate);
    return true;
  }

  process& owner;
  std::function<bool(const term&)> match;
  std::optional<term> value;
};

} // namespace

clock::time_point process::deadline(clock::duration timeout) const {
  auto now = core_->time().now();
  return timeout > clock::time_point::max() - now ? clock::time_point::max() : now + timeout;
}

// -- send ---------------------------------------------------------------------------------------

void process::send_message(const pid& to, caf::message x) {
  signal s;
  s.from = self_;
  s.to = to;
  s.payload = std::move(x);
  core_->route(std::move(s), context());
}

void process::send_message(atom name, atom at, caf::message x) {
  signal s;
  s.type = kind::send_name;
  s.from = self_;
  s.to.node = at;
  s.name = name;
  s.payload = std::move(x);
  core_->route(std::move(s), context());
}

// -- receive ------------------------------------------------------------------------------------

task<std::optional<term>> process::receive_match(std::function<bool(const term&)> match,
                                                 std::optional<clock::duration> timeout) {
  match_op op{*this, std::move(match)};
  if (timeout)
    op.deadline = deadline(*timeout);
  internal::wait_for wait{*this, op};
  co_await wait;
  co_return std::move(op.value);
}

task<> process::sleep(clock::duration time) {
  wait_op op;
  op.deadline = deadline(time);
  internal::wait_for wait{*this, op};
  co_await wait;
}

task<> process::yield() {
  budget_ = 0; // the scheduler puts us behind the others
  return sleep({});
}

task<term> process::await_answer(reference ref) {
  answer_ = pending_answer{ref, std::nullopt};
  wait_op op;
  internal::wait_for wait{*this, op};
  co_await wait;
  auto result = std::move(*answer_->value);
  answer_.reset();
  co_return result;
}

std::vector<term> process::flush() {
  std::vector<term> result;
  mailbox_.fetch([this](caf::mailbox_element_ptr x) { accept(std::move(x)); });
  mailbox_.erase_if([&](caf::mailbox_element& x) {
    result.push_back(message_to_term(x.content(), *core_));
    return true;
  });
  return result;
}

// -- links and monitors -------------------------------------------------------------------------

void process::link(const pid& to) {
  auto& state = links_[to];
  if (to == self_ || state.active) {
    if (to == self_)
      links_.erase(to);
    return;
  }
  state = {true, 0};
  signal x;
  x.type = kind::link;
  x.from = self_;
  x.to = to;
  core_->route(std::move(x), context());
}

void process::unlink(const pid& to) {
  auto i = links_.find(to);
  if (i == links_.end() || !i->second.active)
    return;
  i->second = {false, ++last_unlink_};
  signal x;
  x.type = kind::unlink;
  x.from = self_;
  x.to = to;
  x.number = last_unlink_;
  core_->route(std::move(x), context());
}

std::vector<pid> process::links() const {
  std::vector<pid> result;
  for (auto& [other, state] : links_)
    if (state.active)
      result.push_back(other);
  return result;
}

reference process::monitor(const pid& to) {
  auto ref = core_->make_reference();
  if (to == self_)
    return ref; // never fires (rule M-16)
  monitors_[ref] = {to, {}, {}};
  signal x;
  x.type = kind::monitor;
  x.from = self_;
  x.to = to;
  x.ref = ref;
  core_->route(std::move(x), context());
  return ref;
}

reference process::monitor(atom name, atom at) {
  auto ref = core_->make_reference();
  auto holder = at == self_.node ? core_->names().whereis(name).value_or(pid{}) : pid{};
  if (holder == self_)
    return ref; // never fires (rule M-16)
  monitors_[ref] = {holder, name, at};
  signal x;
  x.type = kind::monitor;
  x.from = self_;
  x.to = holder ? holder : pid{at, 0, 0};
  x.name = name;
  x.ref = ref;
  core_->route(std::move(x), context());
  return ref;
}

bool process::demonitor(const reference& ref, bool flush) {
  auto i = monitors_.find(ref);
  if (i != monitors_.end()) {
    auto& m = i->second;
    signal x;
    x.type = kind::demonitor;
    x.from = self_;
    x.to = m.to ? m.to : pid{m.node, 0, 0};
    x.name = m.name;
    x.ref = ref;
    monitors_.erase(i);
    core_->route(std::move(x), context());
    return true;
  }
  if (flush)
    mailbox_.erase_if([&](caf::mailbox_element& x) {
      auto& content = x.content();
      if (!content.match_elements<term>())
        return false;
      auto& t = content.get_as<term>(0);
      return t.is_tagged(atom{"DOWN"}, 5) && t.as_tuple()[1] == term{ref};
    });
  return false;
}

void process::exit(const pid& to, term reason) {
  signal x;
  x.type = kind::exit;
  x.from = self_;
  x.to = to;
  x.value = std::move(reason);
  core_->route(std::move(x), context());
}

// -- spawn --------------------------------------------------------------------------------------

pid process::start_local(internal::root_function root, std::string init, spawn_options options,
                         reference monitor) {
  internal::node_core::start_options start;
  start.group_leader = leader_;
  if (options.link)
    start.link = self_;
  if (options.monitor) {
    start.watcher = self_;
    start.monitor = monitor;
  }
  auto handle = core_->make_process(std::move(root), std::move(init), start, context());
  auto id = core_->make_pid(handle->id());
  if (options.link)
    links_[id].active = true;
  if (options.monitor)
    monitors_[monitor] = {id, {}, {}};
  core_->launch(handle, context());
  return id;
}

/// Stands in for a process that could not be started: a pid of this node that ended before it
/// began, whose end our links and monitors learn at once (rules SP-03 to SP-05). `why` is
/// `noconnection`, or what the node answered.
pid process::start_unreachable(atom at, const spawn_what& what, spawn_options options,
                               reference monitor, const term& why) {
  std::string how = options.link ? " ([:link])" : options.monitor ? " ([:monitor])" : "";
  core_->log("warning", "** Can not start " + internal::node_core::describe(what) + how + " on "
                          + inspect_atom(at) + " **");
  auto id = core_->make_pid(core_->system().next_actor_id());
  auto tell = [&](kind type) {
    signal x;
    x.type = type;
    x.from = id;
    x.to = self_;
    x.ref = monitor;
    x.value = why;
    core_->deliver(std::move(x), context());
  };
  if (options.link) {
    links_[id].active = true;
    tell(kind::exit_linked);
  }
  if (options.monitor) {
    monitors_[monitor] = {id, {}, {}};
    tell(kind::down);
  }
  return id;
}

reference process::spawn_request_at(atom at, spawn_what what, spawn_options options) {
  auto ref = core_->make_reference();
  if (at == self_.node) {
    auto init = internal::node_core::describe(what);
    auto id = start_local(core_->root_of(std::move(what)), std::move(init), options, ref);
    append(term::tuple({tag_spawn_reply, ref, atom{"ok"}, id})); // before anything that it sends
    return ref;
  }
  spawns_[ref] = {options, true};
  signal x;
  x.type = kind::spawn;
  x.from = self_;
  x.to.node = at;
  x.ref = ref;
  x.spawn = std::make_unique<spawn_request>(
    spawn_request{std::move(what), leader_, options.link, options.monitor});
  core_->route(std::move(x), context());
  return ref;
}

task<process::spawned> process::spawn_what_at(atom at, spawn_what what, spawn_options options) {
  spawned result;
  if (at == self_.node) {
    if (options.monitor)
      result.monitor = core_->make_reference();
    auto init = internal::node_core::describe(what);
    auto root = core_->root_of(std::move(what));
    result.id = start_local(std::move(root), std::move(init), options, result.monitor);
    co_return result;
  }
  auto ref = spawn_request_at(at, what, options);
  spawns_[ref].as_message = false;
  auto answer = co_await await_answer(ref);
  if (options.monitor)
    result.monitor = ref;
  if (answer.is(term::kind::pid))
    result.id = answer.as_pid();
  else
    result.id = start_unreachable(at, what, options, ref, answer);
  auto pause = sleep({}); // a link to a process that is gone already ends us here, not later
  co_await std::move(pause);
  co_return result;
}

task<pid> process::spawn_pid_at(atom at, spawn_what what, spawn_options options) {
  auto started = spawn_what_at(at, std::move(what), options);
  auto result = co_await std::move(started);
  co_return result.id;
}

// -- other nodes --------------------------------------------------------------------------------

task<bool> process::ask_carrier(atom name,
                                void (internal::signal_carrier::*what)(atom,
                                                                       std::function<void(bool)>)) {
  auto* carrier = core_->carrier();
  if (!carrier)
    co_return false;
  auto ref = core_->make_reference();
  auto tell = [core = core_, to = self_, ref](bool ok) {
    signal x;
    x.type = kind::answer;
    x.to = to;
    x.ref = ref;
    x.value = ok;
    core->deliver(std::move(x));
  };
  (carrier->*what)(name, tell);
  auto answer = co_await await_answer(ref);
  co_return answer.truthy();
}

task<bool> process::ping(atom name) {
  return ask_carrier(name, &internal::signal_carrier::ping);
}

task<bool> process::connect(atom name) {
  return ask_carrier(name, &internal::signal_carrier::connect);
}

task<bool> process::connect_hidden(atom name) {
  return ask_carrier(name, &internal::signal_carrier::connect_hidden);
}

task<bool> process::disconnect(atom name) {
  return ask_carrier(name, &internal::signal_carrier::disconnect);
}

} // namespace troupe
