// The discovery process: joins the peer table, the dialer, gossip and the node's connections.
//
// Erlang counterpart: none.
// Threads: confined to its process. It decides nothing: what is known is the peer table's, when to
// dial the dialer's, what to tell others gossip's.

#pragma once

#include "troupe/discovery/dialer.hpp"
#include "troupe/discovery/gossip.hpp"
#include "troupe/discovery/internal/readiness_list.hpp"
#include "troupe/discovery/internal/shared.hpp"
#include "troupe/discovery/internal/source_keeper.hpp"
#include "troupe/discovery/peer_table.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::discovery::internal {

/// Gossip on its way between two nodes.
struct discovery_letter {
  std::string from;
  discovery_gossip content;
};
TROUPE_MESSAGE(discovery_letter, from, content);

class coordinator {
public:
  coordinator(process& self, std::shared_ptr<shared> x);

  void start();
  void handle(const term& message);
  /// What is due at `now`.
  void turn();
  [[nodiscard]] clock::time_point next() const;

  // -- commands ---------------------------------------------------------------------------------
  void subscribe(const pid& who);
  void unsubscribe(const pid& who);
  void wait_ready(readiness_list::wait x);
  void dialled(const std::string& key, const std::string& answered, const error& failure);
  /// The node stops: nobody is dialled any more.
  void quiet() { quiet_ = true; }

private:
  void take_reports();
  void take_letter(const term& message);
  void node_up(atom name, bool hidden);
  void node_down(atom name, const std::string& why);
  void apply(const peer_table::outcome& x);
  void publish(const std::string& key);
  void tell(const discovery_event& x);
  void log(const discovery_event& x);
  void send(const std::vector<gossip::outgoing>& letters);
  void view_changed();
  void dial(const std::string& key);
  bool wants(const peer_table::entry& x) const;
  std::vector<told_peer> list() const;
  clock::time_point now() const;

  process* self_;
  std::shared_ptr<shared> shared_;
  peer_table table_;
  dialer dialer_;
  gossip gossip_;
  source_keeper sources_;
  readiness_list waits_;
  std::map<pid, reference> subscribers_;
  std::map<std::string, std::string> troubles_; // What ails a source, by its name.
  cluster_view told_;
  bool silent_ = false;
  bool quiet_ = false;
};

} // namespace troupe::discovery::internal
