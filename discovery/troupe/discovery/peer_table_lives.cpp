// Whom a name belongs to; the rules are in the header.

#include "troupe/discovery/internal/mix.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/peer_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace troupe::discovery {

namespace {

using life = peer_table::life;

constexpr size_t namesakes_max = 64;
/// Longer than others may remember a node that is gone: `grace`, and once more for what they told.
constexpr std::chrono::seconds departed_for{180};

bool older(const life& x, const life& y) {
  return std::tuple{x.incarnation, x.instance} < std::tuple{y.incarnation, y.instance};
}

life life_of(const observation& x, clock::time_point now) {
  return {x.instance, x.incarnation, x.creation, x.fresh ? now : clock::time_point{}};
}

peer_table::word word_of(const observation& x, clock::time_point now) {
  peer_table::word result;
  result.endpoints = x.endpoints;
  if (result.endpoints.size() > limits::endpoints_max)
    result.endpoints.resize(limits::endpoints_max);
  result.until = x.lifetime > clock::duration{} ? now + x.lifetime : clock::time_point::max();
  result.said = now;
  result.instance = x.instance;
  result.fresh = x.fresh;
  return result;
}

std::string describe(const life& x, const std::map<std::string, peer_table::word>& words) {
  std::string result = "instance " + std::to_string(x.instance);
  for (auto& [source, w] : words)
    if (w.instance == x.instance && !w.endpoints.empty())
      return result + " at " + dist::to_string(w.endpoints.front());
  return result;
}

} // namespace

peer_table::peer_table(std::string self, uint64_t instance, uint64_t incarnation, bool hidden)
  : self_(std::move(self)), own_{instance, incarnation, 0, {}} {
  if (!hidden)
    view_.digest = internal::life_mark(self_, instance);
}

void peer_table::about_self(const std::string& source, const observation& x, outcome& out) {
  // What is only told may be about a former life of this node.
  if (x.what != observation::kind::seen || !x.fresh || x.instance == 0
      || x.instance == own_.instance)
    return;
  out.silenced = older(life_of(x, {}), own_);
  if (namesakes_.size() >= namesakes_max || !namesakes_.insert(x.instance).second)
    return;
  std::string at = x.endpoints.empty() ? "" : " at " + dist::to_string(x.endpoints.front());
  auto detail = out.silenced ? "an older node has this node's name and keeps it: instance "
                             : "a younger node has this node's name: instance ";
  out.events.push_back({happened::conflict, atom::try_make(self_).value_or(atom{}), source,
                        detail + std::to_string(x.instance) + at});
}

bool peer_table::claims(iterator i, const std::string& source, const observation& x,
                        clock::time_point now, outcome& out) {
  auto& e = i->second;
  if (x.instance == 0)
    return true; // About the name, whoever has it.
  if (x.instance == e.current.instance) {
    if (e.current.creation == 0)
      e.current.creation = x.creation;
    return !x.fresh || current_speaks(i, source, now, out);
  }
  if (auto c = contests_.find(i->first); c != contests_.end())
    for (size_t k = 0; k < c->second.others.size(); ++k)
      if (c->second.others[k].who.instance == x.instance) {
        heard_again(i, k, source, x, now, out);
        return false;
      }
  return newcomer(i, source, x, now, out);
}

bool peer_table::newcomer(iterator i, const std::string& source, const observation& x,
                          clock::time_point now, outcome& out) {
  auto& e = i->second;
  auto who = life_of(x, now);
  auto is_linked = e.connected && e.connected_creation != 0 && x.creation != 0;
  if (e.current.instance == 0) {
    if (!is_linked || x.creation == e.connected_creation) {
      set_life(e, who);
      return true;
    }
  } else if (!x.fresh && older(who, e.current)) {
    return false;
  }
  auto& c = contests_[i->first];
  if (c.others.size() >= contenders_max)
    c.others.erase(std::min_element(
      c.others.begin(), c.others.end(),
      [](const contender& a, const contender& b) { return a.who.heard < b.who.heard; }));
  contender mine;
  mine.who = who;
  mine.said.emplace(source, word_of(x, now));
  mine.until = now + std::max<clock::duration>(grace, x.lifetime);
  mine.spoke = x.fresh;
  note_expiry(mine.until);
  c.others.push_back(std::move(mine));
  auto which = c.others.size() - 1;
  auto goes_up
    = !e.connected
      || (is_linked && x.creation == e.connected_creation && x.creation != e.current.creation);
  if (goes_up && c.conflict && x.fresh && lives(e)) {
    tell_conflict(i, which, source, out);
    goes_up = older(who, e.current);
  }
  if (goes_up)
    take(i, which, now, false, out);
  else
    show_rival(e);
  return false;
}

