#include "troupe/actors/internal/group_table.hpp"

#include <algorithm>
#include <ranges>

namespace troupe::actors::internal {

using kind = group_table::event::kind;

namespace {

std::vector<pid> values(const std::map<uint64_t, pid, std::greater<>>& x) {
  std::vector<pid> result;
  result.reserve(x.size());
  for (auto& [number, who] : x)
    result.push_back(who);
  return result;
}

/// What is in `x` more often than in `y`, in the order of `x`.
std::vector<pid> minus(const std::vector<pid>& x, const std::vector<pid>& y) {
  std::map<pid, size_t> taken;
  for (auto& who : y)
    ++taken[who];
  std::vector<pid> result;
  for (auto& who : x) {
    auto i = taken.find(who);
    if (i != taken.end() && i->second > 0)
      --i->second;
    else
      result.push_back(who);
  }
  return result;
}

void append(group_table::events& to, group_table::events more) {
  std::ranges::move(more, std::back_inserter(to));
}

} // namespace

// -- this node ----------------------------------------------------------------------------------

group_table::events group_table::join(const term& group, const std::vector<pid>& who) {
  return insert(local_, group, who);
}

group_table::events group_table::leave(const term& group, const std::vector<pid>& who) {
  return remove_all(local_, group, who);
}

group_table::events group_table::gone(const pid& who) {
  events result;
  auto left = local_.extract(who);
  if (left.empty())
    return result;
  for (auto& x : left.mapped() | std::views::reverse) {
    drop(x);
    result.push_back({kind::leave, x.group, {who}});
  }
  return result;
}

// -- other nodes --------------------------------------------------------------------------------

std::vector<pid> group_table::peers() const {
  std::vector<pid> result;
  for (auto& [peer, known] : peers_)
    result.push_back(peer);
  return result;
}

group_table::events group_table::peer_joined(const pid& peer, const term& group,
                                             const std::vector<pid>& who) {
  auto i = peers_.find(peer);
  return i == peers_.end() ? events{} : insert(i->second, group, native(peer, who));
}

group_table::events group_table::peer_left(const pid& peer, const std::vector<pid>& who,
                                           const std::vector<term>& groups) {
  events result;
  auto i = peers_.find(peer);
  if (i != peers_.end())
    for (auto& group : groups)
      append(result, remove_all(i->second, group, who));
  return result;
}

group_table::events group_table::peer_has(const pid& peer, const listing& now) {
  events result;
  auto i = peers_.find(peer);
  if (i == peers_.end())
    return result;
  std::map<term, std::vector<pid>, exact_less> wanted;
  for (auto& [group, who] : now) {
    auto& members = wanted[group];
    std::ranges::copy(native(peer, who), std::back_inserter(members));
  }
  for (auto& [group, had] : list(i->second)) {
    auto& has = wanted[group];
    append(result, remove_all(i->second, group, minus(had, has)));
    has = minus(has, had);
  }
  for (auto& [group, who] : wanted)
    append(result, insert(i->second, group, who));
  return result;
}

group_table::events group_table::peer_gone(const pid& peer) {
  events result;
  auto left = peers_.extract(peer);
  if (left.empty())
    return result;
  for (auto& [group, who] : list(left.mapped()))
    result.push_back({kind::leave, group, std::move(who)});
  for (auto& [who, memberships] : left.mapped())
    std::ranges::for_each(memberships, [this](auto& x) { drop(x); });
  return result;
}

// -- asking -------------------------------------------------------------------------------------

std::vector<pid> group_table::members(const term& group) const {
  auto i = groups_.find(group);
  return i == groups_.end() ? std::vector<pid>{} : values(i->second.all);
}

std::vector<pid> group_table::local_members(const term& group) const {
  auto i = groups_.find(group);
  return i == groups_.end() ? std::vector<pid>{} : values(i->second.local);
}

group_table::listing group_table::all() const {
  listing result;
  for (auto& [group, x] : groups_)
    result.emplace_back(group, values(x.all));
  return result;
}

group_table::listing group_table::all_local() const {
  listing result;
  for (auto& [group, x] : groups_)
    if (!x.local.empty())
      result.emplace_back(group, values(x.local));
  return result;
}

// -- the two together ---------------------------------------------------------------------------

group_table::events group_table::insert(side& to, const term& group, const std::vector<pid>& who) {
  if (who.empty())
    return {};
  auto& members = groups_[group];
  for (auto& x : who | std::views::reverse) { // the first of a list counts as the newest
    auto number = ++last_;
    to[x].push_back({group, number});
    members.all.emplace(number, x);
    if (&to == &local_)
      members.local.emplace(number, x);
  }
  return {{kind::join, group, who}};
}

bool group_table::remove(side& from, const term& group, const pid& who) {
  auto i = from.find(who);
  if (i == from.end())
    return false;
  auto& memberships = i->second;
  auto newest = std::ranges::find_if(memberships.rbegin(), memberships.rend(),
                                     [&](auto& x) { return x.group == group; });
  if (newest == memberships.rend())
    return false;
  drop(*newest);
  memberships.erase(std::next(newest).base());
  if (memberships.empty())
    from.erase(i);
  return true;
}

void group_table::drop(const membership& x) {
  auto i = groups_.find(x.group);
  i->second.all.erase(x.number);
  i->second.local.erase(x.number);
  if (i->second.all.empty())
    groups_.erase(i);
}

group_table::events group_table::remove_all(side& from, const term& group,
                                            const std::vector<pid>& who) {
  std::vector<pid> left;
  for (auto& x : who)
    if (remove(from, group, x))
      left.push_back(x);
  if (left.empty())
    return {};
  return {{kind::leave, group, std::move(left)}};
}

group_table::listing group_table::list(const side& x) {
  std::map<term, by_age, exact_less> groups;
  for (auto& [who, memberships] : x)
    for (auto& m : memberships)
      groups[m.group].emplace(m.number, who);
  listing result;
  for (auto& [group, members] : groups)
    result.emplace_back(group, values(members));
  return result;
}

std::vector<pid> group_table::native(const pid& peer, const std::vector<pid>& who) {
  std::vector<pid> result;
  std::ranges::copy_if(who, std::back_inserter(result), [&](auto& x) {
    return x && x.node == peer.node && x.creation == peer.creation;
  });
  return result;
}

// -- subscriptions ------------------------------------------------------------------------------

void group_subscriptions::add_group(const reference& ref, const pid& who, const term& group) {
  groups_.emplace(ref, group);
  by_group_[group].emplace(ref, who);
}

bool group_subscriptions::remove(const reference& ref) {
  if (scope_.erase(ref) > 0)
    return true;
  auto left = groups_.extract(ref);
  if (left.empty())
    return false;
  auto i = by_group_.find(left.mapped());
  i->second.erase(ref);
  if (i->second.empty())
    by_group_.erase(i);
  return true;
}

std::vector<group_subscriptions::subscriber> group_subscriptions::of(const term& group) const {
  std::vector<subscriber> result;
  for (auto& [ref, who] : scope_)
    result.push_back({ref, who});
  if (auto i = by_group_.find(group); i != by_group_.end())
    for (auto& [ref, who] : i->second)
      result.push_back({ref, who});
  return result;
}

} // namespace troupe::actors::internal
