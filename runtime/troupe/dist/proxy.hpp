// CAF actors that stand for processes of other nodes.
//
// Erlang counterpart: none; there a pid is a value. These exist so that plain CAF actors can hold
// handles, send requests, monitor and link across nodes. CAF's own proxy registry is not used: it
// keeps every proxy for ever, and a proxy that was killed stays dead after a reconnect.
// Threads: any thread; each proxy guards its links with a mutex, the table its map.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <caf/actor_proxy.hpp>
#include <caf/actor_system.hpp>
#include <caf/node_id.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace troupe::internal {

/// All proxies of a node that somebody holds, and those that somebody watches.
class proxy_table {
public:
  explicit proxy_table(node_core& core) : core_(&core) {}
  ~proxy_table();

  /// Returns the proxy for a process of another node; made when there is none.
  [[nodiscard]] caf::strong_actor_ptr proxy_of(const pid& x);
  /// Returns whose proxy `x` is; the null pid when it is none of ours.
  [[nodiscard]] pid pid_of(const caf::actor_control_block* x);

  /// A proxy is monitored under `ref`: keeps it alive until the DOWN came.
  void watch(const reference& ref, const caf::strong_actor_ptr& proxy);
  void unwatch(const reference& ref);
  /// A DOWN for `ref` came: tells the plain actors that monitor the proxy. False: no proxy's.
  bool fire(const reference& ref, const term& reason, caf::execution_unit* eu);

  void forget(const pid& x, const caf::actor_control_block* proxy);
  [[nodiscard]] size_t size();

private:
  const caf::node_id& incarnation(atom node, uint32_t creation);

  node_core* core_;
  std::mutex mutex_; // guards all below
  std::unordered_map<pid, caf::weak_actor_ptr> proxies_;
  std::map<std::pair<atom, uint32_t>, caf::node_id> ids_; // One per life of a node that was met.
  std::map<reference, caf::strong_actor_ptr> watched_;
};

} // namespace troupe::internal

namespace troupe::dist {

class proxy final : public caf::actor_proxy {
public:
  proxy(caf::actor_config& cfg, internal::node_core& core, const pid& who);
  ~proxy() override;

  [[nodiscard]] const pid& who() const noexcept { return who_; }

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) override;
  void attach(caf::attachable_ptr x) override;
  bool add_backlink(caf::abstract_actor* x) override;
  bool remove_backlink(caf::abstract_actor* x) override;
  void kill_proxy(caf::execution_unit* eu, caf::error reason) override;
  const char* name() const override { return "troupe.proxy"; }

  /// Tells all that monitor this proxy; they are its observers no longer.
  void fire(const caf::error& reason, caf::execution_unit* eu);

private:
  internal::node_core* core_;
  pid who_;
  std::atomic<bool> monitors_{
    false};                // One monitor does for all that attach; it stays until it fires.
  std::mutex links_mutex_; // guards links_
  std::set<pid> links_;    // Local plain actors that are linked with the process.
};

} // namespace troupe::dist
