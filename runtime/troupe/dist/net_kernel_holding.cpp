// What net_kernel does with processes that wait while a connection is busy or being dialled.

#include "troupe/dist/net_kernel.hpp"

namespace troupe::dist {

std::shared_ptr<peer> net_kernel::known_peer(atom name) const {
  std::lock_guard guard{mutex_};
  auto i = peers_.find(name);
  return i != peers_.end() ? i->second : nullptr;
}

bool net_kernel::hold(atom name, const pid& who, const reference& ref) {
  auto to = known_peer(name);
  return to && to->hold({who, ref});
}

/// A connection that was replaced meanwhile lets go of all who wait for it when it closes.
void net_kernel::let_go(atom name, const reference& ref) {
  if (auto to = known_peer(name))
    to->let_go(ref);
}

void net_kernel::on_room(const std::vector<held_sender>& who) {
  for (auto& x : who) {
    signal go;
    go.type = signal::kind::answer;
    go.to = x.who;
    go.ref = x.ref;
    go.value = true;
    core_->deliver(std::move(go));
  }
}

} // namespace troupe::dist
