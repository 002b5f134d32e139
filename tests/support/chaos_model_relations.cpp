// The rules of links, monitors, spawns and ends.

#include "support/chaos_checker.hpp"

#include <algorithm>
#include <set>

namespace troupe::test::chaos {

// -- reasons ------------------------------------------------------------------------------------

/// Whether what `p` was told at `seen` of the end of `q` may be, when it asked at `op` (M-01 to
/// M-06, L-01 to L-05, PID-04b).
std::optional<std::string> checker::wrong_reason(size_t p, size_t q, size_t op, size_t seen) const {
  auto& reason = at(seen).text;
  auto& f = fates_[q];
  auto ended = f.ended < seen;
  if (ended && f.ended > op && ended_with(q, reason))
    return std::nullopt;
  if (reason == ":noconnection") {
    if (same_node(p, q))
      return "no connection within a node";
    return troubled_between(p, q, at(op).at, at(seen).at)
             ? std::nullopt
             : std::optional<std::string>{"no connection without trouble"};
  }
  auto unseen = f.began == never && !who(q).dummy; // It may have ended before it ran.
  if (reason == ":noproc") {
    if (!ended && node_ended(q) < seen) {
      auto next = lives_started_.find({who(q).node, who(q).life + 1});
      return next != lives_started_.end() && next->second < seen
               ? std::nullopt
               : std::optional<std::string>{"noproc of a node that is down"};
    }
    if (!ended && !unseen)
      return "noproc of a process that lives";
    if (ended && f.ended > op && at(f.ended).at - at(op).at > travel
        && !troubled_between(p, q, at(op).at, at(f.ended).at))
      return "noproc, although it was asked for in time";
    return std::nullopt;
  }
  if (unseen)
    return std::nullopt;
  if (ended && ended_with(q, reason))
    return "had ended before, must be noproc";
  return ended ? "not its reason, " + f.reason : std::string{"of a process that lives"};
}

std::optional<std::string> checker::wrong_reason_of_name(const watch& w, size_t seen) const {
  auto& reason = at(seen).text;
  auto own = who(w.who).node == w.node;
  if (reason == ":noproc")
    return std::nullopt;
  if (reason == ":noconnection" && !own
      && troubled(who(w.who).node, w.node, at(w.at).at, at(seen).at))
    return std::nullopt;
  auto i = holders_.find({w.node, w.name});
  if (i != holders_.end())
    for (auto& x : i->second)
      if (x.from < seen && x.to > w.at && fates_[x.who].ended < seen && ended_with(x.who, reason))
        return std::nullopt;
  return "of no process that had the name";
}

bool checker::someone_keeps_name(size_t node, const std::string& name, size_t from) const {
  auto i = holders_.find({node, name});
  return i != holders_.end() && std::ranges::any_of(i->second, [&](auto& x) {
           return x.to > from && gone(x.who) == never;
         });
}

// -- spawns -------------------------------------------------------------------------------------

/// SP-07, SP-08: each request is answered once, and before anything from the new process.
void checker::spawns() {
  std::map<uint64_t, size_t> asked;
  std::map<uint64_t, size_t> answered;
  std::map<size_t, uint64_t> children;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::asked_spawn && x.ok) {
      asked[x.number] = i;
      children[x.other] = x.number;
    } else if (x.what == act::got_spawn) {
      auto j = asked.find(x.number);
      if (j == asked.end() || at(j->second).who != x.who)
        complain(i, "nobody asked for this spawn");
      else if (!answered.emplace(x.number, i).second)
        complain(i, "answered twice");
      else if (!x.ok
               && (x.text != ":noconnection"
                   || !troubled(who(x.who).node, at(j->second).node, at(j->second).at, x.at)))
        complain(i, "spawn failed without trouble");
    } else if (x.what == act::got_message && sends_.contains(x.number)) {
      auto j = children.find(at(sends_[x.number]).who);
      if (j != children.end() && at(asked[j->second]).who == x.who && !answered.contains(j->second))
        complain(i, "the child was heard before the answer");
    }
  }
  for (auto& [number, i] : asked)
    if (stays(at(i).who) && !answered.contains(number))
      complain(i, "spawn was never answered");
}

