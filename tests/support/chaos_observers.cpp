// What concerns no mailbox of a process: handles of CAF's, who observes them, and who wants to
// know of one node.

#include "support/chaos.hpp"

#include <caf/abstract_actor.hpp>

#include <utility>

namespace troupe::test::chaos {

namespace {

/// What the observers of runs that are over would call.
run* observed = nullptr;

} // namespace

void run::observe_with(run* x) {
  observed = x;
}

/// Somebody on the node of `who` holds a handle of the other process, and is told of its end.
void run::observe(process& self, size_t who, const order& x) {
  auto handle = self.core().handle_of(actors_[x.other].id);
  if (!handle)
    return; // A process of this node that has ended.
  note({.what = act::observed, .who = who, .other = x.other, .number = x.number});
  auto* of = this;
  handle->get()->attach_functor([of, who, other = x.other, number = x.number](const caf::error&) {
    if (observed == of)
      of->note({.what = act::got_end, .who = who, .other = other, .number = number});
  });
  if (x.flag
      && counts(who)) // while a node ends its processes still run, and its handles are released
    machines_[history_.processes[who].node].handles.push_back(std::move(handle));
}

/// `{:nodedown, node}` once for each call; those who are subscribed would not know which is which.
void run::watch_node(process& self, size_t who, const order& x) {
  if (history_.processes[who].subscribed || x.node == history_.processes[who].node)
    return;
  note({.what = act::watched_node, .who = who, .node = x.node, .ok = x.flag});
  self.home().kernel()->monitor_node(self.self(), cluster::atom_of(machines_[x.node].name), x.flag);
}

void run::release_handles(size_t node) {
  machines_[node].handles.clear();
}

} // namespace troupe::test::chaos
