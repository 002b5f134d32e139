// The record's index, and the rules of messages, names and nodes.

#include "support/chaos_model.hpp"

#include "support/chaos_checker.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace troupe::test::chaos {

namespace {

constexpr std::array<std::string_view, 28> words{
  "node_started", "node_ended",   "trouble_begins", "trouble_ends",  "observation_end",
  "began",        "ended",        "trapped",        "sent",          "exit_sent",
  "exits",        "linked",       "unlinked",       "monitored",     "demonitored",
  "registered",   "unregistered", "asked_spawn",    "got_message",   "got_exit",
  "got_down",     "got_spawn",    "got_node_up",    "got_node_down", "got_node_lost",
  "watched_node", "observed",     "got_end"};

constexpr time_point forever{std::chrono::hours{24 * 365}};

} // namespace

std::string to_string(const event& x) {
  auto result
    = std::to_string(x.at.count()) + "us " + std::string{words[static_cast<size_t>(x.what)]};
  auto add = [&result](const char* what, uint64_t n) {
    if (n != 0)
      result += std::string{" "} + what + std::to_string(n);
  };
  add("p", x.who);
  add("-> p", x.other);
  add("node ", x.node);
  add("peer ", x.peer);
  add("#", x.number);
  if (!x.text.empty())
    result += " " + x.text;
  if (!x.text2.empty())
    result += " of " + x.text2;
  return result + (x.ok ? " ok" : "");
}

std::vector<std::string> complaints(const history& h) {
  checker x{h};
  x.names();
  x.messages();
  x.completeness();
  x.node_events();
  x.spawns();
  x.monitors();
  x.links();
  x.observers();
  x.watched_nodes();
  x.deaths();
  x.leaks();
  return x.found;
}

// -- index --------------------------------------------------------------------------------------

checker::checker(const history& h) : h_(&h), finish_(h.events.size()), fates_(h.processes.size()) {
  std::map<size_t, size_t> life;
  std::map<uint64_t, pair> by_number;
  for (size_t i = 0; i < h.events.size(); ++i) {
    auto& x = at(i);
    auto troubled_pair = std::minmax(x.node, x.peer);
    auto joined = std::minmax(x.who, x.other);
    switch (x.what) {
      case act::node_started: lives_started_[{x.node, ++life[x.node]}] = i; break;
      case act::node_ended: lives_ended_[{x.node, life[x.node]}] = i; break;
      case act::trouble_begins: troubles_[troubled_pair].push_back({x.at, forever}); break;
      case act::trouble_ends:
        if (auto& all = troubles_[troubled_pair]; !all.empty())
          all.back().to = x.at;
        break;
      case act::observation_end: finish_ = i; break;
      case act::began: fates_[x.who].began = i; break;
      case act::ended:
        fates_[x.who].ended = i;
        fates_[x.who].reason = x.text;
        break;
      case act::trapped: traps_[x.who].push_back(i); break;
      case act::sent:
        sends_[x.number] = i;
        if (x.other != 0)
          sends_between_[{x.who, x.other}].push_back(i);
        break;
      case act::got_message: seen_.try_emplace(x.number, i); break;
      case act::exit_sent:
        exits_between_[{x.who, x.other}].push_back(i);
        relations_[joined].events.push_back(i);
        break;
      case act::linked:
      case act::unlinked:
      case act::got_exit: relations_[joined].events.push_back(i); break;
      case act::registered:
        if (x.ok)
          holders_[{who(x.who).node, x.text}].push_back({x.who, i, never});
        break;
      case act::unregistered:
        for (auto& y : holders_[{who(x.who).node, x.text}])
          if (y.who == x.who && y.to == never)
            y.to = i;
        break;
      case act::asked_spawn:
        if (x.ok)
          spawn_asked_[{x.who, x.other}] = i;
        by_number[x.number] = {x.who, x.other};
        break;
      case act::got_spawn:
        if (auto j = by_number.find(x.number); j != by_number.end())
          spawn_answered_[j->second] = {i, x.ok};
        break;
      case act::got_node_up:
      case act::got_node_down: node_events_[{x.who, x.node}].push_back(i); break;
      default: break;
    }
  }
}

void checker::complain(size_t i, const std::string& text) {
  found.push_back(text + ": "
                  + (i < h_->events.size() ? std::to_string(i) + " " + to_string(at(i)) : ""));
}

