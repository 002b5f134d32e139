// A node: one actor system that takes part in a cluster.
//
// Erlang counterpart: the runtime system, with net_kernel's functions.
// Threads: `start` and the destructor on one thread, everything else from any thread that is no
// process (the blocking calls would hold up the others); processes have the same calls as
// coroutines.

#pragma once

#include "troupe/config.hpp"
#include "troupe/dist/net_kernel.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node_name.hpp"
#include "troupe/process.hpp"
#include "troupe/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe {

class node {
public:
  /// What a node stands on; replaced in tests, where a cluster runs in one thread on a virtual
  /// clock.
  struct parts {
    troupe::clock* time = nullptr;
    dist::transport* wires = nullptr;
    dist::resolver* names = nullptr;
    /// Of the configured cookie; null: derived at the start, which is slow on purpose.
    std::shared_ptr<const dist::key_ring> keys;
    /// Derives the keys of further cookies; empty: `dist::key_ring::derive`.
    std::function<result<std::shared_ptr<const dist::key_ring>>(std::string_view)> make_keys;
    /// Empty: that of the program.
    std::string build_id;
    /// Runs everything until nothing is left to do. Set: the node makes no thread.
    std::function<void()> drive;
    /// Called before anybody can reach the node: for what has to be there when peers come.
    std::function<void(node&)> prepare;
  };

  using log_function = internal::node_core::log_function;

  /// Starts a node: listens, and registers with the port mapper. Errors are whole sentences:
  /// `errc::invalid_config`, `errc::cannot_listen`, `errc::name_in_use`, `errc::no_port_mapper`.
  /// `log` gets lines of the configured level; without it they go to the file or to standard error.
  [[nodiscard]] static result<std::unique_ptr<node>> start(const config& how,
                                                           log_function log = {});
  [[nodiscard]] static result<std::unique_ptr<node>> start(const config& how, const parts& on,
                                                           log_function log = {});

  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Returns `name@host`, or `nonode@nohost`.
  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] bool is_alive() const noexcept;
  /// Where peers reach this node.
  [[nodiscard]] const dist::endpoint& address() const noexcept;
  [[nodiscard]] const config& configuration() const noexcept;

  /// Returns the connected nodes; other classes as Erlang's nodes/1 has them.
  [[nodiscard]] std::vector<atom> nodes(dist::node_class which = dist::node_class::visible) const;

  /// Whether `peer` answers; connects first. Waits up to twice limits::handshake_timeout.
  [[nodiscard]] bool ping(std::string_view peer);
  bool connect(std::string_view peer);
  /// Ends the connection for both sides; any reference connects again (rule CONN-15).
  bool disconnect(std::string_view peer);

  /// The same, but a new connection is a hidden one for both nodes (rule HID-08).
  bool connect_hidden(std::string_view peer);

  // -- settings, see dist/net_kernel; on a node without a name they fail with
  //    `errc::invalid_config` --------------------------------------------------------------------
  /// The cookie for one peer, for connections that begin later; `errc::invalid_node_name` for what
  /// is no name, else as the other.
  result<bool> set_cookie(std::string_view peer, const std::string& cookie);
  /// The cookie for all peers without one of their own. Discovery keeps the one of the start. Takes
  /// about 100 ms for a cookie that is not in use yet. Errors: `errc::invalid_config`,
  /// `errc::overload`.
  result<bool> set_cookie(const std::string& cookie);
  /// The cookie that is good for `peer`; empty on a node without a name.
  [[nodiscard]] std::string get_cookie(std::string_view peer) const;
  [[nodiscard]] std::string get_cookie() const;

  /// After how long a silent peer is down, and what a change under way leads to.
  [[nodiscard]] dist::ticktime_change ticktime() const;
  /// Connections that are up follow after `transition`, within which all nodes are to be told.
  dist::ticktime_change::answer set_ticktime(std::chrono::milliseconds to,
                                             std::chrono::milliseconds transition
                                             = std::chrono::minutes{1});

  /// Adds to the nodes with which this one connects; without any it does with all (rule CONN-12).
  result<bool> allow(const std::vector<atom>& peers);
  [[nodiscard]] std::vector<atom> allowed() const;

  /// What peers may start here: those functions that config::allow_spawn names and of which
  /// `agrees` says so, too. It is called on the transport thread and must not wait.
  void restrict_spawn(dist::spawn_policy::predicate agrees);

  /// `{:nodeup, node}` and `{:nodedown, node}` to `who`; once per call (rule NM-04).
  void monitor_nodes(const pid& who, const dist::node_monitor::options& opts, bool on);
  /// One `{:nodedown, node}` to `who`, at once when it cannot be reached (rules NM-07, NM-08).
  void monitor_node(const pid& who, atom peer, bool on);

  /// Starts `f(process&, args...)` with the node's own group leader.
  template <class F, class... As>
  pid spawn(F f, As&&... as) {
    auto body = [&](process& child) {
      return internal::body_of(child, std::move(f), std::forward<As>(as)...);
    };
    return spawn_root(body, internal::origin_of<F>());
  }
  /// The processes of this node that have not ended, in the order of their numbers.
  [[nodiscard]] std::vector<pid> processes();
  /// The group leader of processes that no process started.
  void default_group_leader(const pid& x);

  /// A message from no process.
  template <class T, class... Ts>
  void send(const pid& to, T&& x, Ts&&... xs) {
    signal s;
    s.to = to;
    s.payload = caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...);
    core().route(std::move(s));
  }

  /// For plain CAF actors: their pid, and the handle behind a pid.
  [[nodiscard]] pid pid_of(const caf::actor& x);
  [[nodiscard]] caf::actor handle_of(const pid& x);
  [[nodiscard]] caf::actor_system& system() noexcept;

  /// Waits until somebody calls `request_stop`; returns its status.
  int wait();
  /// Any thread, processes and signal handlers' threads included.
  void request_stop(int status);

  /// Ends the connections, then all processes: `shutdown`, and `kill` after limits::stop_grace.
  /// Returns the names of processes that would not end: they run without waiting. May be called
  /// twice.
  std::vector<std::string> stop();

  [[nodiscard]] internal::node_core& core() noexcept;
  /// Null on a node without a name.
  [[nodiscard]] dist::net_kernel* kernel() noexcept;
  /// What the transport thread runs, for parts with sockets of their own; null with `parts::drive`.
  [[nodiscard]] boost::asio::io_context* transport_io() noexcept;
  [[nodiscard]] clock& time() noexcept;

private:
  class impl;
  explicit node(std::unique_ptr<impl> x);
  pid spawn_root(const internal::root_starter& root, internal::origin_ptr origin);

  std::unique_ptr<impl> impl_;
};

} // namespace troupe
