// What connected nodes tell each other of third ones, so that announcements can be few.
//
// Erlang counterpart: `global`, which tells a new node the names of all others, without addresses.
// Threads: not synchronised (pure); confined to the discovery process.
//
// Over connections, hence authenticated. What is sent when:
// - A connection comes up: a digest, and a wish for the list if it differs. Only a few of many that
//   come up together, so that a newcomer is not sent a thousand lists.
// - Who is asked and has another digest sends its list, to one peer in half a second; wishes that
//   wait longer than `wish_lasts` are dropped. The answer to a digest asks in turn, the answer to a
//   list does not: two nodes need two lists, and a third one if the digests still differ then.
// - News, of which this node's sources or other nodes told: 0.1 to 0.2 s later, to four peers. Each
//   node passes a life on once. A node that hears of more than it knew is itself new, and does not.
// - A digest to one peer: each 0.5 to 1 s until 3 s after the last change, then each 2 to 3 s, and
//   more seldom while digests differ and lists bring nothing.
// - When a peer is known and not connected, a wish for a list from who comes up, half a second
//   after the last one did, and every 10 to 15 s: what others tell holds for `told_lifetime` only,
//   and nobody tells what he was only told.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/clock.hpp"
#include "troupe/discovery/observation.hpp"
#include "troupe/discovery/peer_table.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::discovery {

/// One peer as it is told to another.
struct told_peer {
  std::string name;
  uint64_t instance = 0;
  uint64_t incarnation = 0;
  uint32_t creation = 0;
  std::vector<std::string> hosts; ///< Addresses, with `ports` at the same places.
  std::vector<uint16_t> ports;
};
TROUPE_MESSAGE(told_peer, name, instance, incarnation, creation, hosts, ports);

/// Returns what may be told of an entry; nothing when it is hidden, unknown or not known
/// first-hand.
[[nodiscard]] std::optional<told_peer> tell_of(const peer_table::entry& x);

/// Between the discovery processes of two nodes.
struct discovery_gossip {
  uint64_t digest = 0; ///< 0: it differs from every other.
  uint32_t known = 0;
  bool wants = false;           ///< The receiver is to send its list if its digest differs.
  std::vector<told_peer> peers; ///< May be empty; limits::peers_max at the most.
};
TROUPE_MESSAGE(discovery_gossip, digest, known, wants, peers);

class gossip {
public:
  static constexpr std::chrono::seconds told_lifetime{60};
  static constexpr std::chrono::seconds wish_lasts{2};

  struct outgoing {
    std::string to; ///< A connected node.
    discovery_gossip what;
  };
  /// Returns all that may be told (see `tell_of`), itself included.
  using list_function = std::function<std::vector<told_peer>()>;

  gossip(list_function list, std::function<uint64_t()> random);
  ~gossip();

  /// To be called whenever it changed, and before `due`.
  void view(const cluster_view& x, clock::time_point now);
  [[nodiscard]] std::vector<outgoing> connected(const std::string& name, clock::time_point now);
  void disconnected(const std::string& name);
  /// A peer was heard of for the first time, by a source of this node.
  void news(told_peer x, clock::time_point now);
  /// The list is turned into observations without `fresh`; what is not well-formed, and what this
  /// node knows for sure, is left out. Call `due` when they are in the table.
  [[nodiscard]] std::pair<std::vector<outgoing>, std::vector<observation>>
  receive(const std::string& from, const discovery_gossip& x, clock::time_point now);
  [[nodiscard]] std::vector<outgoing> due(clock::time_point now);
  [[nodiscard]] clock::time_point next() const;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::discovery
