// Ends children of a supervisor and waits for their ends.
//
// Erlang counterpart: shutdown/1 and terminate_dynamic_children of supervisor.erl.
// Threads: confined to the supervisor's process.

#pragma once

#include "troupe/actors/internal/child_table.hpp"

#include <vector>

namespace troupe::actors::internal {

/// A child to end.
struct ending {
  child_key key = 0;
  pid id;
  supervisor::shutdown how;
  bool permanent = false;
};

/// A child that did not end as it was told to.
struct bad_ending {
  child_key key = 0;
  term reason;
};

/// Whether a child that was told to end, `brutal` or not, did well to end with `reason`.
[[nodiscard]] bool is_good_ending(bool brutal, bool permanent, const term& reason);

/// Ends all `children` at once; yields those that ended otherwise than they should.
[[nodiscard]] task<std::vector<bad_ending>> end_children(process& self,
                                                         std::vector<ending> children);

} // namespace troupe::actors::internal
