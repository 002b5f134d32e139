#include "troupe/actors/internal/server_process.hpp"

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"

namespace troupe::actors::internal {

namespace {

const atom tag_call{"$gen_call"};
const atom tag_cast{"$gen_cast"};
const atom tag_exit{"EXIT"};
const atom tag_system{"system"};
const atom tag_terminate{"terminate"};
const atom tag_timeout{"timeout"};

/// One thing that happens to a server.
struct event {
  enum class kind : uint8_t { call, local_call, cast, info, continuation, end };
  kind what = kind::info;
  caller from;
  std::any request; // Of a local call.
  term message;     // Request, message, or the reason of an end.
  term whole;       // As it came.
};

struct next_message final : troupe::internal::receive_op {
  explicit next_message(process& p) : owner(p) {}

  bool take(caf::mailbox_element& x) override {
    auto& content = x.content();
    if (content.match_elements<local_call>())
      local = content.get_as<local_call>(0);
    else
      message = message_to_term(content, *owner.bridge());
    return true;
  }

  process& owner;
  std::optional<local_call> local;
  std::optional<term> message;
};

/// `x` is what came, for a server whose parent is `parent`.
event read(term x, const pid& parent) {
  event e;
  e.whole = x;
  e.message = x;
  auto is_system = x.is_tagged(tag_system, 3) && x.as_tuple()[2].is_tagged(tag_terminate, 2);
  if (is_system) {
    e.what = event::kind::end;
    e.message = x.as_tuple()[2].as_tuple()[1];
  } else if (parent && x.is_tagged(tag_exit, 3) && x.as_tuple()[1] == term{parent}) {
    e.what = event::kind::end;
    e.message = x.as_tuple()[2];
  } else if (x.is_tagged(tag_cast, 2)) {
    e.what = event::kind::cast;
    e.message = x.as_tuple()[1];
  } else if (x.is_tagged(tag_call, 3)) {
    if (auto from = caller::from_term(x.as_tuple()[1])) {
      e.what = event::kind::call;
      e.from = *from;
      e.message = x.as_tuple()[2];
    }
  }
  return e;
}

/// Waits for what comes next, `:timeout` when that takes longer than the last step said.
task<event> next_event(process& self, pid parent, step last) {
  event e;
  if (last.continuation()) {
    e.what = event::kind::continuation;
    e.message = e.whole = *last.continuation();
    co_return e;
  }
  next_message op{self};
  if (last.timeout() && *last.timeout() != infinity)
    op.deadline = self.core().time().now() + *last.timeout();
  troupe::internal::wait_for wait{self, op};
  co_await wait;
  if (op.local) {
    e.what = event::kind::local_call;
    e.from = op.local->from;
    e.request = std::move(op.local->request);
    e.whole = atom{"local_call"};
    co_return e;
  }
  e = read(op.message ? std::move(*op.message) : term{tag_timeout}, parent);
  co_return e;
}

task<step> dispatch(process& self, server_body& body, const event& e) {
  switch (e.what) {
    case event::kind::call: return body.handle_call(self, e.message, e.from);
    case event::kind::local_call: return body.handle_local_call(self, e.request, e.from);
    case event::kind::cast: return body.handle_cast(self, e.message);
    case event::kind::continuation: return body.handle_continue(self, e.message);
    default: return body.handle_info(self, e.message);
  }
}

bool fits(const step& x, const event& e) {
  auto asked = e.what == event::kind::call || e.what == event::kind::local_call;
  switch (x.type()) {
    case step::kind::noreply: return true;
    case step::kind::reply: return asked;
    case step::kind::stop: return asked || !x.answer();
    default: return false;
  }
}

void report(process& self, const term& reason, const event& last) {
  auto text = "GenServer " + inspect_pid(self.self(), self.self()) + " terminating\n** (stop) "
              + eval::format_exit(reason, self.self()) + "\nLast message";
  inspect_options how;
  how.viewer = self.self();
  auto asked = last.what == event::kind::call || last.what == event::kind::local_call;
  if (asked)
    text += " (from " + inspect_pid(last.from.id(), self.self()) + ")";
  auto call = last.what == event::kind::call;
  self.core().log("error", text + ": " + inspect_term(call ? last.message : last.whole, how));
}

/// Ends the server: `terminate`, then the answer that the last step had, then the exit.
task<> finish(process& self, server_body& body, term reason, event last,
              std::optional<term> answer) {
  std::exception_ptr thrown;
  try {
    auto ending = body.terminate(self, reason);
    co_await std::move(ending);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown)
    reason = exit_reason::of(thrown);
  if (!is_clean_exit(reason))
    report(self, reason, last);
  if (answer)
    server::reply(self, last.from, *answer);
  self.exit(reason);
}

task<> serve(process& self, std::shared_ptr<server_body> body, pid parent, step next) {
  for (;;) {
    auto waiting = next_event(self, parent, next);
    auto e = co_await std::move(waiting);
    std::optional<term> ends;
    std::optional<term> answer;
    std::exception_ptr thrown;
    if (e.what == event::kind::end) {
      ends = e.message;
    } else {
      try {
        auto running = dispatch(self, *body, e);
        next = co_await std::move(running);
      } catch (...) {
        thrown = std::current_exception();
      }
      if (thrown)
        ends = exit_reason::of(thrown);
      else if (!fits(next, e))
        ends = term::tuple({atom{"bad_return_value"}, next.to_term()});
      else if (next.type() == step::kind::stop)
        ends = next.reason();
      if (!thrown && fits(next, e))
        answer = next.answer();
    }
    if (ends) {
      auto finishing = finish(self, *body, *ends, std::move(e), answer);
      co_await std::move(finishing);
    }
    if (answer)
      server::reply(self, e.from, *answer);
  }
}

/// Takes the name; yields who has it.
std::optional<pid> take_name(process& self, atom name) {
  auto& names = self.core().names();
  if (name == atom{} || names.add(name, self.self()))
    return std::nullopt;
  return names.whereis(name).value_or(pid{});
}

/// What `init` said, as the starter hears it.
start_result result_of(process& self, const step& x, const std::exception_ptr& thrown) {
  if (thrown)
    return start_result::error(exit_reason::of(thrown));
  switch (x.type()) {
    case step::kind::ok: return start_result::ok(self.self());
    case step::kind::ignore: return start_result::ignore();
    case step::kind::stop:
      if (!x.answer())
        return start_result::error(x.reason());
      [[fallthrough]];
    default: return start_result::error(term::tuple({atom{"bad_return_value"}, x.to_term()}));
  }
}

} // namespace

task<step> server_body::handle_local_call(process& self, std::any, caller) {
  return step_of(step::noreply(),
                 [&self] { return missing_call(self, "server", atom{"local_call"}); });
}

task<> run_server(process& self, std::shared_ptr<server_body> body, server_start how) {
  if (auto holder = take_name(self, how.name)) {
    auto taken = term::tuple({atom{"already_started"}, *holder});
    init_ack(self, how.starter, start_result::error(taken));
    co_return;
  }
  auto first = step::ok();
  std::exception_ptr thrown;
  try {
    auto beginning = body->init(self);
    first = co_await std::move(beginning);
  } catch (...) {
    thrown = std::current_exception();
  }
  auto result = result_of(self, first, thrown);
  if (!result && how.name != atom{}) // free when the starter hears of it
    self.core().names().remove(how.name);
  init_ack(self, how.starter, result);
  if (result.is_ignored())
    co_return;
  if (!result)
    self.exit(result.reason());
  auto serving = serve(self, std::move(body), how.linked ? how.starter : pid{}, first);
  co_await std::move(serving);
}

task<start_result> start_link_what(process& self, atom at, spawn_what what,
                                   clock::duration timeout) {
  spawn_options linked;
  linked.link = true;
  auto starting = self.spawn_what_at(at, std::move(what), linked);
  auto started = co_await std::move(starting);
  auto waiting = await_init(self, started.id, timeout);
  auto result = co_await std::move(waiting);
  co_return result;
}

// -- callbacks that are missing -------------------------------------------------------------------

step missing_call(process& self, const std::string& server, const term& request) {
  self.core().log("error", server + " has no handle_call");
  return step::stop(term::tuple({atom{"bad_call"}, request}));
}

step missing_cast(process& self, const std::string& server, const term& request) {
  self.core().log("error", server + " has no handle_cast");
  return step::stop(term::tuple({atom{"bad_cast"}, request}));
}

step missing_info(process& self, const std::string& server, const term& message) {
  inspect_options how;
  how.viewer = self.self();
  self.core().log("error", server + " " + inspect_pid(self.self(), self.self())
                             + " received unexpected message in handle_info/2: "
                             + inspect_term(message, how));
  return step::noreply();
}

step missing_continue(process&, const std::string&, const term& what) {
  return step::stop(term::tuple({atom{"undef"}, term::tuple({atom{"handle_continue"}, what})}));
}

} // namespace troupe::actors::internal
