// What discovery tells those who subscribe.
//
// Erlang counterpart: none; the console and `receive<term>()` read an event as
// `{:discovery_event, :connected, :"b@host", "multicast", "..."}`.
// Threads: immutable values.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/message.hpp"

#include <string>

namespace troupe::discovery {

/// The words of `discovery_event::what`.
namespace happened {
inline const atom peer_seen{"peer_seen"};           ///< A node was heard of for the first time.
inline const atom connecting{"connecting"};         ///< It is being dialled.
inline const atom connected{"connected"};           ///< There is a connection, whoever dialled.
inline const atom connect_failed{"connect_failed"}; ///< `detail` says why; it is tried again.
inline const atom disconnected{"disconnected"};     ///< The connection is gone; `detail` says why.
inline const atom left{"left"};                     ///< The node said goodbye.
inline const atom expired{"expired"};               ///< Not heard of any more, and not connected.
inline const atom replaced{"replaced"};             ///< A newer life of the node was heard of.
inline const atom conflict{"conflict"};             ///< Two live nodes have one name.
inline const atom auth_mismatch{"auth_mismatch"}; ///< Somebody of this cluster has another cookie.
inline const atom clock_skew{"clock_skew"};       ///< A peer's clock is far off; harmless here.
inline const atom source_error{"source_error"};   ///< A source failed; what it said before stays.
inline const atom source_recovered{"source_recovered"};
inline const atom multicast_unavailable{"multicast_unavailable"}; ///< No interface can do it.
inline const atom interface_up{"interface_up"};
inline const atom interface_down{"interface_down"};
inline const atom ready{"ready"}; ///< What `await_ready` waits for has come.
} // namespace happened

struct discovery_event {
  atom what;          ///< One of `happened`.
  atom node;          ///< Whom it concerns; `nil` when nobody, or when the name is not known.
  std::string source; ///< Who found out; empty: the connections.
  std::string detail; ///< For people: addresses, reasons.

  friend bool operator==(const discovery_event&, const discovery_event&) = default;
};
TROUPE_MESSAGE(discovery_event, what, node, source, detail);

} // namespace troupe::discovery
