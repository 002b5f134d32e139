#include "troupe/actors/internal/reply_gate.hpp"

#include "troupe/actors/start_link.hpp"
#include "troupe/limits.hpp"

namespace troupe::actors::internal {

namespace {

const atom tag_close{"close"};
const atom tag_down{"DOWN"};

task<> guard(process& self, pid owner, reference tag, clock::duration time) {
  auto full = term::cons(self.self(), tag);
  auto match = [full](const term& x) {
    return x.is_atom(tag_close) || (x.is_tuple(2) && x.as_tuple()[0] == full);
  };
  auto waiting = self.receive_match(match, time);
  auto x = co_await std::move(waiting);
  if (x && x->is_tuple(2))
    self.send(owner, term::tuple({tag, x->as_tuple()[1]}));
}

} // namespace

reply_gate::reply_gate(process& self, reference tag, clock::duration timeout) : tag_(tag) {
  if (timeout < infinity - gate_grace)
    gate_ = self.spawn(&guard, self.self(), tag, timeout + gate_grace);
}

term reply_gate::tag() const {
  return gate_ ? term::cons(gate_, tag_) : term{tag_};
}

bool reply_gate::is_answer(const term& x) const {
  return x.is_tuple(2) && x.as_tuple()[0] == term{tag_};
}

task<std::optional<term>> reply_gate::close(process& self) const {
  if (gate_) {
    auto monitor = self.monitor(gate_);
    self.send(gate_, term{tag_close});
    auto down = [monitor](const term& x) {
      return x.is_tagged(tag_down, 5) && x.as_tuple()[1] == term{monitor};
    };
    // What the gate sent comes before its end.
    auto waiting = self.receive_match(down, limits::stop_grace);
    co_await std::move(waiting);
    self.demonitor(monitor, true);
  }
  auto mine = [tag = tag_](const term& x) { return x.is_tuple(2) && x.as_tuple()[0] == term{tag}; };
  auto looking = self.receive_match(mine, clock::duration::zero());
  auto found = co_await std::move(looking);
  std::optional<term> result;
  if (found)
    result = found->as_tuple()[1];
  co_return result;
}

pid reply_gate::gate_of(const term& tag) {
  if (tag.is(term::kind::cons) && tag.head().is(term::kind::pid)
      && tag.tail().is(term::kind::reference))
    return tag.head().as_pid();
  return {};
}

} // namespace troupe::actors::internal
