// What the service, its process and its sources have in common.
//
// Erlang counterpart: none.
// Threads: constant once the process has begun, but for what is marked.

#pragma once

#include "troupe/discovery/address_book.hpp"
#include "troupe/discovery/internal/inbox.hpp"
#include "troupe/discovery/options.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace troupe::discovery::internal {

class coordinator;

/// Something to be done in the discovery process.
using command = std::function<void(coordinator&)>;

struct shared {
  node* home = nullptr;
  options opts;
  surroundings around;
  std::vector<std::shared_ptr<source>> sources;
  pid process;
  std::shared_ptr<inbox<report>> reports;
  std::shared_ptr<inbox<command>> commands;
  std::atomic<bool> stopped{false}; ///< Any thread.
};

/// Where the discovery processes of nodes find each other.
inline const atom registered_name{"troupe_discovery"};

/// The body of the discovery process; it begins when a message `begin` came.
struct begin {};
TROUPE_MESSAGE(begin);
task<> run_coordinator(troupe::process& self, std::shared_ptr<shared> x);

} // namespace troupe::discovery::internal
