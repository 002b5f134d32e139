// How a process starts others; process_api.cpp has its other calls.

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
const atom tag_ok{"ok"};
const atom tag_error{"error"};

term reply_of(const spawn_options& asked, const reference& ref, term value) {
  auto ok = value.is(term::kind::pid);
  auto tag = asked.reply_tag.value_or(tag_spawn_reply);
  return term::tuple({std::move(tag), ref, ok ? tag_ok : tag_error, std::move(value)});
}

bool wants_reply(const spawn_options& asked, bool ok) {
  return asked.reply == spawn_replies::all
         || asked.reply == (ok ? spawn_replies::successes : spawn_replies::errors);
}

} // namespace

pid process::start_local(internal::root_starter root, internal::origin_ptr origin,
                         spawn_options options, reference monitor) {
  internal::node_core::start_options start;
  start.group_leader = leader_;
  start.parent = self_;
  start.priority = options.priority;
  if (options.link)
    start.link = self_;
  if (options.monitor) {
    start.watcher = self_;
    start.monitor = monitor;
  }
  auto handle = core_->make_process(root, std::move(origin), start, context());
  auto id = core_->make_pid(handle->id());
  if (options.link)
    links_[id].active = true;
  if (options.monitor)
    watch(monitor, {id, {}, {}, std::move(options.watch.tag)}, options.watch.alias);
  core_->launch(handle, context());
  return id;
}

pid process::start_what(spawn_what what, spawn_options options, reference monitor) {
  auto origin = internal::node_core::origin_of(what);
  auto root = core_->root_of(std::move(what));
  auto body = [&root](process& child) { return internal::run_function(child, std::move(root)); };
  return start_local(body, std::move(origin), std::move(options), monitor);
}

/// Stands in for a process that could not be started: a pid of this node that ended before it
/// began, whose end our links and monitors learn at once (rules SP-03 to SP-05). `why` is
/// `noconnection`, or what the node answered.
pid process::start_unreachable(atom at, const spawn_what& what, spawn_options options,
                               reference monitor, const term& why) {
  std::string how = options.link && options.monitor ? " ([:link, :monitor])"
                    : options.link                  ? " ([:link])"
                    : options.monitor               ? " ([:monitor])"
                                                    : "";
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
    watch(monitor, {id, {}, {}, std::move(options.watch.tag)}, options.watch.alias);
    tell(kind::down);
  }
  return id;
}

reference process::spawn_request_at(atom at, spawn_what what, spawn_options options,
                                    reference ref) {
  if (!ref)
    ref = core_->make_reference();
  if (at == self_.node) {
    auto id = start_what(std::move(what), options, ref);
    if (wants_reply(options, true))
      append(reply_of(options, ref, id)); // before anything that it sends
    return ref;
  }
  signal x;
  x.type = kind::spawn;
  x.from = self_;
  x.to.node = at;
  x.ref = ref;
  x.spawn = std::make_unique<spawn_request>(
    spawn_request{std::move(what), leader_, options.link, options.monitor, options.priority});
  spawns_[ref] = {std::move(options), true};
  core_->route(std::move(x), context());
  return ref;
}

void process::on_spawn_reply(const internal::pending_spawn& asked, signal& x) {
  auto ok = x.value.is(term::kind::pid);
  if (asked.abandoned) {
    if (ok)
      give_up(asked, x.ref, x.value.as_pid());
    return;
  }
  if (ok && asked.options.link)
    links_[x.value.as_pid()].active = true;
  if (ok && asked.options.monitor) {
    auto& how = asked.options.watch;
    watch(x.ref, {x.value.as_pid(), {}, {}, how.tag}, how.alias);
  }
  if (asked.as_message && wants_reply(asked.options, ok))
    append(reply_of(asked.options, x.ref, std::move(x.value)));
}

/// Undoes what the start of an abandoned process has brought.
void process::give_up(const internal::pending_spawn& asked, const reference& ref,
                      const pid& child) {
  auto tell = [&](kind type, term value) {
    signal x;
    x.type = type;
    x.from = self_;
    x.to = child;
    x.ref = ref;
    x.value = std::move(value);
    core_->route(std::move(x), context());
  };
  if (asked.options.monitor)
    tell(kind::demonitor, {});
  if (asked.options.link)
    tell(kind::exit_linked, exit_reason::abandoned);
}

bool process::spawn_request_abandon(const reference& ref, bool flush) {
  auto i = spawns_.find(ref);
  if (i != spawns_.end() && i->second.as_message)
    return !std::exchange(i->second.abandoned, true);
  if (flush)
    mailbox_.erase_if([&](caf::mailbox_element& x) {
      auto& content = x.content();
      if (!content.match_elements<term>())
        return false;
      auto& t = content.get_as<term>(0);
      return t.is_tuple(4) && t.as_tuple()[1] == term{ref};
    });
  return false;
}

task<process::spawned> process::spawn_what_at(atom at, spawn_what what, spawn_options options) {
  spawned result;
  if (at == self_.node) {
    if (options.monitor)
      result.monitor = core_->make_reference();
    result.id = start_what(std::move(what), options, result.monitor);
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

} // namespace troupe
