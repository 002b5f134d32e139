// node_core as the bridge between handles of CAF and process ids.

#include "troupe/internal/node_core.hpp"

#include "troupe/dist/proxy.hpp"

#include <caf/actor_system.hpp>

namespace troupe::internal {

pid node_core::pid_of(const caf::actor_control_block* x) {
  if (!x)
    return {};
  if (auto remote = proxies_->pid_of(x))
    return remote;
  // The caller holds a handle, so the actor is there; exported weakly.
  if (is_foreign(x)) {
    caf::strong_actor_ptr held{const_cast<caf::actor_control_block*>(x)};
    return make_pid(processes_.expose_foreign(held, system_->next_actor_id()));
  }
  processes_.expose(caf::strong_actor_ptr{const_cast<caf::actor_control_block*>(x)});
  return make_pid(x->id());
}

caf::strong_actor_ptr node_core::handle_of(const pid& x) {
  if (!x)
    return nullptr;
  if (is_local(x))
    return processes_.find(x.id).handle;
  return proxies_->proxy_of(x);
}

} // namespace troupe::internal
