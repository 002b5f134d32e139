#include "troupe/internal/node_core.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/info_reader.hpp"
#include "troupe/internal/signal_element.hpp"
#include "troupe/internal/timer_service.hpp"
#include "troupe/process.hpp"

#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

namespace troupe::internal {

using kind = signal::kind;

node_core::node_core(node& facade, caf::actor_system& system, troupe::clock& time, atom name,
                     uint32_t creation)
  : facade_(&facade), system_(&system), time_(&time), name_(name), name_text_(name.text()),
    creation_(creation), proxies_(std::make_unique<proxy_table>(*this)),
    timers_(std::make_unique<timer_service>(*this)) {}

node_core::~node_core() = default;

// -- signals -------------------------------------------------------------------------------------

void node_core::route(signal&& x, caf::execution_unit* eu) {
  if (x.to.node == name_ && (x.to.creation == creation_ || x.to.id == 0))
    deliver(std::move(x), eu);
  else if (x.to.node == name_)
    no_such_process(std::move(x)); // of an earlier life of this node (rule PID-04b)
  else if (carrier_)
    carrier_->carry(std::move(x));
  else
    unreachable(std::move(x));
}

bool node_core::resolve_name(signal& x) {
  if (x.type == kind::send_alias) {
    auto ours = x.ref.node == name_ && x.ref.creation == creation_; // else of an earlier life
    x.to = make_pid(ours ? aliases_.find(x.ref.id) : 0);
    return x.to.id != 0;
  }
  if (x.to.id != 0 || (x.type != kind::send_name && x.type != kind::monitor))
    return true;
  auto who = names_.whereis(x.name);
  if (who)
    x.to = *who;
  return who.has_value();
}

void node_core::deliver(signal&& x, caf::execution_unit* eu) {
  if (!resolve_name(x))
    return no_such_process(std::move(x));
  if (x.type == kind::down && proxies_->fire(x.ref, x.value, eu))
    return;
  auto found = processes_.find(x.to.id);
  if (!found.handle)
    return no_such_process(std::move(x));
  if (!found.as_process)
    return deliver_to_actor(found.handle, std::move(x), eu);
  if (x.type == kind::send || x.type == kind::send_name) {
    auto mid = x.number == 0 ? caf::make_message_id() : caf::message_id{x.number};
    auto sender = x.number == 0 ? nullptr : handle_of(x.from);
    found.as_process->enqueue(
      caf::make_mailbox_element(std::move(sender), mid, {}, std::move(x.payload)), eu);
    return;
  }
  found.as_process->enqueue(make_signal_element(std::move(x)), eu);
}

void node_core::post(const pid& from, uint64_t to, caf::mailbox_element_ptr x,
                     caf::execution_unit* eu) {
  auto found = processes_.find(to);
  if (found.as_process)
    return found.as_process->enqueue(std::move(x), eu);
  if (!found.handle)
    return; // dropped in silence (rule MSG-05)
  signal s;
  s.type = kind::send;
  s.from = from;
  s.payload = x->move_content_to_message();
  deliver_to_actor(found.handle, std::move(s), eu);
}

namespace {

/// While this thread attaches a watcher: who has ended before calls it at once.
thread_local bool attaching = false;

/// Tells a process of the end of a plain CAF actor that it is linked with or monitors.
class watcher final : public caf::attachable {
public:
  struct key {
    static constexpr size_t token_type = 0x7477; // none of CAF's own
    bool down = false;
    pid who;
    reference ref; // Of a monitor.
    friend bool operator==(const key&, const key&) = default;
  };

  watcher(node_core& core, const key& k, const pid& watched, atom name)
    : core_(&core), key_(k), watched_(watched), name_(name) {}

  void actor_exited(const caf::error& why, caf::execution_unit* eu) override {
    signal out;
    out.type = key_.down ? kind::down : kind::exit_linked;
    out.from = watched_;
    out.to = key_.who;
    out.name = name_;
    out.ref = key_.ref;
    out.value = attaching ? term{exit_reason::noproc} : exit_reason::from_caf(why);
    core_->route(std::move(out), eu);
  }

