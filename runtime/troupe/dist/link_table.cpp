#include "troupe/dist/link_table.hpp"

namespace troupe::dist {

void link_table::add(const pid& local, const pid& remote) {
  unlinking_.erase({local, remote});
  links_.insert({local, remote});
}

void link_table::add_from_peer(const pid& local, const pid& remote) {
  if (!unlinking_.contains({local, remote}))
    links_.insert({local, remote});
}

void link_table::unlink(const pid& local, const pid& remote, uint64_t number) {
  links_.erase({local, remote});
  unlinking_[{local, remote}] = number;
}

void link_table::acknowledge(const pid& local, const pid& remote, uint64_t number) {
  auto i = unlinking_.find({local, remote});
  if (i != unlinking_.end() && i->second == number)
    unlinking_.erase(i);
}

std::vector<link_table::ends> link_table::take_all() {
  std::vector<ends> result(links_.begin(), links_.end());
  links_.clear();
  return result;
}

} // namespace troupe::dist
