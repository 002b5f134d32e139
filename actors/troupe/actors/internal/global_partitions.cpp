#include "troupe/actors/internal/global_partitions.hpp"

#include "troupe/actors/internal/global_server.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::internal {

namespace {

const atom tag_lost{"lost_connection"};
const atom tag_regained{"regained_connection"};
const atom tag_remove{"remove_connection"};
const atom tag_unreachable{"extra_nodedown"};
const atom reason_stop{"net_kernel_terminated"};
const char* const purpose = " in order to prevent overlapping partitions";

} // namespace

global_partitions::global_partitions(process& self)
  : self_(&self), takes_part_(self.home().configuration().connect_all),
    prevents_(takes_part_ && self.home().configuration().prevent_overlapping_partitions),
    guard_(self.self().node, self.self().creation) {}

void global_partitions::met(const pid& peer) {
  if (guard_.met(peer.node, peer.creation))
    tell(term::tuple({tag_regained, self_->self().node, peer.node}), peer.node);
  auto now = self_->core().time().now();
  for (auto& [when, x] : failures_)
    if (now - when < global_failure_memory && x.lost != peer.node && !guard_.knows(x.lost))
      self_->send_with(connected_only, peer, to_term(x));
}

void global_partitions::node_down(atom name, const term& reason) {
  auto news = guard_.lost(name);
  if (news && !reason.is_atom(reason_stop)) // a node that stops leaves, others stay
    report(*news);
}

/// Has the peers know, those that are met within a moment as well.
void global_partitions::report(const lost_connection& x) {
  if (!prevents_)
    return;
  tell(to_term(x), x.lost);
  if (!x.failed)
    return;
  if (failures_.size() >= global_failures_max)
    failures_.pop_front();
  failures_.emplace_back(self_->core().time().now(), x);
}

bool global_partitions::on_message(const term& x) {
  if (x.is_tagged(tag_lost, 7)) {
    if (auto news = lost_connection_of(x); news && prevents_)
      guard_.heard(*news, self_->core().time().now());
    return true;
  }
  if (x.is_tagged(tag_regained, 3)) {
    auto args = x.as_tuple();
    if (args[1].is(term::kind::atom) && args[2].is(term::kind::atom))
      guard_.regained(args[1].as_atom(), args[2].as_atom());
    return true;
  }
  if (x.is_tagged(tag_remove, 3)) {
    on_remove(x.as_tuple());
    return true;
  }
  if (x.is_tagged(tag_unreachable, 2)) {
    if (auto* name = x.as_tuple()[1].get_if<atom>())
      on_unreachable(*name);
    return true;
  }
  return false;
}

std::vector<atom> global_partitions::leave() {
  auto result = guard_.peers();
  for (auto name : result)
    guard_.expect_end(name);
  return result;
}

void global_partitions::tick(clock::time_point now) {
  for (auto& x : guard_.due(now)) {
    warn("'global' at node " + inspect_atom(self_->self().node) + " requested disconnect from node "
         + inspect_atom(x.victim) + purpose);
    // Who could not be connected in the first place leaves everybody, so that all see the same.
    self_->send_with(connected_only, global_server_name, x.victim,
                     term::tuple({tag_remove, self_->self().node, x.why.failed}));
    tell(to_term(x.why), x.why.from);
  }
}

/// `{:remove_connection, node, whole}`: a peer wants this node to go.
void global_partitions::on_remove(std::span<const term> args) {
  auto* name = args[1].get_if<atom>();
  if (!name || !guard_.knows(*name))
    return;
  end(*name);
  if (args[2].truthy())
    for (auto other : guard_.peers())
      if (other != *name)
        end(other);
}

void global_partitions::end(atom name) {
  guard_.expect_end(name);
  warn("'global' at node " + inspect_atom(self_->self().node) + " disconnected node "
       + inspect_atom(name) + purpose);
  if (auto* carrier = self_->core().carrier())
    carrier->disconnect(name, [](bool) {});
}

/// A node of the mesh could not be connected (MESH-09).
void global_partitions::on_unreachable(atom name) {
  if (!takes_part_)
    return;
  auto news = guard_.unreachable(name);
  if (!news)
    return;
  warn("'global' at " + inspect_atom(self_->self().node) + " failed to connect to "
       + inspect_atom(name));
  report(*news);
}

/// To all peers that are connected; a message to another one would connect it.
void global_partitions::tell(const term& x, atom but) {
  auto connected = self_->home().nodes();
  for (auto name : guard_.peers())
    if (name != but && std::ranges::binary_search(connected, name))
      self_->send_with(connected_only, global_server_name, name, x);
}

void global_partitions::warn(const std::string& line) const {
  self_->core().log("warning", line);
}

} // namespace troupe::actors::internal
