// The ways in which a process starts functions as processes, on its node and on others.
//
// Erlang counterpart: spawn, spawn_link, spawn_monitor and spawn_opt of `erlang`. Differences:
// `_at` in the name says that it waits for the other node.
// Threads: confined to the process.

#pragma once

#include "troupe/node_name.hpp"
#include "troupe/spawn.hpp"
#include "troupe/task.hpp"

#include <utility>

namespace troupe {

/// Part of `process`, which is `Self`.
template <class Self>
class process_spawning {
public:
  using spawned = troupe::spawned;

  /// Starts `f(process&, args...)` on this node, with this process's group leader.
  template <class F, class... As>
  pid spawn(F f, As&&... as) {
    return start({}, {}, std::move(f), std::forward<As>(as)...);
  }
  template <class F, class... As>
  pid spawn_link(F f, As&&... as) {
    return start({.link = true}, {}, std::move(f), std::forward<As>(as)...);
  }
  template <class F, class... As>
  spawned spawn_monitor(F f, As&&... as) {
    return spawn_opt({.monitor = true}, std::move(f), std::forward<As>(as)...);
  }
  template <class F, class... As>
  spawned spawn_opt(spawn_options how, F f, As&&... as) {
    auto ref = how.monitor ? me().new_reference() : reference{};
    return {start(std::move(how), ref, std::move(f), std::forward<As>(as)...), ref};
  }
  /// Starts a captureless lambda on the node `at`, which must run the same program. Yields the new
  /// pid once the node has answered; when it cannot be reached, a pid of this node that has ended
  /// with `noconnection` (SP-03).
  template <class F, class... As>
  [[nodiscard]] task<pid> spawn_at(troupe::node_name at, F, As... as) {
    return me().spawn_pid_at(atom{at.text()},
                             internal::call_of<F>(*me().bridge(), std::move(as)...), {});
  }
  /// Starts the function `Fn` on the node `at`; the programs need only both have it.
  template <auto Fn, class... As>
  [[nodiscard]] task<pid> spawn_at(troupe::node_name at, As... as) {
    return me().spawn_pid_at(
      atom{at.text()}, internal::call_of<internal::named<Fn>>(*me().bridge(), std::move(as)...),
      {});
  }
  template <class F, class... As>
  [[nodiscard]] task<pid> spawn_link_at(troupe::node_name at, F, As... as) {
    return me().spawn_pid_at(
      atom{at.text()}, internal::call_of<F>(*me().bridge(), std::move(as)...), {.link = true});
  }
  template <auto Fn, class... As>
  [[nodiscard]] task<pid> spawn_link_at(troupe::node_name at, As... as) {
    return spawn_link_at(std::move(at), internal::named<Fn>{}, std::move(as)...);
  }
  template <class F, class... As>
  [[nodiscard]] task<spawned> spawn_monitor_at(troupe::node_name at, F, As... as) {
    return me().spawn_what_at(
      atom{at.text()}, internal::call_of<F>(*me().bridge(), std::move(as)...), {.monitor = true});
  }
  template <auto Fn, class... As>
  [[nodiscard]] task<spawned> spawn_monitor_at(troupe::node_name at, As... as) {
    return spawn_monitor_at(std::move(at), internal::named<Fn>{}, std::move(as)...);
  }

private:
  template <class F, class... As>
  pid start(spawn_options how, reference monitor, F f, As&&... as) {
    auto body = [&](process& child) {
      return internal::body_of(child, std::move(f), std::forward<As>(as)...);
    };
    return me().start_local(body, internal::origin_of<F>(), std::move(how), monitor);
  }
  Self& me() noexcept { return static_cast<Self&>(*this); }
};

} // namespace troupe