// -- monitors -----------------------------------------------------------------------------------

void checker::fire(size_t i, std::map<uint64_t, watch>& watches) {
  auto& x = at(i);
  auto j = watches.find(x.number);
  if (j == watches.end() || j->second.who != x.who)
    return complain(i, "DOWN of no monitor");
  auto& w = j->second;
  if (w.fired != never)
    return complain(i, "DOWN came twice");
  w.fired = i;
  if (w.given_up != never)
    return complain(i, "DOWN after demonitor");
  if (w.refused)
    return complain(i, "DOWN of a spawn that failed");
  if (x.other != w.other || (w.other == 0 && (x.text2 != w.name || x.node != w.node)))
    return complain(i, "DOWN of another object");
  auto wrong = w.other != 0 ? wrong_reason(w.who, w.other, w.at, i) : wrong_reason_of_name(w, i);
  if (wrong)
    complain(i, "DOWN: " + *wrong);
  auto node = w.other != 0 ? who(w.other).node : w.node;
  if (x.text == ":noconnection" && who(x.who).subscribed && saw_up_before(x.who, node, w.at)
      && saw_down_between(x.who, node, w.at, i))
    complain(i, "DOWN after the node's down (NM-13)");
}

/// M-01, M-06, M-09: whoever is over has been told.
void checker::check_unfired(const watch& w) {
  if (w.fired != never || w.given_up != never || w.refused || !stays(w.who))
    return;
  if (w.other == 0) {
    if (!someone_keeps_name(w.node, w.name, w.at))
      complain(w.at, "monitor by name never fired");
    return;
  }
  if (who(w.other).life == 0 || w.other == w.who)
    return;
  if (gone(w.other) != never)
    complain(w.at, "monitor never fired");
}

void checker::monitors() {
  std::map<uint64_t, watch> watches;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::monitored) {
      watch w;
      w.at = i;
      w.who = x.who;
      w.other = x.other;
      w.node = x.node;
      w.name = x.text;
      w.by_spawn = x.ok;
      watches[x.number] = w;
    } else if (x.what == act::got_spawn && !x.ok) {
      if (auto j = watches.find(x.number); j != watches.end())
        j->second.refused = true;
    } else if (x.what == act::demonitored) {
      auto j = watches.find(x.number);
      if (j == watches.end())
        continue;
      if (x.ok == (j->second.fired != never))
        complain(i, x.ok ? "a monitor that fired is still there" : "a monitor was lost");
      if (x.ok)
        j->second.given_up = i;
    } else if (x.what == act::got_down) {
      fire(i, watches);
    }
  }
  for (auto& [number, w] : watches)
    check_unfired(w);
}

// -- links --------------------------------------------------------------------------------------

/// What `p` saw of its links with `q`: no more exits than links (L-07, L-08), each for a reason.
void checker::check_link(size_t p, size_t q, const relation& r) {
  size_t credit = 0, normals = 0, first = never, latest = never;
  auto mine = false, theirs = false;
  std::vector<time_point> from_other;
  for (auto i : r.events) {
    auto& x = at(i);
    auto by_p = x.who == p;
    switch (x.what) {
      case act::exit_sent: normals += !by_p && x.text == ":normal"; break;
      case act::linked: {
        auto& open = by_p ? mine : theirs;
        credit += !open;
        open = true;
        first = std::min(first, i);
        latest = i;
        if (!by_p)
          from_other.push_back(x.at);
        break;
      }
      case act::unlinked:
        if (before_its_link(i))
          break;
        mine = theirs = false; // at both ends, as soon as it has arrived
        if (!by_p)
          break;
        // A link that the other end made may still be on its way.
        credit = static_cast<size_t>(
          std::ranges::count_if(from_other, [&](auto t) { return t + aftermath >= x.at; }));
        break;
      case act::got_exit: {
        if (!by_p) {
          theirs = false;
          break;
        }
        if (auto direct = exit_sent(q, p, x.text); direct && *direct < i) {
          if (x.text != ":normal")
            break;
          if (normals > 0) {
            --normals;
            break;
          }
        }
        mine = false;
        if (credit == 0)
          complain(i, "EXIT of no link");
        else if (--credit, true)
          if (auto wrong = wrong_reason(p, q, x.text == ":noproc" ? latest : first, i); wrong)
            complain(i, "EXIT: " + *wrong);
        break;
      }
      default: break;
    }
  }
}

