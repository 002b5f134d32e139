// Answers that wait until other nodes have done their part.
//
// Erlang counterpart: the multi_call of global's registrar, and its sync processes.
// Threads: confined to its owner. Sends nothing, knows no clock.

#pragma once

#include "troupe/actors/internal/server_parts.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

class pending_answers {
public:
  /// Answers that may wait; above it one is given at once.
  static constexpr size_t size_max = 100'000;

  /// What a node has to do: its part of one change, or to tell all its names.
  enum class part : uint8_t { change, names };
  /// An answer, and to whom.
  using ready = std::pair<server::caller, term>;

  /// Returns the answer when there is nobody to wait for.
  std::vector<ready> add(const reference& id, part what, ready answer, std::set<atom> nodes);
  /// A node has done its part of `id`.
  std::vector<ready> done(const reference& id, atom node);
  /// A node has told all its names.
  std::vector<ready> told(atom node);
  /// One more node has to tell all its names: whoever waits for names waits for its, too.
  void await(atom node);
  /// A node is gone: nobody waits for it.
  std::vector<ready> gone(atom node);

  [[nodiscard]] size_t size() const noexcept { return waiting_.size(); }

private:
  struct entry {
    part what;
    ready answer;
    std::set<atom> nodes; // Never empty.
  };

  std::map<reference, entry> waiting_;
};

} // namespace troupe::actors::internal
