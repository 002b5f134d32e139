// What net_kernel does with processes that wait while a connection is busy.

#include "troupe/dist/net_kernel.hpp"

namespace troupe::dist {

std::shared_ptr<connection> net_kernel::current(atom name) const {
  std::shared_ptr<peer> p;
  {
    std::lock_guard guard{mutex_};
    if (auto i = peers_.find(name); i != peers_.end())
      p = i->second;
  }
  return p ? p->current() : nullptr;
}

bool net_kernel::hold(atom name, const pid& who, const reference& ref) {
  auto to = current(name);
  return to && to->hold({who, ref});
}

/// One that was replaced meanwhile lets go of all who wait for it when it closes.
void net_kernel::let_go(atom name, const reference& ref) {
  if (auto to = current(name))
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