/// When `p` made a link that nobody took back, it hears of the end of `q`; when `q` made it and
/// there was no trouble, too (L-01, L-05).
void checker::check_broken_link(size_t p, size_t q, const relation& r) {
  if (!stays(p) || gone(q) == never || who(q).life == 0)
    return;
  size_t link = never, told = never;
  for (auto i : r.events) {
    auto& x = at(i);
    auto sure
      = x.who == p || !troubled_between(p, q, x.at, at(std::min(gone(q), finish_)).at + travel);
    if (x.what == act::linked && sure)
      link = i;
    else if (x.what == act::unlinked && !before_its_link(i))
      link = never;
    else if (x.what == act::got_exit && x.who == p)
      told = i;
  }
  if (link == never || (told != never && told > link))
    return;
  for (auto i : r.events) // An unlink of the other end may have been on its way.
    if (at(i).what == act::unlinked && i < link && at(i).who != at(link).who
        && at(i).at + aftermath >= at(link).at)
      return;
  // Whoever does not trap does not see a normal end; whoever noticed trouble before was told then.
  if (ended_with(q, ":normal") && !traps_throughout(p, link, finish_))
    return;
  complain(link, "link never fired");
}

void checker::links() {
  for (auto& [ends, r] : relations_) {
    auto [p, q] = ends;
    if (p == q)
      continue;
    check_link(p, q, r);
    check_link(q, p, r);
    check_broken_link(p, q, r);
    check_broken_link(q, p, r);
  }
}

// -- ends ---------------------------------------------------------------------------------------

/// L-01 to L-16: an exit of its own, an exit signal, or a link.
bool checker::has_cause(size_t p) const {
  auto& f = fates_[p];
  if (who(p).dummy)
    return troubled(who(p).node, who(p).node_wanted, at(f.ended).at, at(f.ended).at);
  for (auto& [ends, r] : relations_) {
    if (ends.first != p && ends.second != p)
      continue;
    auto q = ends.first == p ? ends.second : ends.first;
    auto linked = false;
    for (auto i : r.events) {
      if (i > f.ended)
        break;
      auto& x = at(i);
      linked = linked || x.what == act::linked;
      if (x.what != act::exit_sent || x.other != p)
        continue;
      if (x.text == ":kill" && f.reason == ":killed")
        return true;
      if (x.text == f.reason && x.text != ":kill" && (x.text != ":normal" || q == p)
          && !traps_throughout(p, i, f.ended))
        return true;
    }
    if (!linked || f.reason == ":normal")
      continue;
    if (f.reason == ":noconnection" && !same_node(p, q)
        && troubled_between(p, q, at(f.ended).at, at(f.ended).at))
      return true;
    if (f.reason == ":noproc" && (gone(q) < f.ended || fates_[q].began == never))
      return true;
    if (fates_[q].ended < f.ended && fates_[q].reason == f.reason)
      return true;
    if (fates_[q].began == never) // It may have ended before it ran.
      return true;
  }
  return false;
}

void checker::deaths() {
  std::set<size_t> own;
  for (size_t i = 0; i < h_->events.size(); ++i) {
    auto& x = at(i);
    if (x.what == act::exits && fates_[x.who].ended != never && fates_[x.who].ended > i
        && (x.text == fates_[x.who].reason
            || (x.text == ":kill" && fates_[x.who].reason == ":killed")))
      own.insert(x.who);
  }
  for (size_t p = 1; p < fates_.size(); ++p)
    if (fates_[p].ended != never && !own.contains(p) && !has_cause(p))
      complain(fates_[p].ended, "ended without a cause");
}

} // namespace troupe::test::chaos
