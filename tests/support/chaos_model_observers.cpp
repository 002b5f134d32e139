// The rules of handles that are observed, and of single nodes that are watched.

#include "support/chaos_checker.hpp"

#include <map>

namespace troupe::test::chaos {

/// The end of a process is told once to each who observes a handle of it, and only when it has
/// ended or nobody can know.
void checker::observers() {
  std::map<uint64_t, size_t> begun, told;
  auto over = [this](size_t p, time_point t) { // Who observes may hear it before the record does.
    return gone(p) != never && at(gone(p)).at <= t;
  };
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::observed)
      begun[x.number] = i;
    if (x.what != act::got_end)
      continue;
    auto j = begun.find(x.number);
    if (j == begun.end())
      complain(i, "end of what nobody observes");
    else if (!told.emplace(x.number, i).second)
      complain(i, "end told twice");
    else if (!over(x.other, x.at) && fates_[x.other].began != never
             && (same_node(x.who, x.other)
                 || !troubled_between(x.who, x.other, at(j->second).at, x.at)))
      complain(i, "end of a process that lives");
  }
  for (auto& [number, i] : begun) {
    auto& x = at(i);
    if (!told.contains(number) && node_ended(x.who) == never && who(x.other).life != 0
        && gone(x.other) != never)
      complain(i, "end was never told");
  }
}

/// NM-07, NM-08: one nodedown for each call, when the node is lost or cannot be reached.
void checker::watched_nodes() {
  struct account {
    size_t calls = 0, taken_back = 0, told = 0, last = 0;
  };
  std::map<pair, account> accounts;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    auto& a = accounts[{x.who, x.node}];
    if (x.what == act::watched_node) {
      // Who takes back more than there is takes nothing back.
      a.calls += x.ok;
      a.taken_back += !x.ok && a.calls > a.told + a.taken_back;
      if (x.ok)
        a.last = i;
    } else if (x.what == act::got_node_lost) {
      if (++a.told > a.calls)
        complain(i, "node lost that nobody watches");
      else if (!troubled(who(x.who).node, x.node, at(a.last).at, x.at))
        complain(i, "node lost without trouble");
    }
  }
  for (auto& [key, a] : accounts) {
    auto [p, n] = key;
    if (a.calls <= a.told + a.taken_back || !stays(p))
      continue;
    for (auto& [life, i] : lives_ended_)
      if (life.first == n && i > a.last && i < finish_) {
        complain(a.last, "the loss of a node was never told");
        break;
      }
  }
}

/// A link that a spawn request asks for begins with the answer: an `unlink` before it is of none.
bool checker::before_its_link(size_t i) const {
  auto& x = at(i);
  auto asked = spawn_asked_.find({x.who, x.other});
  if (asked == spawn_asked_.end() || asked->second > i)
    return false;
  auto answered = spawn_answered_.find({x.who, x.other});
  return answered == spawn_answered_.end()
         || (answered->second.second && answered->second.first > i);
}

} // namespace troupe::test::chaos
