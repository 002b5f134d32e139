#include "troupe/discovery/address_book.hpp"

#include <utility>

namespace troupe::discovery {

void address_book::put(known_peer x) {
  std::lock_guard guard{mutex_};
  auto& place = peers_[x.name];
  if (place == x)
    return;
  place = std::move(x);
  ++version_;
}

void address_book::erase(const std::string& name) {
  std::lock_guard guard{mutex_};
  if (peers_.erase(name) > 0)
    ++version_;
}

std::vector<dist::endpoint> address_book::find(const std::string& name) const {
  std::lock_guard guard{mutex_};
  auto i = peers_.find(name);
  return i == peers_.end() ? std::vector<dist::endpoint>{} : i->second.endpoints;
}

std::vector<known_peer> address_book::snapshot() const {
  std::lock_guard guard{mutex_};
  std::vector<known_peer> all;
  all.reserve(peers_.size());
  for (auto& [name, x] : peers_)
    all.push_back(x);
  return all;
}

uint64_t address_book::version() const {
  std::lock_guard guard{mutex_};
  return version_;
}

} // namespace troupe::discovery
