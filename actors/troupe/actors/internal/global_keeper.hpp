// What global_name_server knows and does; see global_server.
//
// Erlang counterpart: the callbacks of global.erl.
// Threads: confined to the process of global_server.

#pragma once

#include "troupe/actors/internal/global_partitions.hpp"
#include "troupe/actors/internal/global_table.hpp"
#include "troupe/actors/internal/lock_table.hpp"
#include "troupe/actors/internal/name_turns.hpp"
#include "troupe/actors/internal/pending_answers.hpp"
#include "troupe/process.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace troupe::actors::internal {

class global_keeper {
public:
  explicit global_keeper(process& self);

  /// Looks for the other nodes.
  void begin();
  void on_message(const term& x);
  /// Does what is due.
  void tick(clock::time_point now);
  /// When that is; `time_point::max()`: not before a message comes.
  [[nodiscard]] clock::time_point next() const;

private:
  /// Nodes that are being connected; nobody waits for more of them.
  static constexpr size_t joining_max = 4096;

  struct peer {
    pid id;
    reference watch;
    bool synced = false; // It has told its names.
  };
  /// A process that has or waits for a turn.
  struct asker {
    server::caller from;
    term name;
    bool wants_free = false;
  };
  using arguments = std::span<const term>;

  // -- peers: global_server.cpp -----------------------------------------------------------------
  [[nodiscard]] bool is_connected(atom name) const;
  void discover(atom name);
  void on_mesh(const term& x, atom name);
  [[nodiscard]] bool is_awaited(atom name) const;
  bool meet(const pid& id);
  void lose(std::map<atom, peer>::iterator i);
  void on_node_down(atom name, const term& info);
  void on_discover(const pid& id);
  void on_peer_message(const term& x);
  void on_word_of(const pid& id, const term& x);
  void on_sync(const pid& id, const term& entries);
  void tell(const term& x);
  void tell_removed(const term& name, const pid& holder, const term& ref);
  void answer(const std::vector<pending_answers::ready>& all);

  // -- processes that are watched: holders, those with locks, those with a turn -----------------
  void watch(const pid& x);
  void unwatch(const pid& x);
  void on_down(const reference& ref, const term& object);

  // -- calls: global_calls.cpp ------------------------------------------------------------------
  void on_call(const server::caller& from, const term& request);
  term reply_to(const pid& from, const term& request, arguments args);
  [[nodiscard]] term known() const;
  [[nodiscard]] term clash_of(const term& name) const;
  [[nodiscard]] std::optional<pid> holder_of(const term& name) const;
  void reserve(const server::caller& from, arguments args);
  void grant(const pid& to);
  void end_turn(const pid& who);
  void commit(const server::caller& from, arguments args);
  void drop(const server::caller& from, const term& name, const term& holder);
  void replaced(atom owner, const term& name);
  void wait_for_peers(const server::caller& from, const reference& ref, const term& result);
  void sync(const server::caller& from);

  process* self_;
  global_partitions partitions_;
  global_table table_;
  lock_table locks_;
  name_turns turns_;
  pending_answers answers_;
  std::map<pid, asker> askers_; // As many as in turns_.
  std::map<atom, peer> peers_;  // Connected nodes.
  std::set<atom> apart_;        // Connected nodes that share no names.
  std::set<atom> joining_;      // Nodes that a peer named, as long as they are dialled.
  std::map<pid, reference> watched_;
  pid settler_; // Null: none runs.
  reference settler_watch_;
  clock::time_point settle_at_{};
};

} // namespace troupe::actors::internal
