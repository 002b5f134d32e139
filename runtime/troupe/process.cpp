#include "troupe/process.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/internal/signal_element.hpp"
#include "troupe/internal/transport_loop.hpp"
#include "troupe/internal/write_batch.hpp"
#include "troupe/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

namespace troupe {

using internal::signal_element;
using kind = signal::kind;

namespace {

const atom tag_down{"DOWN"};
const atom tag_exit{"EXIT"};
const atom tag_process{"process"};
/// Who ran long may run on the transport's thread again when it takes no longer than this.
constexpr std::chrono::microseconds short_run{50};

} // namespace

process::process(caf::actor_config& cfg, internal::node_core& core, pid leader,
                 internal::origin_ptr origin)
  : process_base(cfg), info_calls(core), core_(&core), self_(core.make_pid(id())), leader_(leader),
    origin_(std::move(origin)), aliases_(limits::aliases_max) {}

process::~process() = default;

troupe::node& process::home() const noexcept {
  return core_->facade();
}

const std::string& process::node_name() const {
  return core_->name_text();
}

actor_bridge* process::bridge() const noexcept {
  return core_;
}

// -- CAF's side ---------------------------------------------------------------------------------

void process::enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) {
  switch (mailbox_.push(x)) {
    case caf::intrusive::inbox_result::success: return;
    case caf::intrusive::inbox_result::unblocked_reader:
      intrusive_ptr_add_ref(ctrl());
      run_soon(eu);
      return;
    case caf::intrusive::inbox_result::queue_closed: return turn_away(*x);
  }
}

/// Answers what came too late.
void process::turn_away(caf::mailbox_element& x) {
  if (auto* signal = signal_element::in(x))
    core_->no_such_process(std::move(*signal));
  else if (x.mid.is_request() && x.sender)
    caf::detail::sync_request_bouncer{caf::sec::request_receiver_down}(x.sender, x.mid);
}

void process::launch(caf::execution_unit* eu, bool, bool) {
  setf(is_initialized_flag);
  launched_ = true;
  core_->processes().add(this);
  intrusive_ptr_add_ref(ctrl()); // released when it ends: a process needs no handle to live
  intrusive_ptr_add_ref(ctrl()); // the scheduler's
  run_soon(eu);
}

/// On the thread that woke it, if that one runs processes and this one is short.
void process::run_soon(caf::execution_unit* eu) {
  if (!eu && !runs_long_.load(std::memory_order_relaxed))
    eu = internal::transport_loop::current();
  if (eu && &eu->system() == &home_system())
    eu->exec_later(this);
  else
    home_system().scheduler().enqueue(this);
}

process::resume_result process::resume(caf::execution_unit* eu, size_t budget) {
  context(eu);
  if (closed_)
    return resumable::done;
  budget_ = budget;
  internal::write_batch writes;
  if (!runs_long_.load(std::memory_order_relaxed))
    return run();
  auto begin = core_->time().now();
  auto result = run();
  if (core_->time().now() - begin < short_run)
    runs_long_.store(false, std::memory_order_relaxed);
  return result;
}

/// Takes mail and runs the body until there is nothing to do, or the budget is spent.
process::resume_result process::run() {
  for (;;) {
    mailbox_.fetch([this](caf::mailbox_element_ptr x) { accept(std::move(x)); });
    if (dying_) {
      die(std::move(*dying_));
      return resumable::done;
    }
    if (!started_ || deliver_next()) {
      if (run_body())
        return resumable::done;
      if (budget_ == 0)
        return resumable::resume_later;
      continue;
    }
    if (mailbox_.try_block())
      return resumable::awaiting_message;
  }
}

