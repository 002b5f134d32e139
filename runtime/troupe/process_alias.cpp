// The aliases of a process, and monitors that carry one.

#include "troupe/internal/node_core.hpp"
#include "troupe/process.hpp"

namespace troupe {

reference process::new_reference() const {
  return core_->make_reference();
}

void process::send_message(const reference& to, caf::message x) {
  if (!to)
    return;
  signal s;
  s.type = signal::kind::send_alias;
  s.from = self_;
  s.to = {to.node, to.creation, 0};
  s.ref = to;
  s.payload = std::move(x);
  core_->route(std::move(s), context());
}

reference process::alias(alias_life life) {
  auto ref = core_->make_reference();
  if (!aliases_.add(ref, life))
    exit(atom{"system_limit"});
  core_->aliases().add(ref.id, self_.id);
  return ref;
}

bool process::unalias(const reference& ref) {
  if (!aliases_.remove(ref))
    return false;
  core_->aliases().remove(ref.id);
  return true;
}

/// Keeps a monitor of ours, which is `alias` as well.
void process::watch(const reference& ref, internal::watched x, alias_life alias) {
  if (alias != alias_life::none) {
    if (!aliases_.add(ref, alias))
      return begin_death(atom{"system_limit"});
    core_->aliases().add(ref.id, self_.id);
  }
  monitors_[ref] = std::move(x);
}

void process::monitor_ended(const reference& ref) {
  if (aliases_.monitor_ended(ref))
    core_->aliases().remove(ref.id);
}

void process::on_alias_message(signal& x) {
  auto found = aliases_.take(x.ref);
  if (!found.accepted)
    return; // given up meanwhile (rule MSG-18)
  if (found.ended)
    core_->aliases().remove(x.ref.id);
  if (found.demonitor)
    demonitor(x.ref);
  mailbox_.append(
    caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(x.payload)));
}

} // namespace troupe
