// The contract of sources: where knowledge of peers comes from.
//
// Erlang counterpart: a libcluster strategy.
// Threads: see each function. Every source runs in a process of its own; when that crashes, it is
// started again and the other sources notice nothing.

#pragma once

#include "troupe/discovery/event.hpp"
#include "troupe/discovery/internal/inbox.hpp"
#include "troupe/discovery/observation.hpp"
#include "troupe/process.hpp"
#include "troupe/task.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace troupe::discovery {

/// One word of a source to the discovery process.
struct report {
  struct trouble {
    std::string text; ///< A whole sentence. Empty: it works again.
  };
  std::string source;
  std::variant<observation, trouble, discovery_event> content;
};

/// Carries what a source finds to the discovery process. Copies are cheap; any thread.
/// Above the bound of the queue the newest report is dropped and the call returns false.
class reporter {
public:
  reporter(std::shared_ptr<internal::inbox<report>> to, std::string source)
    : to_(std::move(to)), source_(std::move(source)) {}

  bool seen(observation x) const { return to_->push({source_, std::move(x)}); }
  /// The source cannot look at the moment. Everybody it named before stays as they are. Said again
  /// with the same text, it is told once.
  bool failed(std::string why) const {
    return to_->push({source_, report::trouble{std::move(why)}});
  }
  /// It can again; harmless when nothing was wrong.
  bool works() const { return to_->push({source_, report::trouble{}}); }
  bool happened(atom what, atom node, std::string detail) const {
    return to_->push({source_, discovery_event{what, node, source_, std::move(detail)}});
  }

private:
  std::shared_ptr<internal::inbox<report>> to_;
  std::string source_;
};

/// What the discovery process tells every source when it changes, as a message.
struct cluster_view {
  uint32_t known = 0;  ///< Peers that are known, this node not included.
  uint32_t linked = 0; ///< Peers that are connected.
  uint64_t digest = 0; ///< Of the instances that are known; equal on nodes that know the same.
  bool silent = false; ///< An older node has this node's name: say nothing any more.
};
TROUPE_MESSAGE(cluster_view, known, linked, digest, silent);

class source {
public:
  virtual ~source() = default;

  /// Unique on this node and short: "multicast", "dns:app.local".
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;

  /// The body of the source's process. It may run again, from the beginning, after it ended by an
  /// exception; a normal end is for good. It gets `cluster_view`s. Never blocks.
  virtual task<> run(process& self, reporter to) = 0;

  /// The node stops: say goodbye, remove files. Called once, on the stopping thread, while the
  /// transport thread still runs. Returns within 100 ms.
  virtual void farewell() {}
};

} // namespace troupe::discovery
