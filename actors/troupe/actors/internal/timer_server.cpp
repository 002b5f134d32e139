#include "troupe/actors/internal/timer_server.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <algorithm>
#include <map>

namespace troupe::actors::internal {

namespace {

using std::chrono::milliseconds;

const atom server_name{"timer_server"};
const atom tag_once{"$timer_once"};
const atom tag_every{"$timer_every"};
const atom tag_cancel{"$timer_cancel"};
const atom tag_timeout{"timeout"};
const atom tag_down{"DOWN"};
const atom tag_send{"send"};
const atom tag_apply{"apply"};

struct entry {
  term what;
  milliseconds period{0}; // Zero: once.
  clock::time_point due;
  reference timer;
  reference monitor; // Null: none.
};

class timer_server {
public:
  explicit timer_server(process& self) : self_(&self) {}

  /// Takes a message; returns what is to be done now.
  std::optional<term> take(const term& x) {
    if (x.is_tagged(tag_once, 4))
      start(x, 2, nullptr);
    else if (x.is_tagged(tag_every, 5))
      start(x, 2, &x.as_tuple()[4]);
    else if (x.is_tagged(tag_cancel, 2))
      remove(x.as_tuple()[1]);
    else if (x.is_tagged(tag_down, 5))
      on_down(x.as_tuple()[1]);
    else if (x.is_tagged(tag_timeout, 3))
      return on_timeout(x.as_tuple()[2]);
    return std::nullopt;
  }

private:
  /// `{tag, ref, milliseconds, what [, watched]}`
  void start(const term& x, size_t time_index, const term* watched) {
    auto parts = x.as_tuple();
    if (!parts[1].is(term::kind::reference) || !parts[time_index].is(term::kind::integer))
      return;
    if (entries_.size() >= timer_server_max)
      return self_->core().log("error", "** timer_server: too many timers, one is dropped **");
    auto time = milliseconds{parts[time_index].as_integer()};
    entry e;
    e.what = parts[3];
    e.period = watched ? std::max(time, milliseconds{1}) : milliseconds{0};
    e.due = self_->core().time().now() + std::max(time, e.period);
    auto& ref = parts[1].as_reference();
    if (!arm(e, ref))
      return;
    if (watched)
      e.monitor = watch(*watched);
    if (e.monitor)
      monitors_[e.monitor] = ref;
    entries_[ref] = std::move(e);
  }

  bool arm(entry& e, const reference& ref) {
    auto delay = std::max(e.due - self_->core().time().now(), clock::duration::zero());
    try {
      e.timer = self_->start_timer(delay, self_->self(), ref);
      return true;
    } catch (const exit_request&) {
      self_->core().log("error", "** timer_server: a timer cannot be started and is dropped **");
      return false;
    }
  }

  reference watch(const term& who) {
    if (auto* id = who.get_if<pid>())
      return self_->monitor(*id);
    if (auto* name = who.get_if<atom>())
      return self_->monitor(*name, self_->self().node);
    if (who.is_tuple(2) && who.as_tuple()[0].is(term::kind::atom)
        && who.as_tuple()[1].is(term::kind::atom))
      return self_->monitor(who.as_tuple()[0].as_atom(), who.as_tuple()[1].as_atom());
    return {};
  }

  void remove(const term& ref) {
    if (!ref.is(term::kind::reference))
      return;
    auto i = entries_.find(ref.as_reference());
    if (i == entries_.end())
      return;
    self_->cancel_timer(i->second.timer);
    if (i->second.monitor) {
      self_->demonitor(i->second.monitor, true);
      monitors_.erase(i->second.monitor);
    }
    entries_.erase(i);
  }

  void on_down(const term& monitor) {
    if (!monitor.is(term::kind::reference))
      return;
    if (auto i = monitors_.find(monitor.as_reference()); i != monitors_.end())
      remove(term{i->second});
  }

  std::optional<term> on_timeout(const term& ref) {
    if (!ref.is(term::kind::reference))
      return std::nullopt;
    auto i = entries_.find(ref.as_reference());
    if (i == entries_.end() || self_->core().time().now() < i->second.due)
      return std::nullopt; // cancelled meanwhile, or no message of ours
    auto what = i->second.what;
    i->second.due += i->second.period; // from when it was due, so that it does not drift
    if (i->second.period == milliseconds{0} || !arm(i->second, i->first))
      remove(ref);
    return what;
  }

  process* self_;
  std::map<reference, entry> entries_; // Bounded by timer_server_max.
  std::map<reference, reference> monitors_;
};

task<> serve(process& self) {
  timer_server server{self};
  for (;;) {
    auto waiting = self.receive<term>(); // a server waits for as long as its node lives
    auto x = co_await std::move(waiting);
    auto what = server.take(x);
    if (!what)
      continue;
    auto doing = do_now(self, std::move(*what));
    co_await std::move(doing);
  }
}

pid find_or_start(process& self) {
  if (auto found = self.whereis(server_name))
    return *found;
  auto fresh = self.home().spawn(serve);
  if (self.register_name(server_name, fresh))
    return fresh;
  self.exit(fresh, exit_reason::kill); // another call was quicker
  return self.whereis(server_name).value_or(fresh);
}

} // namespace

reference do_after(process& self, milliseconds delay, term what) {
  auto ref = self.core().make_reference();
  self.send(find_or_start(self), term::tuple({tag_once, ref, delay.count(), std::move(what)}));
  return ref;
}

reference do_every(process& self, milliseconds period, term watched, term what) {
  auto ref = self.core().make_reference();
  self.send(find_or_start(self),
            term::tuple({tag_every, ref, period.count(), std::move(what), std::move(watched)}));
  return ref;
}

void stop_doing(process& self, const reference& ref) {
  self.send(find_or_start(self), term::tuple({tag_cancel, ref}));
}

task<> do_now(process& self, term what) {
  if (what.is_tagged(tag_send, 3)) {
    auto& to = what.as_tuple()[1];
    auto& message = what.as_tuple()[2];
    auto named = to.is_tuple(2) && to.as_tuple()[0].is(term::kind::atom)
                 && to.as_tuple()[1].is(term::kind::atom);
    if (auto* who = to.get_if<pid>())
      self.send(*who, message);
    else if (auto* name = to.get_if<atom>())
      self.send(*name, self.self().node, message);
    else if (named)
      self.send(to.as_tuple()[0].as_atom(), to.as_tuple()[1].as_atom(), message);
  } else if (what.is_tagged(tag_apply, 4) && what.as_tuple()[1].is(term::kind::atom)
             && what.as_tuple()[2].is(term::kind::atom)) {
    spawn_what call;
    call.type = spawn_what::form::function;
    call.module = what.as_tuple()[1].as_atom();
    call.name = what.as_tuple()[2].as_atom();
    call.arguments = what.as_tuple()[3];
    spawn_options options;
    auto starting = self.spawn_what_at(self.self().node, std::move(call), options);
    co_await std::move(starting);
  }
}

} // namespace troupe::actors::internal
