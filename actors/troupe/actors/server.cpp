#include "troupe/actors/server.hpp"

#include "troupe/actors/global_names.hpp"
#include "troupe/actors/internal/reply_alias.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"

#include <map>

namespace troupe::actors {

using internal::reply_alias;

namespace {

const atom tag_call{"$gen_call"};
const atom tag_cast{"$gen_cast"};
const atom tag_down{"DOWN"};
const atom tag_nodedown{"nodedown"};
const atom tag_timeout{"timeout"};
const atom genserver{"Elixir.GenServer"};

term shown_time(clock::duration x) {
  if (x == infinity)
    return atom{"infinity"};
  return std::chrono::duration_cast<std::chrono::milliseconds>(x).count();
}

term shown_call(const char* function, const server::ref& to, term what, clock::duration timeout) {
  auto arguments = term::list({to.to_term(), std::move(what), shown_time(timeout)});
  return term::tuple({genserver, atom{function}, arguments});
}

bool is_self(process& self, const server::ref& to) {
  if (to.id())
    return to.id() == self.self();
  return (to.node() == atom{} || to.node() == self.self().node)
         && self.core().names().whereis(to.name()) == self.self();
}

atom node_of(process& self, const server::ref& to) {
  if (to.id())
    return to.id().node;
  return to.node() == atom{} ? self.self().node : to.node();
}

reference monitor(process& self, const server::ref& to, alias_life alias = alias_life::none) {
  monitor_options how;
  how.alias = alias;
  return to.id() ? self.monitor(to.id(), how) : self.monitor(to.name(), node_of(self, to), how);
}

void send(process& self, const server::ref& to, term x) {
  if (to.id())
    self.send(to.id(), std::move(x));
  else
    self.send(to.name(), node_of(self, to), std::move(x));
}

bool is_down(const term& x, const reference& ref) {
  return x.is_tagged(tag_down, 5) && x.as_tuple()[1] == term{ref};
}

term why_down(process& self, const server::ref& to, const term& down) {
  auto& reason = down.as_tuple()[4];
  if (reason.is_atom(exit_reason::noconnection))
    return term::tuple({tag_nodedown, node_of(self, to)});
  return reason;
}

} // namespace

task<term> internal::ask(process& self, server::ref to,
                         std::function<void(const caller& from)> request, term shown,
                         clock::duration timeout) {
  if (is_self(self, to))
    self.exit(term::tuple({atom{"calling_self"}, shown}));
  // The answer takes the monitor away, and the monitor's end the alias: one of both comes, once.
  auto ref = monitor(self, to, alias_life::reply_demonitor);
  reply_alias answers{ref};
  request(caller{self.self(), answers.tag()});
  auto match
    = [answers](const term& x) { return answers.is_answer(x) || is_down(x, answers.ref()); };
  auto waiting = self.receive_match(match, timeout);
  auto x = co_await std::move(waiting);
  if (x && answers.is_answer(*x))
    co_return x->as_tuple()[1];
  if (!x)
    self.demonitor(ref);
  auto why = x ? why_down(self, to, *x) : term{tag_timeout};
  self.exit(term::tuple({why, shown}));
}

namespace server {

namespace {

/// Calls whoever has a global name now (rule G-18).
task<term> call_global(process& self, ref to, term request, clock::duration timeout) {
  auto shown = shown_call("call", to, request, timeout);
  auto looking = global::whereis_name(self, *to.global_name());
  auto holder = co_await std::move(looking);
  if (!holder)
    self.exit(term::tuple({exit_reason::noproc, shown}));
  auto transmit = [&self, to = *holder, request](const caller& from) {
    self.send(to, term::tuple({tag_call, from.to_term(), request}));
  };
  auto asking = internal::ask(self, *holder, transmit, shown, timeout);
  auto answer = co_await std::move(asking);
  co_return answer;
}

} // namespace

task<term> call(process& self, ref to, term request, clock::duration timeout) {
  if (to.global_name())
    return call_global(self, std::move(to), std::move(request), timeout);
  auto shown = shown_call("call", to, request, timeout);
  auto transmit = [&self, to, request](const caller& from) {
    send(self, to, term::tuple({tag_call, from.to_term(), request}));
  };
  return internal::ask(self, to, transmit, shown, timeout);
}

void cast(process& self, const ref& to, term request) {
  if (to.global_name())
    return global::pass_on(self, *to.global_name(), term::tuple({tag_cast, std::move(request)}));
  send(self, to, term::tuple({tag_cast, std::move(request)}));
}

void reply(process& self, const caller& to, term answer) {
  auto message = term::tuple({to.tag(), std::move(answer)});
  if (auto alias = reply_alias::of_tag(to.tag()))
    self.send(*alias, std::move(message));
  else
    self.send(to.id(), std::move(message));
}

void abcast(process& self, const std::vector<atom>& nodes, atom name, const term& request) {
  for (auto node : nodes)
    cast(self, ref{name, node}, request);
}

task<multi_answer> multi_call(process& self, std::vector<atom> nodes, atom name, term request,
                              clock::duration timeout) {
  struct question {
    ref to;
    reply_alias answers;
  };
  std::vector<question> asked;
  for (auto node : nodes) {
    ref to{name, node};
    asked.push_back({to, reply_alias{monitor(self, to, alias_life::reply_demonitor)}});
    caller from{self.self(), asked.back().answers.tag()};
    send(self, to, term::tuple({tag_call, from.to_term(), request}));
  }
  auto deadline = self.core().time().now() + std::min<clock::duration>(timeout, infinity / 2);
  multi_answer result;
  for (auto& q : asked) {
    auto match
      = [&q](const term& x) { return q.answers.is_answer(x) || is_down(x, q.answers.ref()); };
    auto left = deadline - self.core().time().now();
    auto waiting = self.receive_match(match, std::max(left, clock::duration::zero()));
    auto x = co_await std::move(waiting);
    if (!x)
      self.demonitor(q.answers.ref());
    if (x && q.answers.is_answer(*x))
      result.replies.emplace_back(q.to.node(), x->as_tuple()[1]);
    else
      result.bad_nodes.push_back(q.to.node());
  }
  co_return result;
}

task<> stop(process& self, ref to, term reason, clock::duration timeout) {
  auto shown = shown_call("stop", to, reason, timeout);
  if (is_self(self, to))
    self.exit(term::tuple({atom{"calling_self"}, shown}));
  auto watch = monitor(self, to);
  // `nil` as the sender: nobody waits for the answer, the end is one.
  auto what = term::tuple({atom{"terminate"}, reason});
  send(self, to, term::tuple({atom{"system"}, term{}, what}));
  auto match = [watch](const term& x) { return is_down(x, watch); };
  auto waiting = self.receive_match(match, timeout);
  auto x = co_await std::move(waiting);
  self.demonitor(watch, true);
  auto why = x ? why_down(self, to, *x) : term{tag_timeout};
  if (!x || why != reason)
    self.exit(term::tuple({why, shown}));
}

} // namespace server

} // namespace troupe::actors
