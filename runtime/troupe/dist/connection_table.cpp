#include "troupe/dist/connection_table.hpp"

namespace troupe::dist {

connection_table::verdict connection_table::decide(const newcomer& x) {
  verdict result;
  if (x.name == self_) {
    result.refusal = errc::self_connection;
    return result;
  }
  auto i = up_.find(x.name);
  if (i != up_.end()) {
    if (i->second.creation == x.creation) {
      result.refusal = errc::duplicate_connection;
      result.probed = i->second.id;
      return result;
    }
    result.replaced = i->second.id; // the newer life wins
  } else if (!x.dialled && dials_.contains(x.name) && self_ > x.name) {
    result.refusal = errc::duplicate_connection;
    return result;
  } else if (up_.size() >= limits::connections_max) {
    result.refusal = errc::overload;
    return result;
  }
  up_[x.name] = {x.creation, x.hidden, x.id};
  return result;
}

bool connection_table::remove(atom name, uint64_t id) {
  auto i = up_.find(name);
  if (i == up_.end() || i->second.id != id)
    return false;
  up_.erase(i);
  return true;
}

const connection_table::entry* connection_table::find(atom name) const {
  auto i = up_.find(name);
  return i == up_.end() ? nullptr : &i->second;
}

std::vector<atom> connection_table::visible() const {
  std::vector<atom> result;
  for (auto& [name, x] : up_)
    if (!x.hidden)
      result.push_back(name);
  return result;
}

std::vector<atom> connection_table::hidden() const {
  std::vector<atom> result;
  for (auto& [name, x] : up_)
    if (x.hidden)
      result.push_back(name);
  return result;
}

} // namespace troupe::dist
