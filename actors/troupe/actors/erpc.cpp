#include "troupe/actors/erpc.hpp"

#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/actors/internal/remote_worker.hpp"
#include "troupe/internal/node_core.hpp"

#include <algorithm>
#include <functional>

namespace troupe::actors::erpc {

namespace {

/// What is left of a time; nothing stays nothing.
class countdown {
public:
  countdown(process& self, timeout limit)
    : time_(&self.core().time()), start_(time_->now()), limit_(limit) {}

  [[nodiscard]] timeout left() const {
    if (!limit_)
      return std::nullopt;
    return std::max(*limit_ - (time_->now() - start_), clock::duration::zero());
  }

private:
  troupe::clock* time_;
  clock::time_point start_;
  timeout limit_;
};

} // namespace

failure::failure(outcome x) : exit_request{internal::exit_reason_of(x)}, what(std::move(x)) {}

// -- requests -----------------------------------------------------------------------------------

request send_request(process& self, atom at, spawn_what what) {
  request result;
  result.id = self.core().make_reference();
  spawn_options how;
  how.monitor = true;
  how.reply = spawn_replies::errors;
  self.spawn_request_at(at, internal::worker_of(self, result.id, std::move(what)), how, result.id);
  return result;
}

bool abandon(process& self, const request& r) {
  // What is still to come is dropped by one, what has come removed by the other.
  return self.spawn_request_abandon(r.id, true) || self.demonitor(r.id, true);
}

task<std::optional<outcome>> wait_response(process& self, request r, timeout limit) {
  std::function<bool(const term&)> is_answer
    = [id = r.id](const term& x) { return internal::outcome_of_message(id, x).has_value(); };
  auto waiting = self.receive_match(std::move(is_answer), limit);
  auto x = co_await std::move(waiting);
  if (!x)
    co_return std::nullopt;
  co_return internal::outcome_of_message(r.id, *x);
}

task<outcome> receive_response(process& self, request r, timeout limit) {
  auto waiting = wait_response(self, r, limit);
  auto done = co_await std::move(waiting);
  if (done)
    co_return std::move(*done);
  // A request that was answered or given up before is none.
  co_return internal::call_error(abandon(self, r) ? "timeout" : "badarg");
}

std::optional<outcome> check_response(const term& message, const request& r) {
  return internal::outcome_of_message(r.id, message);
}

// -- calls --------------------------------------------------------------------------------------

task<outcome> call_what(process& self, atom at, spawn_what what, timeout limit) {
  return receive_response(self, send_request(self, at, std::move(what)), limit);
}

task<std::vector<outcome>> multicall_what(process& self, std::vector<atom> at, spawn_what what,
                                          timeout limit) {
  countdown time{self, limit};
  std::vector<request> requests;
  std::vector<reference> ids;
  for (auto node : at) {
    requests.push_back(send_request(self, node, what));
    ids.push_back(requests.back().id);
  }
  internal::gathering answers{std::move(ids)};
  std::function<bool(const term&)> is_missing
    = [&answers](const term& x) { return answers.wants(x); };
  while (!answers.is_complete()) {
    auto waiting = self.receive_match(is_missing, time.left());
    auto x = co_await std::move(waiting);
    if (!x)
      break;
    answers.take(*x);
  }
  for (size_t i = 0; i < requests.size(); ++i)
    if (!answers.has(i))
      abandon(self, requests[i]);
  co_return answers.outcomes();
}

void cast_what(process& self, atom at, spawn_what what) {
  internal::spawn_silently(self, at, internal::cast_of(self, std::move(what)));
}

} // namespace troupe::actors::erpc
