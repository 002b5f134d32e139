#include "troupe/discovery/peer_table.hpp"

#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace troupe::discovery {

namespace {

constexpr auto never = clock::time_point::max();

void tell(peer_table::outcome& out, atom what, const std::string& name, std::string source,
          std::string detail) {
  // Names come from peers: when no more atoms can be made, the event has none.
  auto node = atom::try_make(name).value_or(atom{});
  out.events.push_back({what, node, std::move(source), std::move(detail)});
}

std::string join(const std::vector<dist::endpoint>& xs) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + dist::to_string(x);
  return result;
}

/// Returns whether that changed anything.
bool add_endpoints(std::vector<dist::endpoint>& to, const std::vector<dist::endpoint>& xs) {
  auto before = to.size();
  for (auto& x : xs)
    if (to.size() < limits::endpoints_max && std::find(to.begin(), to.end(), x) == to.end())
      to.push_back(x);
  return to.size() != before;
}

} // namespace

bool peer_table::entry::first_hand() const {
  return connected
         || std::any_of(sources.begin(), sources.end(), [](auto& w) { return w.second.fresh; });
}

peer_table::outcome peer_table::observe(const std::string& source, const observation& x,
                                        clock::time_point now) {
  outcome result;
  if (x.name.empty())
    address(source, x, now, result);
  else if (x.name == self_)
    about_self(source, x, result);
  else if (x.what == observation::kind::seen)
    seen(source, x, now, result);
  else if (x.what == observation::kind::left)
    left(source, x, now, result);
  else
    gone(source, x, now, result);
  return result;
}

void peer_table::seen(const std::string& source, const observation& x, clock::time_point now,
                      outcome& out) {
  if (is_over(x))
    return;
  auto i = peers_.find(x.name);
  auto is_new = i == peers_.end();
  if (is_new && (i = make(x.name, x.name, out)) == peers_.end())
    return;
  if (!claims(i, source, x, now, out))
    return;
  auto& e = i->second;
  if (is_new || (e.left && !e.connected && x.instance != 0)) {
    tell(out, happened::peer_seen, x.name, source, join(x.endpoints));
    e.left = false;
  }
  if (x.instance != 0 && e.hidden != x.hidden && !e.connected) {
    view_.digest ^= share(e);
    e.hidden = x.hidden;
    view_.digest ^= share(e);
  }
  merge(i, source, x, now, out);
}

void peer_table::merge(iterator i, const std::string& source, const observation& x,
                       clock::time_point now, outcome& out) {
  auto& e = i->second;
  auto [j, is_new] = e.sources.try_emplace(source);
  auto& w = j->second;
  auto bounded = x.endpoints.size() <= limits::endpoints_max;
  if (bounded ? w.endpoints != x.endpoints : is_new) {
    w.endpoints.clear();
    add_endpoints(w.endpoints, x.endpoints);
    is_new = true;
  }
  if (is_new)
    out.changed.push_back(i->first);
  w.until = x.lifetime > clock::duration{} ? now + x.lifetime : never;
  w.said = now;
  w.instance = x.instance;
  w.fresh = x.fresh;
  e.seed = e.seed || x.seed;
  if (!e.connected) {
    note_expiry(w.until);
    // What is listed for good says nothing about now; what another node tells of a life does.
    if (x.fresh || (x.instance != 0 && w.until != never))
      out.wanted.push_back(i->first);
  }
}

void peer_table::left(const std::string& source, const observation& x, clock::time_point now,
                      outcome& out) {
  if (x.instance == 0)
    return; // It does not say which life ends.
  life over{x.instance, x.incarnation, x.creation, now};
  auto i = peers_.find(x.name);
  if (i != peers_.end() && i->second.current.instance == x.instance)
    over = i->second.current;
  remember_departure(x.name, over, now);
  if (i == peers_.end())
    return;
  auto& e = i->second;
  if (e.current.instance != x.instance) {
    auto c = contests_.find(x.name);
    for (size_t k = 0; c != contests_.end() && k < c->second.others.size(); ++k)
      if (c->second.others[k].who.instance == x.instance)
        return drop_contender(i, k);
    return;
  }
  tell(out, happened::left, x.name, source, {});
  out.changed.push_back(x.name);
  e.left = true;
  std::erase_if(e.sources, [&](auto& w) {
    return w.second.instance == x.instance || (w.first == source && w.second.instance == 0);
  });
  set_life(e, {0, 0, e.connected ? e.connected_creation : 0, {}});
  if (!e.connected && !succeed(i, now, out) && e.sources.empty())
    erase(i);
}

