// Where peers can be dialled, for every thread to read: discovery's answer to the resolver.
//
// Erlang counterpart: erl_epmd's address_please.
// Threads: any thread; one mutex, a leaf.

#pragma once

#include "troupe/dist/resolver.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::discovery {

struct known_peer {
  std::string name;
  std::vector<dist::endpoint> endpoints;
  bool connected = false;
  bool hidden = false;

  friend bool operator==(const known_peer&, const known_peer&) = default;
};

class address_book {
public:
  /// Replaces what is known about a peer.
  void put(known_peer x);
  void erase(const std::string& name);

  /// Returns nothing when the name was never heard.
  [[nodiscard]] std::vector<dist::endpoint> find(const std::string& name) const;
  /// All, by name.
  [[nodiscard]] std::vector<known_peer> snapshot() const;
  /// Changes with every `put` and `erase` that changed anything.
  [[nodiscard]] uint64_t version() const;

private:
  mutable std::mutex mutex_;                // guards all below
  std::map<std::string, known_peer> peers_; // Bounded by the peer table.
  uint64_t version_ = 0;
};

} // namespace troupe::discovery
