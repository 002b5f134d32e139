// Starts the sources, and each again that crashes.
//
// Erlang counterpart: a one_for_one supervisor.
// Threads: confined to the discovery process.

#pragma once

#include "troupe/discovery/source.hpp"
#include "troupe/process.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::discovery::internal {

class source_keeper {
public:
  source_keeper(process& self, std::vector<std::shared_ptr<source>> sources,
                std::shared_ptr<inbox<report>> reports);

  void start_all();
  /// A linked process ended. Returns what to tell of a source that crashed; nothing when it was
  /// none, or ended as it should.
  [[nodiscard]] std::optional<discovery_event> ended(const pid& who, const term& reason,
                                                     clock::time_point now);
  /// Starts again those whose pause is over.
  void due(clock::time_point now);
  [[nodiscard]] clock::time_point next() const;
  /// Passes a view to all sources that run.
  void tell(const cluster_view& x);

private:
  struct kept {
    std::shared_ptr<source> what;
    pid runs; // Null: it does not.
    std::optional<clock::time_point> again;
    clock::time_point began{};
    clock::duration pause{};
  };
  void start(kept& x);

  process* self_;
  std::shared_ptr<inbox<report>> reports_;
  std::vector<kept> sources_; // Constant in number.
};

} // namespace troupe::discovery::internal