bool checker::same_node(size_t p, size_t q) const {
  return who(p).node == who(q).node && who(p).life == who(q).life;
}

bool checker::troubled(size_t x, size_t y, time_point from, time_point to) const {
  for (auto& key : {pair{std::min(x, y), std::max(x, y)}, pair{x, x}, pair{y, y}}) {
    auto i = troubles_.find(key);
    if (i != troubles_.end())
      for (auto& t : i->second)
        if (t.from <= to && (t.to == forever || t.to + aftermath >= from))
          return true;
  }
  return false;
}

size_t checker::node_ended(size_t p) const {
  auto i = lives_ended_.find({who(p).node, who(p).life});
  return i == lives_ended_.end() ? never : i->second;
}

/// Where the process ended, or its node did.
size_t checker::gone(size_t p) const {
  return std::min(fates_[p].ended, node_ended(p));
}

bool checker::ended_with(size_t p, const std::string& reason) const {
  auto& x = fates_[p];
  // CAF, which says how a process ended, does not tell `kill` from `killed`.
  return x.ended != never && (x.reason == reason || (x.reason == ":killed" && reason == ":kill"));
}

bool checker::traps_throughout(size_t p, size_t from, size_t to) const {
  auto i = traps_.find(p);
  auto traps = false;
  if (i != traps_.end())
    for (auto j : i->second) {
      if (j <= from)
        traps = at(j).ok;
      else if (j < to && !at(j).ok)
        return false;
    }
  return traps;
}

bool checker::saw_up_before(size_t p, size_t node, size_t i) const {
  auto all = node_events_.find({p, node});
  auto up = false;
  if (all != node_events_.end())
    for (auto j : all->second)
      if (j < i)
        up = at(j).what == act::got_node_up;
  return up;
}

bool checker::saw_down_between(size_t p, size_t node, size_t from, size_t to) const {
  auto all = node_events_.find({p, node});
  return all != node_events_.end() && std::ranges::any_of(all->second, [&](size_t j) {
           return j > from && j < to && at(j).what == act::got_node_down;
         });
}

bool checker::held_name(size_t p, const std::string& name, size_t from, size_t to) const {
  auto i = holders_.find({who(p).node, name});
  return i != holders_.end() && std::ranges::any_of(i->second, [&](auto& x) {
           return x.who == p && x.from < to && x.to > from;
         });
}

std::optional<size_t> checker::exit_sent(size_t from, size_t to, const std::string& reason) const {
  auto i = exits_between_.find({from, to});
  if (i != exits_between_.end())
    for (auto j : i->second)
      if (at(j).text == reason)
        return j;
  return std::nullopt;
}

// -- names --------------------------------------------------------------------------------------

/// One holder per name and node, one name per process.
void checker::names() {
  std::map<std::pair<pair, std::string>, size_t> by_name;
  std::map<size_t, std::string> by_process;
  auto forget = [&](size_t p) {
    if (auto i = by_process.find(p); i != by_process.end()) {
      by_name.erase({{who(p).node, who(p).life}, i->second});
      by_process.erase(i);
    }
  };
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    std::pair<pair, std::string> key{{who(x.who).node, who(x.who).life}, x.text};
    if (x.what == act::registered) {
      auto free = !by_name.contains(key) && !by_process.contains(x.who);
      if (free != x.ok)
        complain(i, x.ok ? "a name was given twice" : "a free name was refused");
      if (x.ok) {
        by_name[key] = x.who;
        by_process[x.who] = x.text;
      }
    } else if (x.what == act::unregistered) {
      if (x.ok != (by_name.contains(key) && by_name[key] == x.who))
        complain(i, "a name was not where it should be");
      forget(x.who);
    } else if (x.what == act::ended) {
      forget(x.who);
    }
  }
}

// -- messages -----------------------------------------------------------------------------------

/// MSG-09, M-15: what one process tells another keeps its order, its end comes last.
void checker::order(size_t i, std::map<pair, size_t>& last, size_t from, size_t position) {
  auto [j, first] = last.try_emplace({from, at(i).who}, position);
  if (first)
    return;
  if (position < j->second)
    complain(i, "out of order, behind " + to_string(at(j->second)));
  else if (at(i).what == act::got_message)
    check_gap(i, from, j->second, position);
  j->second = std::max(j->second, position);
}

