// When a node announces itself and whom it answers: the protocol of announcements without sockets.
//
// Erlang counterpart: none.
// Threads: not synchronised (pure); confined to the multicast source's process.
//
// Timing (discovery/PROTOCOL.md has the table): hellos after the start and after every new
// interface until the first answer or connection; answers to hellos by about three of all nodes,
// jittered; then announcements whose rate all nodes of a segment share.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/announcement.hpp"
#include "troupe/discovery/observation.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::discovery {

class beacon {
public:
  /// Where a packet came from or goes to: a numeric address with a port, and an interface.
  struct place {
    dist::endpoint at;
    unsigned interface = 0;
    friend bool operator==(const place&, const place&) = default;
  };
  /// A packet to be sent. The sender fills in what depends on the moment and the interface:
  /// `sequence`, `wall_ms`, `endpoints`.
  struct outgoing {
    announcement what;
    std::optional<place> to; ///< Nothing: multicast, on all interfaces or on `only`.
    unsigned only = 0;
    /// 4 or 6: by that protocol where an interface has both; 0: by all that it has.
    int family = 0;
  };
  struct outcome {
    std::vector<outgoing> send;
    std::vector<observation> seen;
  };

  beacon(self_description self, std::function<uint64_t()> random);
  ~beacon();

  /// Begins with hellos, at `now` or shortly after.
  void start(clock::time_point now);
  /// An interface came, or its addresses changed: hellos there.
  void interface_changed(unsigned interface, clock::time_point now);
  /// How many peers are known and connected; decides about intervals and answers.
  void view(const cluster_view& x, clock::time_point now);
  /// An authentic packet that was not seen before.
  [[nodiscard]] outcome receive(const announcement& x, const place& from, clock::time_point now);
  /// What is due.
  [[nodiscard]] outcome due(clock::time_point now);
  [[nodiscard]] clock::time_point next() const;
  /// The packet that says that this node stops.
  [[nodiscard]] outgoing goodbye() const;
  /// Another node has this node's name and is older: nothing is sent any more, but goodbyes.
  void fall_silent();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::discovery
