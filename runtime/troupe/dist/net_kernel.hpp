// Connects this node with others: dials, accepts, closes the mesh, and tells who comes and goes.
//
// Erlang counterpart: net_kernel, with global's part in closing the mesh.
// Threads: calls from any thread; one mutex guards the tables and is never held while calling a
// connection, a peer or a process. Connections call on the transport thread.

#pragma once

#include "troupe/dist/allow_list.hpp"
#include "troupe/dist/auto_connect.hpp"
#include "troupe/dist/connection.hpp"
#include "troupe/dist/connection_table.hpp"
#include "troupe/dist/cookie_table.hpp"
#include "troupe/dist/log_limiter.hpp"
#include "troupe/dist/node_monitor.hpp"
#include "troupe/dist/peer.hpp"
#include "troupe/dist/resolver.hpp"
#include "troupe/dist/spawn_policy.hpp"
#include "troupe/dist/ticktime_change.hpp"
#include "troupe/dist/transport.hpp"
#include "troupe/internal/node_core.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::dist {

/// Classes of nodes for `nodes` (rule CONN-13).
enum class node_class : uint8_t { visible, hidden, connected, known, self };

class net_kernel final : public internal::signal_carrier, public connection_owner {
public:
  struct options {
    session::options setup;
    bool connect_all = true; ///< Connect to all nodes that a new peer knows (unless hidden).
    std::string cookie{};    ///< That `setup.keys` are made of.
    auto_connect dialling = auto_connect::always;
    /// Derives the keys of further cookies; empty: key_ring::derive.
    std::function<result<std::shared_ptr<const key_ring>>(std::string_view)> make_keys{};
  };

  net_kernel(internal::node_core& core, transport& wires, resolver& names, clock& time,
             options opts);
  ~net_kernel() override;

  /// Listens; returns where, or why not.
  result<endpoint> listen(const endpoint& at);

  // -- signal_carrier ---------------------------------------------------------------------------
  void carry(signal&& x) override;
  send_result carry_if(signal x, const send_options& how) override;
  void connect(atom name, std::function<void(bool)> done) override;
  void connect_hidden(atom name, std::function<void(bool)> done) override;
  void ping(atom name, std::function<void(bool)> done) override;
  void disconnect(atom name, std::function<void(bool)> done) override;
  bool hold(atom name, const pid& who, const reference& ref) override;
  void let_go(atom name, const reference& ref) override;

  // -- for those who find peers -----------------------------------------------------------------
  /// Where else a node may be: asked first, on the transport thread; the resolver is asked when it
  /// knows nothing or none of its addresses works.
  using hearsay = std::function<std::vector<endpoint>(std::string_view name)>;
  void find_with(hearsay f);
  /// Dials an address, whoever is there; `done` gets the name of the node that answered, connected
  /// by now, or why there is no connection. When the name is known in spite of that, `answered` has
  /// it.
  struct dial_outcome {
    atom answered;
    error failure;
  };
  void connect_at(const endpoint& at, std::function<void(dial_outcome)> done);
  /// The node was heard this moment: a dial that has waited for an answer for long begins again.
  void hurry(atom name);
  /// Why the last dial of a node failed; none when it did not.
  [[nodiscard]] error last_failure(atom name) const;
  /// The creation of a connected node, else 0.
  [[nodiscard]] uint32_t creation_of(atom name) const;
  /// How a node is connected; nothing when it is not.
  [[nodiscard]] std::optional<connection_table::entry> connection_to(atom name) const;
  /// Of the cookie with which this node was started.
  [[nodiscard]] const std::shared_ptr<const key_ring>& keys() const noexcept {
    return opts_.setup.keys;
  }

  /// Names of nodes, alphabetically; `known` holds every node that was ever connected or dialled.
  [[nodiscard]] std::vector<atom> nodes(node_class which) const;

  // -- events of nodes --------------------------------------------------------------------------
  void monitor_nodes(const pid& who, const node_monitor::options& opts, bool on);
  void monitor_node(const pid& who, atom name, bool on);

  // -- settings, for connections that begin after the call --------------------------------------
  /// For `name`, or for all nodes without a cookie of their own when that is this node. Derives
  /// keys, which takes about 100 ms for a cookie that is not in use yet. Errors:
  /// `errc::invalid_config` for what is no cookie, `errc::overload` above
  /// limits::node_cookies_max.
  [[nodiscard]] result<bool> set_cookie(atom name, const std::string& text);
  [[nodiscard]] std::string cookie_of(atom name) const;
  /// Connections that are up follow after `transition`.
  ticktime_change::answer set_ticktime(ticktime_change::duration to,
                                       ticktime_change::duration transition);
  [[nodiscard]] ticktime_change ticktime() const;
  /// Adds to the nodes that may connect, in either direction; none named: all may. Errors:
  /// `errc::overload` above limits::allowed_nodes_max.
  [[nodiscard]] result<bool> allow(const std::vector<atom>& names);
  [[nodiscard]] std::vector<atom> allowed() const;
  /// What peers may start here from now on.
  void restrict_spawn(spawn_policy policy);

