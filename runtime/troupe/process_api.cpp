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

void process::post(uint64_t to, caf::mailbox_element_ptr x) {
  core_->post(self_, to, std::move(x), context());
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

task<term> process::await_answer(reference ref, bool suspended) {
  answer_ = std::make_unique<internal::pending_answer>(ref, std::nullopt, suspended);
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

reference process::monitor(const pid& to, monitor_options how) {
  auto ref = core_->make_reference();
  if (to == self_)
    return ref; // never fires (rule M-16)
  watch(ref, {to, {}, {}, std::move(how.tag)}, how.alias);
  signal x;
  x.type = kind::monitor;
  x.from = self_;
  x.to = to;
  x.ref = ref;
  core_->route(std::move(x), context());
  return ref;
}

reference process::monitor(atom name, atom at, monitor_options how) {
  auto ref = core_->make_reference();
  auto holder = at == self_.node ? core_->names().whereis(name).value_or(pid{}) : pid{};
  if (holder == self_)
    return ref; // never fires (rule M-16)
  watch(ref, {holder, name, at, std::move(how.tag)}, how.alias);
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
    monitor_ended(ref);
    core_->route(std::move(x), context());
    return true;
  }
  if (flush) // whatever the tag is (rule M-13)
    mailbox_.erase_if([&](caf::mailbox_element& x) {
      auto& content = x.content();
      if (!content.match_elements<term>())
        return false;
      auto& t = content.get_as<term>(0);
      return t.is_tuple(5) && t.as_tuple()[1] == term{ref};
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

// -- what awaitables ask of a process -----------------------------------------------------------

actor_bridge& internal::bridge_of(process& p) {
  return *p.bridge();
}

bool internal::wait_for::await_ready() {
  return owner.begin_wait(op);
}

void internal::wait_for::await_suspend(std::coroutine_handle<>) noexcept {
  owner.waiting_ = &op;
}

clock::time_point internal::deadline_of(process& p, clock::duration timeout) {
  return p.deadline(timeout);
}

} // namespace troupe
