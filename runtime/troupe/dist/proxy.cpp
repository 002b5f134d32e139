#include "troupe/dist/proxy.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/system_messages.hpp>

namespace troupe::internal {

proxy_table::~proxy_table() = default;

const caf::node_id& proxy_table::incarnation(atom node, uint32_t creation) {
  auto& id = ids_[{node, creation}];
  if (!id) {
    // CAF compares handles by this value: 20 bytes of name hash and creation, never sent anywhere.
    caf::node_id::default_data::host_id_type host{};
    auto hash = std::hash<std::string_view>{}(node.text());
    for (size_t i = 0; i < 8; ++i)
      host[i] = static_cast<uint8_t>(hash >> (8 * i));
    auto index = node.index();
    for (size_t i = 0; i < 4; ++i) {
      host[8 + i] = static_cast<uint8_t>(creation >> (8 * i));
      host[12 + i] = static_cast<uint8_t>(index >> (8 * i));
    }
    host[19] = 1;
    id = caf::make_node_id(1, host);
  }
  return id;
}

caf::strong_actor_ptr proxy_table::proxy_of(const pid& x) {
  std::lock_guard guard{mutex_};
  auto& known = proxies_[x];
  if (known)
    if (auto alive = known.lock())
      return alive;
  caf::actor_config cfg;
  auto result = caf::make_actor<dist::proxy, caf::strong_actor_ptr>(
    x.id, incarnation(x.node, x.creation), &core_->system(), cfg, *core_, x);
  known = caf::weak_actor_ptr{result.get()};
  return result;
}

pid proxy_table::pid_of(const caf::actor_control_block* x) {
  auto* mine = dynamic_cast<dist::proxy*>(const_cast<caf::actor_control_block*>(x)->get());
  return mine ? mine->who() : pid{};
}

void proxy_table::watch(const reference& ref, const caf::strong_actor_ptr& proxy) {
  std::lock_guard guard{mutex_};
  watched_[ref] = proxy;
}

void proxy_table::unwatch(const reference& ref) {
  std::lock_guard guard{mutex_};
  watched_.erase(ref);
}

bool proxy_table::fire(const reference& ref, const term& reason, caf::execution_unit* eu) {
  caf::strong_actor_ptr watched;
  {
    std::lock_guard guard{mutex_};
    auto i = watched_.find(ref);
    if (i == watched_.end())
      return false;
    watched = std::move(i->second);
    watched_.erase(i);
  }
  static_cast<dist::proxy*>(watched->get())->fire(exit_reason::to_caf(reason), eu);
  return true;
}

void proxy_table::forget(const pid& x, const caf::actor_control_block* proxy) {
  std::lock_guard guard{mutex_};
  auto i = proxies_.find(x);
  if (i != proxies_.end() && i->second.get() == proxy)
    proxies_.erase(i);
}

size_t proxy_table::size() {
  std::lock_guard guard{mutex_};
  return proxies_.size();
}

} // namespace troupe::internal

namespace troupe::dist {

proxy::proxy(caf::actor_config& cfg, internal::node_core& core, const pid& who)
  : caf::actor_proxy(cfg), core_(&core), who_(who) {}

proxy::~proxy() {
  core_->proxies().forget(who_, ctrl());
}

void proxy::enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) {
  signal out;
  out.from = x->sender ? core_->pid_of(x->sender.get()) : pid{};
  out.to = who_;
  auto& content = x->content();
  if (content.match_elements<caf::exit_msg>()) { // a linked plain actor ended, or sends an exit
    auto& exit = content.get_as<caf::exit_msg>(0);
    out.from = core_->pid_of(caf::actor_cast<caf::actor_control_block*>(exit.source));
    std::lock_guard guard{links_mutex_};
    out.type = links_.erase(out.from) ? signal::kind::exit_linked : signal::kind::exit;
    out.value = exit_reason::from_caf(exit.reason);
  } else {
    out.number = x->mid.is_async() ? 0 : x->mid.integer_value();
    out.payload = x->move_content_to_message();
  }
  core_->route(std::move(out), eu);
}

void proxy::attach(caf::attachable_ptr x) {
  caf::monitorable_actor::attach(std::move(x));
  if (monitors_.exchange(true)) // after the attach: who comes while it fires asks again
    return;
  signal out;
  out.type = signal::kind::monitor;
  out.ref = core_->make_reference();
  out.from = core_->make_pid(out.ref.id);
  out.to = who_;
  core_->proxies().watch(out.ref, caf::strong_actor_ptr{ctrl()});
  core_->route(std::move(out));
}

bool proxy::add_backlink(caf::abstract_actor* x) {
  // CAF holds the mutex of both actors here: nothing may be called that takes one of them.
  auto local = core_->make_pid(x->id());
  {
    std::lock_guard guard{links_mutex_};
    if (!links_.insert(local).second)
      return false;
  }
  caf::strong_actor_ptr linked{x->ctrl()};
  core_->time().post([core = core_, linked, local, to = who_] {
    core->processes().expose(linked);
    signal out;
    out.type = signal::kind::link;
    out.from = local;
    out.to = to;
    core->route(std::move(out));
  });
  return true;
}

bool proxy::remove_backlink(caf::abstract_actor* x) {
  auto local = core_->make_pid(x->id());
  {
    std::lock_guard guard{links_mutex_};
    if (!links_.erase(local))
      return false;
  }
  signal out;
  out.type = signal::kind::unlink;
  out.from = local;
  out.to = who_;
  out.number = 1;
  core_->time().post(
    [core = core_, x = std::make_shared<signal>(std::move(out))] { core->route(std::move(*x)); });
  return true;
}

void proxy::kill_proxy(caf::execution_unit* eu, caf::error reason) {
  fire(reason, eu);
}

void proxy::fire(const caf::error& reason, caf::execution_unit* eu) {
  monitors_ = false;
  caf::attachable_ptr observers;
  exclusive_critical_section([&] { attachables_head_.swap(observers); });
  for (auto* i = observers.get(); i; i = i->next.get())
    i->actor_exited(reason, eu);
}

} // namespace troupe::dist