void peer_table::gone(const std::string& source, const observation& x, clock::time_point now,
                      outcome& out) {
  auto i = peers_.find(x.name.empty() ? dist::to_string(x.endpoints.front()) : x.name);
  if (i == peers_.end())
    return;
  auto& e = i->second;
  auto w = e.sources.find(source);
  if (w == e.sources.end())
    return;
  if (x.instance != 0 && w->second.instance != 0 && x.instance != w->second.instance)
    return; // The source lists a newer life by now.
  e.sources.erase(w);
  out.changed.push_back(i->first);
  if (!e.connected)
    expire_words(i, now, out);
}

/// A peer whose name is not known: an entry of its own until `named`.
void peer_table::address(const std::string& source, const observation& x, clock::time_point now,
                         outcome& out) {
  if (x.endpoints.empty())
    return;
  auto key = dist::to_string(x.endpoints.front());
  auto is_gone = x.what != observation::kind::seen;
  if (auto alias = aliases_.find(key); alias != aliases_.end()) {
    auto i = peers_.find(alias->second);
    auto is_self = alias->second == self_;
    auto holds = is_self || (i != peers_.end() && i->second.connected);
    if (is_gone || !holds)
      aliases_.erase(alias); // Whoever is there next may be another.
    if (is_gone && i != peers_.end()) {
      auto w = i->second.sources.find(source);
      if (w != i->second.sources.end() && std::erase(w->second.endpoints, x.endpoints.front())) {
        out.changed.push_back(i->first);
        if (w->second.endpoints.empty())
          i->second.sources.erase(w);
        if (!i->second.connected)
          expire_words(i, now, out);
      }
      return;
    }
    if (is_self)
      return;
    if (holds) {
      auto all = x;
      if (auto w = i->second.sources.find(source); w != i->second.sources.end()) {
        all.endpoints = w->second.endpoints;
        add_endpoints(all.endpoints, x.endpoints);
      }
      return merge(i, source, all, now, out);
    }
  }
  if (is_gone)
    return gone(source, x, now, out);
  auto i = peers_.find(key);
  if (i == peers_.end() && (i = make(key, {}, out)) == peers_.end())
    return;
  merge(i, source, x, now, out);
}

peer_table::outcome peer_table::named(const std::string& key, const std::string& name,
                                      clock::time_point now) {
  outcome result;
  auto i = peers_.find(key);
  if (i == peers_.end() || !i->second.name.empty() || key == name)
    return result;
  auto moved = std::move(i->second);
  erase(i);
  result.changed.push_back(key);
  if (aliases_.size() < limits::peers_max)
    aliases_[key] = name;
  if (name == self_)
    return result;
  auto j = peers_.find(name);
  if (j == peers_.end()) {
    if ((j = make(name, name, result)) == peers_.end())
      return result;
    tell(result, happened::peer_seen, name, {}, key);
  }
  j->second.seed = j->second.seed || moved.seed;
  for (auto& [source, w] : moved.sources) {
    auto [to, is_new] = j->second.sources.try_emplace(source, w);
    if (!is_new) {
      add_endpoints(to->second.endpoints, w.endpoints);
      to->second.until = std::max(to->second.until, w.until);
    }
    note_expiry(to->second.until);
  }
  note_expiry(now);
  result.changed.push_back(name);
  return result;
}

peer_table::outcome peer_table::connected(const std::string& name, uint32_t creation, bool hidden,
                                          clock::time_point now) {
  outcome result;
  tell(result, happened::connected, name, {}, {});
  auto i = peers_.find(name);
  if (name == self_ || (i == peers_.end() && (i = make(name, name, result)) == peers_.end()))
    return result;
  auto& e = i->second;
  if (!e.connected)
    ++view_.linked;
  result.changed.push_back(name);
  view_.digest ^= share(e);
  e.connected = true;
  e.connected_creation = creation;
  e.left = false;
  e.hidden = hidden;
  view_.digest ^= share(e);
  connected_life(i, now, result);
  return result;
}