  using caf::attachable::matches;
  bool matches(const token& x) override {
    return x.subtype == key::token_type && *static_cast<const key*>(x.ptr) == key_;
  }

private:
  node_core* core_;
  key key_;
  pid watched_;
  atom name_;
};

} // namespace

void node_core::deliver_to_actor(const caf::strong_actor_ptr& to, signal x,
                                 caf::execution_unit* eu) {
  switch (x.type) {
    case kind::send:
    case kind::send_name: {
      if (is_foreign(to.get()))
        return deliver_to_foreign(to, std::move(x), eu);
      auto mid = x.number == 0 ? caf::make_message_id() : caf::message_id{x.number};
      to->enqueue(caf::make_mailbox_element(handle_of(x.from), mid, {}, std::move(x.payload)), eu);
      return;
    }
    case kind::exit:
    case kind::exit_linked: {
      if (x.type == kind::exit_linked)
        to->get()->detach(watcher::key{false, x.from, {}});
      auto source = caf::actor_cast<caf::actor_addr>(handle_of(x.from));
      auto mail = caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                            caf::exit_msg{source, exit_reason::to_caf(x.value)});
      to->enqueue(std::move(mail), eu);
      return;
    }
    case kind::link:
    case kind::monitor: {
      watcher::key who{x.type == kind::monitor, x.from, x.ref};
      if (!who.down)
        to->get()->detach(who); // there is one link per pair
      attaching = true;
      to->get()->attach(caf::attachable_ptr{new watcher{*this, who, x.to, x.name}});
      attaching = false;
      return;
    }
    case kind::demonitor: to->get()->detach(watcher::key{true, x.from, x.ref}); return;
    case kind::info: {
      signal out;
      out.type = kind::answer;
      out.from = x.to;
      out.to = x.from;
      out.ref = x.ref;
      out.value = info_from_outside(x.to, x.value);
      return route(std::move(out), eu);
    }
    case kind::unlink: {
      to->get()->detach(watcher::key{false, x.from, {}});
      signal ack;
      ack.type = kind::unlink_ack;
      ack.from = x.to;
      ack.to = x.from;
      ack.number = x.number;
      route(std::move(ack), eu);
      return;
    }
    default: return; // the rest has no meaning for a plain CAF actor
  }
}

void node_core::no_such_process(signal x) {
  signal out;
  out.from = x.to;
  out.to = x.from;
  switch (x.type) {
    case kind::link: out.type = kind::exit_linked; break;
    case kind::info:
      out.type = kind::answer;
      out.ref = x.ref;
      out.value = atom{"undefined"};
      return deliver(std::move(out));
    case kind::monitor:
      out.type = kind::down;
      out.name = x.name;
      out.ref = x.ref;
      break;
    case kind::unlink:
      out.type = kind::unlink_ack;
      out.number = x.number;
      break;
    case kind::spawn_reply: // the spawner ended meanwhile: its linked child must not live on
      if (x.number == 0 || !x.value.is(term::kind::pid))
        return;
      out.type = kind::exit_linked;
      out.to = x.value.as_pid();
      break;
    case kind::send:
      if (caf::message_id{x.number}.is_request()) {
        out.number = caf::message_id{x.number}.response_id().integer_value();
        out.payload = caf::make_message(caf::make_error(caf::sec::request_receiver_down));
        break;
      }
      return;
    default: return; // messages and exits to nobody are dropped in silence (rule MSG-05)
  }
  out.value = exit_reason::noproc;
  route(std::move(out));
}

void node_core::unreachable(signal x) {
  signal out;
  out.from = x.to;
  out.to = x.from;
  out.name = x.name;
  out.ref = x.ref;
  out.value = exit_reason::noconnection;
  switch (x.type) {
    case kind::link: out.type = kind::exit_linked; break;
    case kind::unlink: // there is no link any more, and nobody else to say so
      out.type = kind::unlink_ack;
      out.number = x.number;
      break;
    case kind::monitor: out.type = kind::down; break;
    case kind::spawn: out.type = kind::spawn_reply; break;
    case kind::send:
      if (!caf::message_id{x.number}.is_request())
        return;
      out.number = caf::message_id{x.number}.response_id().integer_value();
      out.payload = caf::make_message(caf::make_error(caf::sec::no_route_to_receiving_node));
      break;
    default: return; // lost in silence (rule MSG-06)
  }
  deliver(std::move(out));
}

term node_core::info_from_outside(const pid& who, const term& items) {
  static const atom undefined{"undefined"};
  auto found = processes_.find(who.id);
  if (!found.handle)
    return undefined;
  std::vector<term> result;
  for (auto* i = &items; i->is(term::kind::cons); i = &i->tail())
    result.push_back(found.as_process
                       ? info_reader::read_from_outside(*found.as_process, i->head().as_atom())
                       : term{undefined});
  return term::list(result);
}

// -- processes -----------------------------------------------------------------------------------

namespace {

/// What `root_of` returns.
struct applied_root {
  spawn_what what;
  node_core::apply_function start;

