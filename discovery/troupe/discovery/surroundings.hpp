// What every source may use of the node it works for.
//
// Erlang counterpart: none.
// Threads: constant after the start; each member says for itself what its thread is.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/dist/auth.hpp"
#include "troupe/dist/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace troupe::discovery {

class address_book;

/// How this node describes itself to peers.
struct self_description {
  std::string name;         ///< `name@host`
  uint64_t instance = 0;    ///< Random; of this life.
  uint64_t incarnation = 0; ///< When it began, in ms since 1970.
  uint32_t creation = 0;
  bool hidden = false;
  bool short_names = false;
  /// Where it listens; the host may be one that means all addresses.
  dist::endpoint listens;
};

struct surroundings {
  self_description self;
  std::string cluster = "troupe"; ///< Nodes of other clusters are not seen.
  std::shared_ptr<const dist::key_ring> keys;
  clock* time = nullptr;
  /// Of the transport thread; null in tests in memory, which use sources without sockets.
  boost::asio::io_context* io = nullptr;
  /// All peers that are known.
  std::shared_ptr<address_book> book;
};

} // namespace troupe::discovery