peer_table::outcome peer_table::disconnected(const std::string& name, const std::string& why,
                                             clock::time_point now) {
  outcome result;
  auto i = peers_.find(name);
  if (i == peers_.end() || !i->second.connected)
    return result;
  auto& e = i->second;
  tell(result, happened::disconnected, name, {}, why);
  result.changed.push_back(name);
  --view_.linked;
  e.connected = false;
  e.connected_creation = 0;
  for (auto& [source, w] : e.sources) {
    w.until = std::max(w.until, now + grace);
    w.fresh = false; // Until it speaks again, nobody may be told that it lives.
    note_expiry(w.until);
  }
  auto c = contests_.find(name);
  auto settled = c != contests_.end() && c->second.conflict; // The older one has the name.
  if (!settled && succeed(i, now, result))
    return result;
  if (e.left || e.current.instance == 0)
    set_life(e, {});
  if (e.sources.empty())
    erase(i);
  return result;
}

peer_table::outcome peer_table::expire(clock::time_point now) {
  outcome result;
  if (now < next_expiry_)
    return result;
  next_expiry_ = never;
  forget_contenders(now);
  for (auto i = peers_.begin(); i != peers_.end();) {
    auto here = i++;
    if (!here->second.connected)
      expire_words(here, now, result);
  }
  return result;
}

void peer_table::expire_words(iterator i, clock::time_point now, outcome& out) {
  auto& e = i->second;
  auto lost = std::erase_if(e.sources, [&](auto& w) { return w.second.until <= now; });
  for (auto& [source, w] : e.sources)
    note_expiry(w.until);
  if (lost != 0)
    out.changed.push_back(i->first);
  if (!lives(e) && e.current.instance != 0) {
    if (succeed(i, now, out))
      return;
    set_life(e, {}); // Only listed from now on.
  }
  if (!e.sources.empty())
    return;
  tell(out, happened::expired, e.name, {}, e.name.empty() ? i->first : std::string{});
  if (lost == 0)
    out.changed.push_back(i->first);
  erase(i);
}

peer_table::iterator peer_table::make(const std::string& key, const std::string& name,
                                      outcome& out) {
  if (peers_.size() >= limits::peers_max && !evict(out))
    return peers_.end();
  auto i = peers_.try_emplace(key).first;
  i->second.name = name;
  view_.known += name.empty() ? 0 : 1;
  return i;
}

/// Makes room for one. Returns false when all are connected.
bool peer_table::evict(outcome& out) {
  // Those that are listed for good go last: nobody would name them again.
  auto rank = [](const entry& e) {
    clock::time_point said{};
    auto lasting = false;
    for (auto& [source, w] : e.sources) {
      said = std::max(said, w.said);
      lasting = lasting || w.until == never;
    }
    return std::tuple{lasting, e.current.heard, said};
  };
  auto victim = peers_.end();
  for (auto i = peers_.begin(); i != peers_.end(); ++i)
    if (!i->second.connected && (victim == peers_.end() || rank(i->second) < rank(victim->second)))
      victim = i;
  if (victim == peers_.end())
    return false;
  tell(out, happened::expired, victim->second.name, {}, "there are too many peers");
  out.changed.push_back(victim->first);
  erase(victim);
  return true;
}

void peer_table::erase(iterator i) {
  auto& e = i->second;
  view_.digest ^= share(e);
  view_.known -= e.name.empty() ? 0 : 1;
  view_.linked -= e.connected ? 1 : 0;
  contests_.erase(i->first);
  peers_.erase(i);
}

void peer_table::note_expiry(clock::time_point at) {
  next_expiry_ = std::min(next_expiry_, at);
}

const peer_table::entry* peer_table::find(const std::string& key) const {
  auto i = peers_.find(key);
  return i == peers_.end() ? nullptr : &i->second;
}

std::vector<dist::endpoint> peer_table::endpoints(const std::string& key) const {
  auto* e = find(key);
  return e ? endpoints(*e) : std::vector<dist::endpoint>{};
}

std::vector<dist::endpoint> peer_table::endpoints(const entry& x) {
  if (x.sources.size() == 1)
    return x.sources.begin()->second.endpoints;
  std::vector<const word*> all;
  for (auto& [source, w] : x.sources)
    all.push_back(&w);
  std::stable_sort(all.begin(), all.end(), [](const word* a, const word* b) {
    return std::tuple{a->fresh, a->said} > std::tuple{b->fresh, b->said};
  });
  std::vector<dist::endpoint> result;
  for (auto* w : all)
    add_endpoints(result, w->endpoints);
  return result;
}

} // namespace troupe::discovery
