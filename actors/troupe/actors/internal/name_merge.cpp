#include "troupe/actors/internal/name_merge.hpp"

namespace troupe::actors::internal {

keeper keeper_of(const term& answer, const pid& own, const pid& other) {
  auto* x = answer.get_if<pid>();
  if (own == other || (x && *x == own))
    return keeper::own;
  return x && *x == other ? keeper::other : keeper::nobody;
}

std::pair<pid, pid> min_max(const pid& x, const pid& y) {
  return x.node < y.node ? std::pair{x, y} : std::pair{y, x};
}

} // namespace troupe::actors::internal
