#include "troupe/actors/internal/overlap_guard.hpp"

#include <algorithm>

namespace troupe::actors::internal {

namespace {

const atom tag_lost{"lost_connection"};

std::optional<uint32_t> creation_of(const term& x) {
  auto* value = x.get_if<int64_t>();
  if (!value || *value < 0 || *value > UINT32_MAX)
    return std::nullopt;
  return static_cast<uint32_t>(*value);
}

} // namespace

term to_term(const lost_connection& x) {
  return term::tuple({tag_lost, x.from, static_cast<int64_t>(x.creation), x.number, x.lost,
                      static_cast<int64_t>(x.lost_creation), x.failed});
}

std::optional<lost_connection> lost_connection_of(const term& x) {
  if (!x.is_tagged(tag_lost, 7))
    return std::nullopt;
  auto parts = x.as_tuple();
  auto* from = parts[1].get_if<atom>();
  auto creation = creation_of(parts[2]);
  auto* number = parts[3].get_if<int64_t>();
  auto* lost = parts[4].get_if<atom>();
  auto lost_creation = creation_of(parts[5]);
  if (!from || !creation || !number || !lost || !lost_creation || *from == *lost)
    return std::nullopt;
  return lost_connection{*from, *creation, *number, *lost, *lost_creation, parts[6].truthy()};
}

// -- own connections ----------------------------------------------------------------------------

bool overlap_guard::met(atom name, uint32_t creation) {
  ending_.erase(name);
  regained(name, self_); // a third one may have said meanwhile that the peer lost this node
  peers_[name] = {creation, ++last_order_};
  return told_.erase(name) > 0;
}

std::optional<lost_connection> overlap_guard::lost(atom name) {
  auto ended = peers_.extract(name);
  if (ending_.erase(name) > 0)
    return std::nullopt;
  if (!ended)
    return unreachable(name);
  if (told_.size() < memory_max)
    told_.insert(name);
  return lost_connection{self_, creation_, ++last_number_, name, ended.mapped().creation, false};
}

std::optional<lost_connection> overlap_guard::unreachable(atom name) {
  if (peers_.contains(name) || name == self_)
    return std::nullopt;
  if (told_.size() < memory_max)
    told_.insert(name);
  return lost_connection{self_, creation_, ++last_number_, name, 0, true};
}

void overlap_guard::expect_end(atom name) {
  if (peers_.contains(name))
    ending_.insert(name);
}

std::vector<atom> overlap_guard::peers() const {
  std::vector<atom> result;
  for (auto& [name, x] : peers_)
    result.push_back(name);
  return result;
}

// -- others' ------------------------------------------------------------------------------------

void overlap_guard::heard(const lost_connection& x, clock::time_point now) {
  if (x.from == self_)
    return;
  pair key{x.from, x.lost};
  if (auto i = reports_.find(key); i != reports_.end()) {
    auto& known = i->second.what;
    if (known.creation == x.creation && known.number >= x.number)
      return;
    by_order_.erase(i->second.order);
    reports_.erase(i);
  }
  if (reports_.size() >= memory_max) {
    auto oldest = by_order_.begin();
    reports_.erase(oldest->second);
    by_order_.erase(oldest);
  }
  auto order = ++last_order_;
  reports_[key] = {x, order, false};
  by_order_[order] = key;
  waiting_.emplace_back(now + grace, order);
  if (waiting_.size() > memory_max)
    waiting_.pop_front();
}

void overlap_guard::regained(atom from, atom other) {
  for (auto& key : {pair{from, other}, pair{other, from}})
    if (auto i = reports_.find(key); i != reports_.end())
      i->second.done = true;
}

std::optional<atom> overlap_guard::victim_of(const lost_connection& x) const {
  auto named = x.lost == self_ ? x.from : x.lost;
  auto i = peers_.find(named);
  if (i == peers_.end())
    return std::nullopt; // it is gone from here, too
  if (x.lost_creation != 0 && x.lost != self_ && i->second.creation != x.lost_creation)
    return std::nullopt; // it lives again
  if (!x.failed)
    return named;
  auto j = peers_.find(x.from);
  if (x.lost == self_ || j == peers_.end())
    return std::nullopt; // it is connected with this node, or nobody is in between
  return i->second.order > j->second.order ? named : x.from;
}

std::vector<overlap_guard::cut> overlap_guard::due(clock::time_point now) {
  std::vector<cut> result;
  for (; !waiting_.empty() && waiting_.front().first <= now; waiting_.pop_front()) {
    auto i = by_order_.find(waiting_.front().second);
    if (i == by_order_.end())
      continue; // a later word replaced it
    auto& x = reports_.at(i->second);
    if (std::exchange(x.done, true))
      continue;
    if (auto victim = victim_of(x.what); victim && ending_.insert(*victim).second)
      result.push_back({*victim, x.what});
  }
  return result;
}

clock::time_point overlap_guard::next() const {
  return waiting_.empty() ? clock::time_point::max() : waiting_.front().first;
}

} // namespace troupe::actors::internal