/// Runs the body until it waits; returns whether it ended.
bool process::run_body() {
  started_ = true;
  ++turns_;
  body_.resume();
  if (!body_.done())
    return false;
  term reason = exit_reason::normal;
  if (auto thrown = body_.unwind()) {
    try {
      std::rethrow_exception(thrown);
    } catch (exit_request& x) {
      reason = std::move(x.reason);
    } catch (const std::exception& x) {
      reason = exit_reason::of(x);
      core_->report_crash(leader_, self_, std::string{"(RuntimeError) "} + x.what());
    } catch (...) {
      reason = exit_reason::of(thrown);
    }
  }
  die(std::move(reason));
  return true;
}

/// Looks whether what the body waits for has come; then the body goes on.
bool process::deliver_next() {
  if (!waiting_)
    return false;
  if (answer_ && answer_->value) {
    waiting_ = nullptr;
    return true;
  }
  if (mailbox_.scan([this](caf::mailbox_element& x) { return waiting_->take(x); })) {
    waiting_ = nullptr;
    if (budget_ > 0)
      --budget_;
    return true;
  }
  if (!waiting_->deadline)
    return false;
  if (core_->time().now() < *waiting_->deadline) {
    arm(*waiting_->deadline);
    return false;
  }
  waiting_->timed_out = true;
  waiting_ = nullptr;
  return true;
}

bool process::begin_wait(internal::receive_op& op) {
  mailbox_.rewind();
  if (budget_ == 0 || !mailbox_.scan([&op](caf::mailbox_element& x) { return op.take(x); }))
    return false;
  --budget_;
  return true;
}

void process::arm(clock::time_point t) {
  if (armed_ && *armed_ <= t)
    return;
  armed_ = t;
  core_->time().after(t - core_->time().now(), [core = core_, to = self_] {
    signal x;
    x.type = kind::timeout;
    x.to = to;
    core->deliver(std::move(x));
  });
}

bool process::cleanup(caf::error&& reason, caf::execution_unit* host) {
  if (!closed_) {
    context(host);
    die(exit_reason::from_caf(reason));
  }
  return true;
}

void process::on_destroy() {
  if (!closed_) {
    context(nullptr);
    die(exit_reason::killed);
  }
}

// -- signals ------------------------------------------------------------------------------------

void process::accept(caf::mailbox_element_ptr x) {
  if (auto* signal = signal_element::in(*x))
    return act_on(*signal);
  if (internal::is_one<caf::exit_msg>(x->content())) { // from a plain CAF actor
    auto& exit = x->content().get_as<caf::exit_msg>(0);
    signal s;
    s.type = kind::exit;
    s.from = core_->pid_of(caf::actor_cast<caf::actor_control_block*>(exit.source));
    s.value = exit.reason == caf::exit_reason::kill ? term{exit_reason::kill}
                                                    : exit_reason::from_caf(exit.reason);
    return act_on(s);
  }
  mailbox_.append(std::move(x));
}

void process::act_on(signal& x) {
  switch (x.type) {
    case kind::exit:
    case kind::exit_linked: return on_exit_signal(x);
    case kind::link: {
      auto& state = links_[x.from];
      state.active = state.active
                     || state.unlinking == 0; // an unlink under way takes it down at the other end
      return;
    }
    case kind::unlink: return on_unlink(x);
    case kind::unlink_ack: {
      auto i = links_.find(x.from);
      if (i != links_.end() && !i->second.active && i->second.unlinking == x.number)
        links_.erase(i);
      return;
    }
    case kind::monitor: watchers_[x.ref] = {x.from, x.name}; return;
    case kind::demonitor: watchers_.erase(x.ref); return;
    case kind::down: return on_down(x);
    case kind::send_alias: return on_alias_message(x);
    case kind::group_leader: leader_ = x.from; return;
    case kind::timeout: armed_.reset(); return;
    case kind::info: return answer_info(x);
    case kind::spawn_reply:
    case kind::answer: return on_answer(x);
    default: return;
  }
}