void peer_table::heard_again(iterator i, size_t which, const std::string& source,
                             const observation& x, clock::time_point now, outcome& out) {
  if (!x.fresh)
    return;
  auto& e = i->second;
  auto& c = contests_[i->first];
  auto& it = c.others[which];
  it.spoke = true;
  it.who.heard = now;
  it.said.insert_or_assign(source, word_of(x, now));
  it.until = now + std::max<clock::duration>(grace, x.lifetime);
  if (it.displaced)
    c.conflict = true; // It lost the name, and yet it lives.
  auto waits = e.connected;
  if (c.conflict) {
    tell_conflict(i, which, source, out);
    waits = !older(it.who, e.current) && (e.connected || lives(e));
  }
  if (waits)
    show_rival(e);
  else
    take(i, which, now, false, out);
}

/// Returns whether the name is still its own after that.
bool peer_table::current_speaks(iterator i, const std::string& source, clock::time_point now,
                                outcome& out) {
  i->second.current.heard = now;
  auto found = contests_.find(i->first);
  if (found == contests_.end())
    return true;
  auto& c = found->second;
  for (size_t k = 0; k < c.others.size(); ++k) {
    if (!c.others[k].spoke)
      continue;
    c.conflict = true;
    tell_conflict(i, k, source, out);
    if (older(c.others[k].who, i->second.current) && !c.others[k].said.empty()) {
      take(i, k, now, false, out);
      return false;
    }
  }
  return true;
}

void peer_table::take(iterator i, size_t which, clock::time_point now, bool over, outcome& out) {
  auto& e = i->second;
  auto& c = contests_[i->first];
  auto next = std::move(c.others[which]);
  c.others.erase(c.others.begin() + static_cast<std::ptrdiff_t>(which));
  contender former;
  former.who = e.current;
  former.until = now + grace;
  former.displaced = true;
  former.spoke = c.conflict; // Then it is alive, or was a moment ago.
  former.told = next.told;
  for (auto w = e.sources.begin(); w != e.sources.end();) {
    auto here = w++;
    if (here->second.instance != 0)
      former.said.insert(e.sources.extract(here));
  }
  for (auto& [source, w] : next.said) {
    note_expiry(w.until);
    e.sources.insert_or_assign(source, std::move(w));
  }
  set_life(e, next.who);
  if (!over && former.who.instance != 0) {
    note_expiry(former.until);
    c.others.push_back(std::move(former));
  }
  if (!c.conflict || over) {
    auto what = e.left ? happened::peer_seen : happened::replaced;
    out.events.push_back({what, atom::try_make(e.name).value_or(atom{}),
                          e.sources.empty() ? std::string{} : e.sources.begin()->first,
                          describe(e.current, e.sources)});
  }
  e.left = false;
  out.changed.push_back(i->first);
  if (!e.connected)
    out.wanted.push_back(i->first);
  if (c.others.empty())
    contests_.erase(i->first);
  show_rival(e);
}

bool peer_table::succeed(iterator i, clock::time_point now, outcome& out) {
  auto found = contests_.find(i->first);
  if (found == contests_.end())
    return false;
  auto& others = found->second.others;
  auto best = others.size();
  for (size_t k = 0; k < others.size(); ++k) {
    auto waits = !others[k].said.empty() && (others[k].spoke || !others[k].displaced);
    if (waits && (best == others.size() || others[k].who.heard >= others[best].who.heard))
      best = k;
  }
  if (best == others.size())
    return false;
  take(i, best, now, true, out);
  return true;
}