  task<> operator()(process& self) const { return start(self, what); }
};

} // namespace

caf::strong_actor_ptr node_core::make_process(const root_starter& root, origin_ptr origin,
                                              const start_options& options,
                                              caf::execution_unit* eu) {
  caf::actor_config cfg{eu ? eu : system_->dummy_execution_unit()};
  auto handle = caf::make_actor<process, caf::strong_actor_ptr>(
    system_->next_actor_id(), system_->node(), system_, cfg, *this, options.group_leader,
    std::move(origin));
  auto* p = static_cast<process*>(handle->get());
  if (!p->leader_)
    p->leader_ = p->self_;
  p->parent_ = options.parent;
  p->body_.start(root(*p));
  if (options.priority != atom{})
    p->flag(atom{"priority"}, options.priority);
  if (options.link)
    p->links_[options.link].active = true;
  if (options.watcher)
    p->watchers_[options.monitor] = {options.watcher, atom{}};
  return handle;
}

caf::strong_actor_ptr node_core::make_process(spawn_what what, const start_options& options,
                                              caf::execution_unit* eu) {
  if (what.type == spawn_what::form::native) {
    if (auto* known = function_table::get().find(what.key)) {
      auto body = [&](process& self) { return known->start()(self, std::move(what.arguments)); };
      return make_process(body, known->origin(what.key), options, eu);
    }
  }
  auto origin = origin_of(what);
  auto root = root_of(std::move(what));
  auto body = [&root](process& self) { return run_function(self, std::move(root)); };
  return make_process(body, std::move(origin), options, eu);
}

origin_ptr node_core::origin_of(const spawn_what& what) {
  if (what.type == spawn_what::form::native) {
    if (auto* known = function_table::get().find(what.key))
      return known->origin(what.key);
  }
  return origin_ptr{new process_origin{describe(what), info_reader::initial_call(what)}};
}

void node_core::launch(const caf::strong_actor_ptr& x, caf::execution_unit* eu) {
  static_cast<process*>(x->get())->launch(eu, false, false);
}

void node_core::forget(const pid& who) {
  names_.remove(who);
  processes_.remove(who.id);
  timers_->forget(who); // last: a timer that is started from now on finds no process
}

std::vector<pid> node_core::live_processes() {
  std::vector<pid> result;
  for (auto& x : processes_.all())
    if (auto* p = static_cast<process*>(x->get()); !p->closed_)
      result.push_back(p->self_);
  return result;
}

namespace {

/// Ends with `{undef, [{module, function, arguments, []}]}`, as a call of an unknown function does.
task<> die_undefined(process& self, spawn_what what) {
  auto where = what.type == spawn_what::form::function
                 ? term::tuple({what.module, what.name, what.arguments, term::empty_list()})
                 : term::tuple({atom{"native"}, demangle(what.key.c_str()), what.arguments,
                                term::empty_list()});
  auto reason = term::tuple({exit_reason::undef, term::list({where})});
  self.core().report_crash(self.group_leader(), self.self(),
                           "undefined function " + node_core::describe(what));
  self.exit(reason);
  co_return;
}

} // namespace

root_function node_core::root_of(spawn_what what) const {
  if (what.type == spawn_what::form::native) {
    if (auto* known = function_table::get().find(what.key))
      return applied_root{std::move(what),
                          [start = known->start()](process& self, const spawn_what& x) {
                            return start(self, x.arguments);
                          }};
  } else if (apply_) {
    return applied_root{std::move(what), apply_};
  }
  return applied_root{std::move(what), &die_undefined};
}

std::string node_core::describe(const spawn_what& what) {
  switch (what.type) {
    case spawn_what::form::native:
      return demangle(what.key.c_str()) + ", " + inspect_term(what.arguments, {.width = 0});
    case spawn_what::form::function:
      return inspect_atom(what.module) + "." + std::string{what.name.text()} + ", "
             + inspect_term(what.arguments, {.width = 0});
    case spawn_what::form::closure: break;
  }
  return ":erlang.apply, [" + inspect_term(what.callable, {.width = 0}) + ", []]";
}

// -- messages for people ------------------------------------------------------------------------

void node_core::log(const std::string& level, const std::string& text) const {
  if (log_)
    log_(level, text);
}

void node_core::report_crash(const pid& leader, const pid& who, std::string what) {
  signal x;
  x.type = kind::send_name;
  x.name = atom{"logger"};
  x.to.node = leader ? leader.node : name_;
  x.payload = caf::make_message(term::tuple({atom{"crash"}, who, std::move(what)}));
  route(std::move(x));
}

} // namespace troupe::internal