void process::on_exit_signal(signal& x) {
  auto linked = x.type == kind::exit_linked;
  if (linked) {
    auto i = links_.find(x.from);
    if (i == links_.end() || !i->second.active)
      return; // unlinked meanwhile (rule L-07)
    links_.erase(i);
  }
  if (!linked && x.value.is_atom(exit_reason::kill))
    return begin_death(exit_reason::killed);
  if (trap_exit_)
    append(term::tuple({tag_exit, x.from, std::move(x.value)}));
  else if (!x.value.is_atom(exit_reason::normal) || (!linked && x.from == self_))
    begin_death(std::move(x.value));
}

void process::on_unlink(const signal& x) {
  auto i = links_.find(x.from);
  if (i != links_.end() && i->second.active)
    links_.erase(i);
  signal ack;
  ack.type = kind::unlink_ack;
  ack.from = self_;
  ack.to = x.from;
  ack.number = x.number;
  core_->route(std::move(ack), context());
}

void process::on_down(signal& x) {
  auto i = monitors_.find(x.ref);
  if (i == monitors_.end())
    return; // given up meanwhile (rule M-08)
  auto& m = i->second;
  auto object = m.name == atom{} ? term{m.to} : term::tuple({m.name, m.node});
  auto tag = m.tag ? std::move(*m.tag) : term{tag_down};
  monitors_.erase(i);
  monitor_ended(x.ref);
  append(term::tuple({std::move(tag), x.ref, tag_process, object, std::move(x.value)}));
}

void process::on_answer(signal& x) {
  if (x.type == kind::spawn_reply) {
    auto i = spawns_.find(x.ref);
    if (i == spawns_.end())
      return;
    auto asked = std::move(i->second);
    spawns_.erase(i);
    on_spawn_reply(asked, x);
  }
  if (answer_ && answer_->ref == x.ref)
    answer_->value = std::move(x.value);
}

void process::append(term x) {
  mailbox_.append(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(x)));
}

void process::begin_death(term reason) {
  if (!dying_)
    dying_ = std::make_unique<term>(std::move(reason));
}

void process::die(term reason) {
  closed_ = true;
  waiting_ = nullptr;
  body_.unwind(); // destructors of the body run here, innermost frame first
  core_->forget(self_);
  mailbox_.close([this](caf::mailbox_element_ptr x) { turn_away(*x); });
  tell_the_end(reason);
  aliases_.drain([this](const reference& ref) { core_->aliases().remove(ref.id); });
  mailbox_.clear(); // messages hold handles of their senders
  links_.clear();
  monitors_.clear();
  watchers_.clear();
  forget_info();
  finish_plain_observers(reason);
  if (launched_)
    intrusive_ptr_release(ctrl()); // the process's own reference; the scheduler still holds one
}

void process::tell_the_end(const term& reason) {
  auto send = [this](kind type, const pid& to, const reference& ref, atom name, term value) {
    signal x;
    x.type = type;
    x.from = self_;
    x.to = to;
    x.ref = ref;
    x.name = name;
    x.value = std::move(value);
    core_->route(std::move(x), context());
  };
  for (auto& [other, state] : links_)
    if (state.active)
      send(kind::exit_linked, other, {}, {}, reason);
  for (auto& [ref, w] : watchers_)
    send(kind::down, w.who, ref, w.name, reason);
  for (auto& [ref, m] : monitors_)
    send(kind::demonitor, m.to ? m.to : pid{m.node, 0, 0}, ref, m.name, {});
}

/// Most processes have no observer, and the text of a reason may be long: who comes later is told
/// that the process is gone, as a late monitor is.
void process::finish_plain_observers(const term& reason) {
  static const caf::error gone = exit_reason::to_caf(exit_reason::noproc);
  caf::attachable_ptr observers;
  exclusive_critical_section([&] { // so that an `attach` either is told now or sees the flags
    setf(is_terminated_flag);
    setf(is_cleaned_up_flag);
    attachables_head_.swap(observers);
    if (observers)
      fail_state_ = exit_reason::to_caf(reason);
    else if (!reason.is_atom(exit_reason::normal))
      fail_state_ = gone;
  });
  for (auto* i = observers.get(); i; i = i->next.get())
    i->actor_exited(fail_state_, context());
}

} // namespace troupe