/// A connection says by its creation which life it is to.
void peer_table::connected_life(iterator i, clock::time_point now, outcome& out) {
  auto& e = i->second;
  auto creation = e.connected_creation;
  if (creation == 0 || e.current.creation == creation)
    return;
  if (auto c = contests_.find(i->first); c != contests_.end())
    for (size_t k = 0; k < c->second.others.size(); ++k)
      if (c->second.others[k].who.creation == creation)
        return take(i, k, now, false, out);
  if (e.current.creation == 0) {
    e.current.creation = creation;
    return;
  }
  // A life that nobody has told of yet: its instance will be heard.
  contender unheard;
  unheard.who.creation = creation;
  auto& c = contests_[i->first];
  c.others.push_back(std::move(unheard));
  take(i, c.others.size() - 1, now, false, out);
}

/// Once per pair.
void peer_table::tell_conflict(iterator i, size_t which, const std::string& source, outcome& out) {
  auto& e = i->second;
  auto& c = contests_[i->first].others[which];
  if (std::exchange(c.told, true))
    return;
  auto present = describe(e.current, e.sources);
  auto other = describe(c.who, c.said);
  auto other_is_older = older(c.who, e.current);
  out.events.push_back({happened::conflict, atom::try_make(e.name).value_or(atom{}), source,
                        (other_is_older ? other : present) + " is older and keeps the name; "
                          + (other_is_older ? present : other) + " has to be renamed"});
}

void peer_table::drop_contender(iterator i, size_t which) {
  auto c = contests_.find(i->first);
  c->second.others.erase(c->second.others.begin() + static_cast<std::ptrdiff_t>(which));
  if (c->second.others.empty())
    contests_.erase(c);
  show_rival(i->second);
}

void peer_table::forget_contenders(clock::time_point now) {
  for (auto c = contests_.begin(); c != contests_.end();) {
    auto here = c++;
    auto& others = here->second.others;
    auto lost = std::erase_if(others, [&](auto& x) { return x.until <= now; });
    for (auto& x : others)
      note_expiry(x.until);
    auto& e = peers_.at(here->first);
    if (others.empty())
      contests_.erase(here);
    if (lost != 0)
      show_rival(e);
  }
  std::erase_if(departed_, [&](auto& x) { return x.second.until <= now; });
  for (auto& [name, x] : departed_)
    note_expiry(x.until);
}

void peer_table::set_life(entry& e, const life& x) {
  view_.digest ^= share(e);
  e.current = x;
  view_.digest ^= share(e);
}

void peer_table::remember_departure(const std::string& name, const life& x, clock::time_point now) {
  if (departed_.size() >= limits::peers_max && !departed_.contains(name))
    departed_.erase(std::min_element(departed_.begin(), departed_.end(), [](auto& a, auto& b) {
      return a.second.until < b.second.until;
    }));
  departed_.insert_or_assign(name, departure{x, now + departed_for});
  note_expiry(now + departed_for);
}

/// Whether it tells of a life that said goodbye, or of one before that.
bool peer_table::is_over(const observation& x) const {
  if (x.instance == 0)
    return false;
  auto i = departed_.find(x.name);
  if (i == departed_.end())
    return false;
  auto& gone = i->second.who;
  return x.instance == gone.instance || (!x.fresh && older(life_of(x, {}), gone));
}

/// Whether something that is still true was said about the current life.
bool peer_table::lives(const entry& e) {
  return std::any_of(e.sources.begin(), e.sources.end(), [&](auto& w) {
    return w.second.instance != 0 && w.second.instance == e.current.instance;
  });
}

void peer_table::show_rival(entry& e) const {
  e.rival.reset();
  auto c = contests_.find(e.name);
  if (c == contests_.end())
    return;
  for (auto& x : c->second.others)
    if ((x.spoke || !x.displaced) && (!e.rival || e.rival->heard <= x.who.heard))
      e.rival = x.who;
}

/// What the entry adds to the digest.
uint64_t peer_table::share(const entry& e) {
  if (e.name.empty() || e.hidden || e.current.instance == 0)
    return 0;
  return internal::life_mark(e.name, e.current.instance);
}

} // namespace troupe::discovery
