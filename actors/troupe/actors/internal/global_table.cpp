#include "troupe/actors/internal/global_table.hpp"

#include "troupe/actors/internal/name_merge.hpp"

namespace troupe::actors::internal {

void global_table::set(atom owner, const term& name, const global_claim& x) {
  unset(owner, name, {});
  claims_[name][owner] = x;
  ++by_holder_[x.holder][name];
  note(name);
}

/// Removes the claim of `owner` if `holder` has it, or is null.
std::optional<pid> global_table::unset(atom owner, const term& name, const pid& holder) {
  auto i = claims_.find(name);
  if (i == claims_.end())
    return std::nullopt;
  auto j = i->second.find(owner);
  if (j == i->second.end() || (holder && j->second.holder != holder))
    return std::nullopt;
  auto had = j->second.holder;
  i->second.erase(j);
  if (i->second.empty())
    claims_.erase(i);
  auto k = by_holder_.find(had);
  if (auto n = k->second.find(name); --n->second == 0)
    k->second.erase(n);
  if (k->second.empty())
    by_holder_.erase(k);
  note(name);
  return had;
}

void global_table::note(const term& name) {
  auto i = claims_.find(name);
  auto clashes
    = i != claims_.end() && i->second.contains(self_) && decides(self_, i->second.rbegin()->first);
  if (clashes)
    clashing_.insert(name);
  else
    clashing_.erase(name);
}

// -- this node's entries ------------------------------------------------------------------------

std::optional<global_claim> global_table::insert(const global_entry& x) {
  std::optional<global_claim> before;
  if (auto i = claims_.find(x.name); i != claims_.end())
    if (auto j = i->second.find(self_); j != i->second.end())
      before = j->second;
  set(self_, x.name, x.claim);
  return before;
}

std::optional<pid> global_table::erase(const term& name, const pid& holder) {
  return unset(self_, name, holder);
}

std::vector<term> global_table::holder_gone(const pid& holder) {
  std::vector<term> result;
  for (auto& name : names_of(holder))
    if (unset(self_, name, holder))
      result.push_back(name);
  return result;
}

global_table::listing global_table::own() const {
  listing result;
  for (auto& [name, of] : claims_)
    if (auto i = of.find(self_); i != of.end())
      result.push_back({name, i->second});
  return result;
}

bool global_table::is_own_holder(const pid& x) const {
  for (auto& name : names_of(x))
    if (auto& of = claims_.at(name); of.contains(self_) && of.at(self_).holder == x)
      return true;
  return false;
}

// -- entries of peers ---------------------------------------------------------------------------

void global_table::peer_has(atom owner, const listing& all) {
  peer_gone(owner);
  for (auto& x : all)
    peer_added(owner, x);
}

void global_table::peer_added(atom owner, const global_entry& x) {
  if (owner != self_)
    set(owner, x.name, x.claim);
}

void global_table::peer_removed(atom owner, const term& name, const pid& holder) {
  if (owner != self_)
    unset(owner, name, holder);
}

void global_table::peer_gone(atom owner) {
  if (owner == self_)
    return;
  std::vector<term> had;
  for (auto& [name, of] : claims_)
    if (of.contains(owner))
      had.push_back(name);
  for (auto& name : had)
    unset(owner, name, {});
}

std::optional<pid> global_table::replaced_by(atom owner, const term& name) {
  auto i = claims_.find(name);
  if (i == claims_.end())
    return std::nullopt;
  std::optional<pid> own;
  for (auto& [other, claim] : claims{i->second})
    if (other != owner) {
      unset(other, name, {});
      if (other == self_)
        own = claim.holder;
    }
  return own;
}

// -- asking -------------------------------------------------------------------------------------

std::optional<global_table::found> global_table::find(const term& name) const {
  auto i = claims_.find(name);
  if (i == claims_.end())
    return std::nullopt;
  auto& [owner, claim] = *i->second.begin();
  return found{owner, claim};
}

std::vector<term> global_table::names() const {
  std::vector<term> result;
  for (auto& [name, of] : claims_)
    result.push_back(name);
  return result;
}

std::vector<term> global_table::names_of(const pid& holder) const {
  std::vector<term> result;
  if (auto i = by_holder_.find(holder); i != by_holder_.end())
    for (auto& [name, count] : i->second)
      result.push_back(name);
  return result;
}

// -- clashes ------------------------------------------------------------------------------------

std::vector<term> global_table::clashes() const {
  return {clashing_.begin(), clashing_.end()};
}

std::optional<global_table::clash> global_table::clash_of(const term& name) const {
  if (!clashing_.contains(name))
    return std::nullopt;
  auto& of = claims_.at(name);
  auto other = of.upper_bound(self_);
  return clash{of.at(self_), other->first, other->second};
}

} // namespace troupe::actors::internal
