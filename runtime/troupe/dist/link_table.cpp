#include "troupe/dist/link_table.hpp"

namespace troupe::dist {

std::vector<link_table::ends> link_table::take_all() {
  std::vector<ends> result(links_.begin(), links_.end());
  links_.clear();
  return result;
}

} // namespace troupe::dist
