// Discovery of one node: its sources, and the process that dials what they find.
//
// Erlang counterpart: a libcluster supervisor.
// Threads: `start` and `stop` on the thread that owns the node, the rest from any thread.

#pragma once

#include "troupe/discovery/address_book.hpp"
#include "troupe/discovery/event.hpp"
#include "troupe/discovery/options.hpp"
#include "troupe/node.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace troupe::discovery {

namespace internal {
struct shared;
}

class service {
public:
  /// Starts the sources in processes of their own. Returns `errc::invalid_config` for a node
  /// without a name, and for a source that cannot work with what it was told.
  [[nodiscard]] static result<std::unique_ptr<service>> start(node& home, options opts);

  /// Says goodbye by all sources and looks no further. Before the node stops; may be called twice.
  void stop();
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  struct readiness {
    size_t min_peers = 1;
    /// So long no peer may come or go.
    std::chrono::milliseconds stable_for{0};
    std::chrono::milliseconds timeout{10'000};
  };
  /// Waits until this node is connected to enough peers; false when it is not in time. Candidates
  /// that cannot be reached do not count. Holds the calling thread, which
  /// must be no process.
  [[nodiscard]] bool await_ready(const readiness& what);
  /// The same in a process, which only waits.
  [[nodiscard]] task<bool> await_ready(process& self, readiness what);

  /// `who` gets every `discovery_event` from now on, until it ends.
  void subscribe(const pid& who);
  void unsubscribe(const pid& who);

  /// All peers that are known, by name.
  [[nodiscard]] std::vector<known_peer> peers() const;

private:
  explicit service(std::shared_ptr<internal::shared> x);
  std::shared_ptr<internal::shared> shared_;
};

} // namespace troupe::discovery
