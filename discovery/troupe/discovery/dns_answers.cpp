#include "troupe/discovery/dns_answers.hpp"

#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <set>

namespace troupe::discovery {

namespace {

using fraction = std::chrono::duration<double>;

// From 80 % to 120 %, so that nodes that started together do not ask together.
clock::duration spread(fraction x, uint64_t random) {
  auto share = static_cast<double>(random >> 11) / static_cast<double>(uint64_t{1} << 53);
  return std::chrono::duration_cast<clock::duration>(x * (0.8 + 0.4 * share));
}

} // namespace

dns_status combine(dns_status x, dns_status y) {
  if (x == dns_status::ok || y == dns_status::ok)
    return dns_status::ok;
  // The lesser error says more, but "no records of this type" says nothing about other types.
  if (is_answer(x) != is_answer(y))
    return is_answer(x) ? y : x;
  return std::min(x, y);
}

std::vector<observation> dns_answers::take(const dns_findings& x, clock::time_point now) {
  last_ = x.what;
  if (x.what != dns_findings::kind::good) {
    ++failures_;
    return {};
  }
  failures_ = 0;
  ttl_ = x.ttl;
  std::vector<observation> changes;
  std::set<seed> listed(x.peers.begin(), x.peers.end());
  for (auto i = peers_.begin(); i != peers_.end();) {
    auto& missing = i->second;
    if (listed.contains(i->first)) {
      missing = {};
    } else if (++missing.answers == 1) {
      missing.since = now;
    } else if (missing.answers >= absences_max && now - missing.since >= absence_max) {
      changes.push_back(to_observation(i->first, observation::kind::gone));
      i = peers_.erase(i);
      continue;
    }
    ++i;
  }
  for (auto& peer : listed) {
    if (peers_.contains(peer))
      continue;
    if (peers_.size() >= limits::peers_max)
      make_room(changes);
    if (peers_.size() >= limits::peers_max)
      break;
    peers_[peer];
    changes.push_back(to_observation(peer));
  }
  return changes;
}

// Withdraws who was missing for longest, if anybody was.
void dns_answers::make_room(std::vector<observation>& changes) {
  auto longest
    = std::ranges::max_element(peers_, {}, [](const auto& entry) { return entry.second.answers; });
  if (longest == peers_.end() || longest->second.answers == 0)
    return;
  changes.push_back(to_observation(longest->first, observation::kind::gone));
  peers_.erase(longest);
}

clock::duration dns_answers::pause(bool knows_peers, uint64_t random) const {
  if (last_ != dns_findings::kind::failed && !knows_peers)
    return spread(pause_min, random);
  if (failures_ == 0)
    return spread(std::clamp(ttl_, pause_min, pause_max), random);
  fraction x = pause_min;
  for (unsigned i = 1; i < failures_ && x < retry_max; ++i)
    x *= 1.5;
  return spread(std::min<fraction>(x, retry_max), random);
}

} // namespace troupe::discovery
