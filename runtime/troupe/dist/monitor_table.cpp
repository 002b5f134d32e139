#include "troupe/dist/monitor_table.hpp"

namespace troupe::dist {

std::optional<monitor_table::entry> monitor_table::remove(const reference& ref) {
  auto node = entries_.extract(ref);
  return node ? std::optional{node.mapped()} : std::nullopt;
}

std::vector<monitor_table::entry> monitor_table::take_all() {
  std::vector<entry> result;
  for (auto& [ref, x] : entries_)
    result.push_back(x);
  entries_.clear();
  return result;
}

} // namespace troupe::dist
