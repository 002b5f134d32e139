#include "troupe/actors/start_link.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/limits.hpp"

namespace troupe::actors {

namespace {

const atom tag_ack{"ack"};
const atom tag_down{"DOWN"};
const atom tag_error{"error"};
const atom tag_exit{"EXIT"};
const atom tag_ignore{"ignore"};
const atom tag_ok{"ok"};

bool is_ack(const term& x, const pid& child) {
  return x.is_tagged(tag_ack, 3) && x.as_tuple()[1] == term{child};
}

bool is_down(const term& x, const reference& ref) {
  return x.is_tagged(tag_down, 5) && x.as_tuple()[1] == term{ref};
}

/// Takes the exit of a child that ended without a word out of the mailbox: the result tells it.
task<std::optional<term>> take_exit(process& self, pid child) {
  auto match
    = [child](const term& x) { return x.is_tagged(tag_exit, 3) && x.as_tuple()[1] == term{child}; };
  auto looking = self.receive_match(match, clock::duration::zero());
  auto found = co_await std::move(looking);
  std::optional<term> result;
  if (found)
    result = found->as_tuple()[2];
  co_return result;
}

/// Ends a child that takes too long.
task<> kill(process& self, pid child, reference monitor) {
  self.unlink(child);
  self.exit(child, exit_reason::kill);
  auto ended = [monitor](const term& x) { return is_down(x, monitor); };
  auto waiting = self.receive_match(ended, limits::stop_grace);
  co_await std::move(waiting);
  self.demonitor(monitor, true);
  auto late = [child](const term& x) { return is_ack(x, child); };
  auto looking = self.receive_match(late, clock::duration::zero());
  co_await std::move(looking);
  auto exiting = take_exit(self, child);
  co_await std::move(exiting);
}

} // namespace

// -- start_result ---------------------------------------------------------------------------------

start_result start_result::ok(const pid& id, std::optional<term> info) {
  start_result x;
  x.id_ = id;
  x.info_ = std::move(info);
  return x;
}

start_result start_result::ignore() {
  return {};
}

start_result start_result::error(term reason) {
  start_result x;
  x.reason_ = std::move(reason);
  return x;
}

term start_result::to_term() const {
  if (id_)
    return info_ ? term::tuple({tag_ok, id_, *info_}) : term::tuple({tag_ok, id_});
  return reason_ ? term::tuple({tag_error, *reason_}) : term{tag_ignore};
}

start_result start_result::from_term(const term& x) {
  if (x.is_atom(tag_ignore))
    return ignore();
  if (x.is_tagged(tag_error, 2))
    return error(x.as_tuple()[1]);
  if ((x.is_tagged(tag_ok, 2) || x.is_tagged(tag_ok, 3)) && x.as_tuple()[1].is(term::kind::pid)) {
    auto parts = x.as_tuple();
    std::optional<term> info;
    if (parts.size() == 3)
      info = parts[2];
    return ok(parts[1].as_pid(), std::move(info));
  }
  if (x.is_tagged(tag_ok, 2) && x.as_tuple()[1].is_atom(atom{"undefined"}))
    return ignore();
  return error(x);
}

// -- the two sides of a start ---------------------------------------------------------------------

void init_ack(process& self, const pid& starter, const start_result& result) {
  self.send(starter, term::tuple({tag_ack, self.self(), result.to_term()}));
}

task<start_result> await_init(process& self, pid child, clock::duration timeout) {
  auto monitor = self.monitor(child);
  auto match = [child, monitor](const term& x) { return is_ack(x, child) || is_down(x, monitor); };
  auto waiting = self.receive_match(match, timeout);
  auto answer = co_await std::move(waiting);
  if (!answer) {
    auto killing = kill(self, child, monitor);
    co_await std::move(killing);
    co_return start_result::error(atom{"timeout"});
  }
  if (answer->is_tagged(tag_ack, 3)) {
    self.demonitor(monitor, true);
    co_return start_result::from_term(answer->as_tuple()[2]);
  }
  auto exiting = take_exit(self, child);
  auto told = co_await std::move(exiting);
  auto reason = told ? *told : answer->as_tuple()[4];
  co_return start_result::error(reason);
}

// -- reasons --------------------------------------------------------------------------------------

bool is_clean_exit(const term& reason) {
  return reason.is_atom(exit_reason::normal) || reason.is_atom(exit_reason::shutdown)
         || reason.is_tagged(exit_reason::shutdown, 2);
}

} // namespace troupe::actors