  /// Says goodbye to all peers; `done` is called when all connections are closed.
  void stop(std::function<void()> done);

  struct counts {
    size_t connections = 0, handshakes = 0, peers = 0, links = 0, monitors = 0, spawns = 0,
           held = 0, held_senders = 0;
  };
  [[nodiscard]] counts snapshot() const;

private:
  struct dial {
    std::vector<endpoint> addresses;
    size_t next = 0;
    clock::time_point deadline;
    clock::duration pause{std::chrono::milliseconds{25}}; // Before trying again after a duplicate.
    bool resolved = false;                                // The resolver was asked, too.
    bool hidden = false;
    bool hurried = false;    // A word of the peer has given it more time.
    uint64_t attempt = 0;    // The address that is being tried; earlier ones count no more.
    uint64_t connection = 0; // What came of it, once there is a stream.
    error failure{errc::node_unreachable, "it has no address"};
  };

  // -- connection_owner -------------------------------------------------------------------------
  errc on_authenticated(connection& from, const peer_identity& peer) override;
  void on_up(const std::shared_ptr<connection>& from) override;
  void on_signal(const std::shared_ptr<connection>& from, signal&& x) override;
  void on_down(const std::shared_ptr<connection>& from, errc why,
               const std::string& detail) override;
  void on_unsendable(const signal& x, const error& why) override;
  void on_room(const std::vector<held_sender>& who) override;

  send_result dispatch(signal& x, const send_options& how);
  std::shared_ptr<peer> peer_of(atom name);
  peer& sender_of(const connection& from);
  std::shared_ptr<peer> known_peer(atom name) const;
  void lose(const std::shared_ptr<connection>& from, errc why);
  void start_dial(atom name, bool hidden = false);
  void reach(atom name, std::function<void(bool)> done);
  bool may_dial(atom name) const;
  bool is_allowed(atom name) const;
  session::options setup(bool hidden) const;
  void end_ticktime_change();
  void retime();
  void resolve(atom name);
  void resolve_rest(atom name);
  void try_next(atom name);
  void dial_failed(atom name);
  void dial_lost(atom name, const connection& from, errc why, const std::string& detail);
  bool dial_again(atom name, errc why);
  void accept(std::unique_ptr<stream> wire);
  uint64_t adopt(std::unique_ptr<stream> wire, session::role role, const std::string& expected,
                 std::function<void(dial_outcome)> unnamed = {}, bool hidden = false);
  void session_failed(const connection& from, errc why, const std::string& detail);
  void on_spawn(const std::shared_ptr<connection>& from, peer& p, signal x);
  bool may_spawn(const signal& x);
  void on_nodes(const term& names);
  void tell_keeper(atom tag, atom name);
  void on_pong(const reference& ref, bool ok);
  void tell_known_nodes(connection& to);
  void notify(const std::vector<node_monitor::notice>& notices);
  void log_stranger(const std::string& text);
  bool may_come_from(const connection& from, const signal& x) const;

  internal::node_core* core_;
  transport* wires_;
  resolver* names_;
  clock* time_;
  const options opts_;
  const atom self_;
  log_limiter limiter_; // Transport thread only, as are the next seven.
  refusal_log refusals_;
  hearsay hearsay_;
  std::map<uint64_t, std::function<void(dial_outcome)>> unnamed_; // Dials of addresses.
  std::map<atom, dial> dials_;
  std::map<uint64_t, std::weak_ptr<connection>> strangers_; // Accepted, not up; oldest first.
  std::function<void()> stopped_;
  std::shared_ptr<peer> last_sender_;
  std::atomic<uint64_t> last_id_{0};
  std::atomic<bool> restricts_spawns_{false};

  mutable std::mutex mutex_; // guards all below
  std::unordered_map<atom, std::shared_ptr<peer>> peers_;
  std::map<uint64_t, std::shared_ptr<connection>> connections_; // All, handshakes included.
  std::map<uint64_t, errc> ended_by_us_; // Why we ended a connection that was up.
  connection_table table_;
  node_monitor events_;
  cookie_table cookies_;
  ticktime_change ticktime_;
  allow_list allowed_;
  auto_connect_policy auto_;
  std::shared_ptr<const spawn_policy> spawns_; // Null: everything may be spawned.
  std::map<reference, std::function<void(bool)>> pings_;
  std::map<atom, error> failures_; // Of last dials; bounded by limits::connections_max.
  bool stopping_ = false;
};

} // namespace troupe::dist
