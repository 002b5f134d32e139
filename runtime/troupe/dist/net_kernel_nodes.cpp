// What net_kernel knows of other nodes, and who is told of it.

#include "troupe/dist/net_kernel.hpp"
#include "troupe/limits.hpp"

#include <algorithm>

namespace troupe::dist {

error net_kernel::last_failure(atom name) const {
  std::lock_guard guard{mutex_};
  auto i = failures_.find(name);
  return i == failures_.end() ? error{} : i->second;
}

uint32_t net_kernel::creation_of(atom name) const {
  std::lock_guard guard{mutex_};
  auto* entry = table_.find(name);
  return entry ? entry->creation : 0;
}

std::optional<connection_table::entry> net_kernel::connection_to(atom name) const {
  std::lock_guard guard{mutex_};
  auto* entry = table_.find(name);
  return entry ? std::optional{*entry} : std::nullopt;
}

std::vector<atom> net_kernel::nodes(node_class which) const {
  std::lock_guard guard{mutex_};
  std::vector<atom> result;
  auto add
    = [&](const std::vector<atom>& more) { result.insert(result.end(), more.begin(), more.end()); };
  switch (which) {
    case node_class::visible: add(table_.visible()); break;
    case node_class::hidden: add(table_.hidden()); break;
    case node_class::connected:
      add(table_.visible());
      add(table_.hidden());
      break;
    case node_class::self: result.push_back(self_); break;
    case node_class::known:
      for (auto& [name, p] : peers_)
        result.push_back(name);
      result.push_back(self_);
      result.emplace_back("nonode@nohost"); // its name before it had one (rule CONN-13k)
      break;
  }
  std::ranges::sort(result);
  return result;
}

// -- events of nodes ----------------------------------------------------------------------------

void net_kernel::monitor_nodes(const pid& who, const node_monitor::options& opts, bool on) {
  std::lock_guard guard{mutex_};
  events_.prune([this](const pid& x) { return !core_->processes().find(x.id).handle; });
  if (on)
    events_.subscribe(who, opts);
  else
    events_.unsubscribe(who, opts);
}

void net_kernel::monitor_node(const pid& who, atom name, bool on) {
  {
    std::lock_guard guard{mutex_};
    if (!on)
      return events_.unwatch(who, name);
    if (name == self_)
      return;
    events_.watch(who, name);
  }
  reach(name, [this, name](bool connected) {
    if (!connected)
      time_->post([this, name] {
        std::vector<node_monitor::notice> notices;
        {
          std::lock_guard guard{mutex_};
          if (!table_.find(name))
            notices = events_.take_watchers(name);
        }
        notify(notices);
      });
  });
}

void net_kernel::notify(const std::vector<node_monitor::notice>& notices) {
  for (auto& [who, message] : notices) {
    signal x;
    x.to = who;
    x.payload = caf::make_message(message);
    core_->deliver(std::move(x));
  }
}

net_kernel::counts net_kernel::snapshot() const {
  counts result;
  std::vector<std::shared_ptr<peer>> all;
  {
    std::lock_guard guard{mutex_};
    result.connections = table_.size();
    result.handshakes = connections_.size() - std::min(connections_.size(), table_.size());
    for (auto& [name, p] : peers_)
      all.push_back(p);
  }
  result.peers = all.size();
  for (auto& p : all) {
    auto x = p->snapshot();
    result.links += x.links;
    result.monitors += x.monitors;
    result.spawns += x.spawns;
    result.held += x.held;
    result.held_senders += x.held_senders;
  }
  return result;
}

} // namespace troupe::dist