/// MSG-11: a break loses the end of what was sent, never the middle.
void checker::check_gap(size_t i, size_t from, size_t last, size_t position) {
  auto p = at(i).who;
  auto before = at(last).what == act::sent && seen_.contains(at(last).number)
                  ? seen_.at(at(last).number)
                  : never;
  if (before == never || (!same_node(p, from) && !who(p).subscribed))
    return;
  auto events = node_events_.find({p, who(from).node});
  if (!same_node(p, from) && events != node_events_.end()
      && std::ranges::any_of(events->second, [&](size_t j) { return j > before && j < i; }))
    return;
  for (auto j : sends_between_[{from, p}])
    if (j > last && j < position && !seen_.contains(at(j).number))
      complain(i, "one before it was lost, " + to_string(at(j)));
}

void checker::messages() {
  std::set<uint64_t> got;
  std::map<pair, size_t> last;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::got_message) {
      auto j = sends_.find(x.number);
      if (j == sends_.end() || j->second > i) {
        complain(i, "never sent");
        continue;
      }
      auto& s = at(j->second);
      if (!got.insert(x.number).second)
        complain(i, "got twice");
      else if (s.other != 0 ? s.other != x.who
                            : s.node != who(x.who).node || !held_name(x.who, s.text, j->second, i))
        complain(i, "not for this process, " + to_string(s));
      else
        order(i, last, s.who, j->second);
    } else if ((x.what == act::got_exit || x.what == act::got_down) && x.other != 0) {
      auto direct = x.what == act::got_exit ? exit_sent(x.other, x.who, x.text) : std::nullopt;
      auto unique = x.text.starts_with("{:x,");
      if (direct && unique)
        order(i, last, x.other, *direct);
      else if (!direct && fates_[x.other].ended < i
               && (ended_with(x.other, x.text) || x.text == ":noproc"))
        order(i, last, x.other, fates_[x.other].ended);
    }
  }
}

/// Without trouble nothing is lost.
void checker::completeness() {
  for (auto& [number, i] : sends_) {
    auto& s = at(i);
    if (s.other != 0 && stays(s.other) && !seen_.contains(number)
        && !troubled_between(s.who, s.other, s.at, s.at + travel))
      complain(i, "lost without trouble");
  }
  for (auto& [ends, all] : exits_between_)
    for (auto i : all) {
      auto& s = at(i);
      if (!stays(s.other) || s.text == ":normal"
          || troubled_between(s.who, s.other, s.at, s.at + travel))
        continue;
      auto& related = relations_[std::minmax(s.who, s.other)].events;
      if (std::ranges::none_of(related, [&](size_t j) {
            return at(j).what == act::got_exit && at(j).who == s.other && at(j).text == s.text;
          }))
        complain(i, "exit signal without effect");
    }
}

// -- nodes --------------------------------------------------------------------------------------

/// NM-14 to NM-20: up and down in turn; nothing comes from a node that is down.
void checker::node_events() {
  std::map<pair, bool> up;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::got_node_up || x.what == act::got_node_down) {
      auto now = x.what == act::got_node_up;
      auto [j, first] = up.try_emplace({x.who, x.node}, now);
      if (!first && j->second == now)
        complain(i, "twice in turn");
      if (!now && !troubled(who(x.who).node, x.node, x.at, x.at))
        complain(i, "node down without trouble");
      j->second = now;
      continue;
    }
    auto from = x.what == act::got_message && sends_.contains(x.number) ? at(sends_[x.number]).who
                : (x.what == act::got_exit || x.what == act::got_down) && x.text != ":noconnection"
                  ? x.other
                  : 0;
    if (from == 0 || who(from).node == who(x.who).node)
      continue;
    auto j = up.find({x.who, who(from).node});
    if (j != up.end() && !j->second)
      complain(i, "from a node that is down");
  }
}

void checker::leaks() {
  for (auto& x : h_->left) {
    auto tell = [&](const char* what, size_t n) {
      if (n != 0)
        found.push_back("node " + std::to_string(x.node) + " leaks " + std::to_string(n) + " "
                        + what);
    };
    tell("links", x.links);
    tell("monitors", x.monitors);
    tell("spawns", x.spawns);
    tell("held signals", x.held);
    tell("handshakes", x.handshakes);
    tell("processes", x.processes);
    tell("proxies", x.proxies);
    tell("names", x.names);
  }
}

} // namespace troupe::test::chaos
