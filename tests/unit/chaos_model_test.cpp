#include "support/chaos_model.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace troupe::test::chaos;

namespace {

/// Processes p and r on node 1, q on node 2, all at 0; and what then happens, a minute apart.
constexpr size_t p = 1, q = 2, r = 3;

history told(std::vector<event> more, bool end = true) {
  history h;
  h.processes.push_back({.node = 1, .life = 1, .subscribed = true});
  h.processes.push_back({.node = 2, .life = 1, .subscribed = true});
  h.processes.push_back({.node = 1, .life = 1});
  for (size_t n : {1, 2})
    h.events.push_back({.what = act::node_started, .node = n});
  for (auto x : {p, q, r}) {
    h.events.push_back({.what = act::began, .who = x});
    h.events.push_back({.what = act::trapped, .who = x, .ok = true});
  }
  time_point t{};
  if (end)
    more.push_back({.what = act::observation_end});
  for (auto& x : more) {
    x.at += t += 1min;
    h.events.push_back(x);
  }
  return h;
}

/// The only complaint about a history, without the event behind it; all of them when there are
/// several.
std::string about_history(const history& h) {
  std::string result;
  for (auto& x : complaints(h))
    result += (result.empty() ? "" : "\n") + x.substr(0, x.find(": "));
  return result;
}

std::string about(std::vector<event> more) {
  return about_history(told(std::move(more)));
}

event sent(size_t from, size_t to, uint64_t n) {
  return {.what = act::sent, .who = from, .other = to, .number = n};
}
event got(size_t who, uint64_t n) {
  return {.what = act::got_message, .who = who, .number = n};
}
event of(act what, size_t who, size_t other, std::string text = {}, bool ok = false) {
  return {.what = what, .who = who, .other = other, .text = std::move(text), .ok = ok};
}
event ended(size_t who, std::string why) {
  return of(act::ended, who, 0, std::move(why));
}
event exits(size_t who, std::string why) {
  return of(act::exits, who, 0, std::move(why));
}
event watched(size_t who, size_t other, uint64_t n) {
  return {.what = act::monitored, .who = who, .other = other, .number = n};
}
event down(size_t who, size_t other, uint64_t n, std::string why) {
  return {.what = act::got_down, .who = who, .other = other, .number = n, .text = std::move(why)};
}
event node(act what, size_t n, size_t who = 0) {
  return {.what = what, .who = who, .node = n};
}
event trouble(bool begins) {
  return {.what = begins ? act::trouble_begins : act::trouble_ends, .node = 1, .peer = 2};
}
event asked(uint64_t n) {
  return {.what = act::asked_spawn, .who = p, .other = q, .node = 2, .number = n, .ok = true};
}
event answer(uint64_t n, bool ok) {
  return {.what = act::got_spawn,
          .who = p,
          .other = ok ? q : 0,
          .number = n,
          .text = ok ? "" : ":noconnection",
          .ok = ok};
}

} // namespace

TEST_CASE("chaos_model: what Erlang could show is not complained of") {
  CHECK(about({}) == "");
  CHECK(about({sent(p, q, 1), sent(p, q, 2), got(q, 1), got(q, 2)}) == "");
  CHECK(about({watched(p, q, 7), of(act::linked, q, p), sent(q, p, 1), exits(q, ":x"),
               ended(q, ":x"), got(p, 1), of(act::got_exit, p, q, ":x"), down(p, q, 7, ":x")})
        == "");
  CHECK(
    about({watched(p, q, 7), of(act::linked, p, q), trouble(true), down(p, q, 7, ":noconnection"),
           of(act::got_exit, p, q, ":noconnection"), trouble(false), sent(q, p, 1), got(p, 1)})
    == "");
  CHECK(about({asked(7), answer(7, true), sent(q, p, 1), got(p, 1)}) == "");
  CHECK(about({of(act::exit_sent, p, q, ":kill"), ended(q, ":killed")}) == "");
}

TEST_CASE("chaos_model: messages come once, in order, to whom they were sent") {
  CHECK(about({got(q, 9)}) == "never sent");
  CHECK(about({sent(p, q, 1), got(q, 1), got(q, 1)}) == "got twice");
  CHECK(about({sent(p, q, 1), got(r, 1)}) == "not for this process, 60000000us sent p1 -> p2 #1");
  CHECK(about({sent(p, q, 1), sent(p, q, 2), got(q, 2), got(q, 1)})
          .starts_with("one before it"
                       " was lost")
        == false);
  CHECK(about({sent(p, q, 1), sent(p, q, 2), got(q, 2), got(q, 1)}).starts_with("out of order"));
  CHECK(about({sent(p, q, 1)}) == "lost without trouble");
  CHECK(about({trouble(true), sent(p, q, 1)}) == "");
  CHECK(about({trouble(true), sent(p, q, 1), sent(p, q, 2), sent(p, q, 3), got(q, 1), got(q, 3)})
          .starts_with("one before it was lost"));
}

TEST_CASE("chaos_model: a signal of a process does not overtake its messages") {
  auto end = std::vector<event>{sent(q, p, 1), watched(p, q, 7), exits(q, ":x"), ended(q, ":x")};
  auto late = end;
  late.push_back(down(p, q, 7, ":x"));
  late.push_back(got(p, 1));
  CHECK(about(late).starts_with("out of order"));
  CHECK(about({sent(q, p, 1), of(act::exit_sent, q, p, "{:x, 5}"),
               of(act::got_exit, p, q, "{:x, 5}"), got(p, 1)})
          .starts_with("out of order"));
}

TEST_CASE("chaos_model: a monitor fires once, with the reason that it must have") {
  auto asks = watched(p, q, 7);
  auto dies = exits(q, ":x");
  auto dead = ended(q, ":x");
  CHECK(about({asks, dies, dead}) == "monitor never fired");
  CHECK(about({asks, dies, dead, down(p, q, 7, ":x"), down(p, q, 7, ":x")}) == "DOWN came twice");
  CHECK(about({asks, dies, dead, down(r, q, 7, ":x")}).starts_with("DOWN of no monitor"));
  CHECK(about({asks, dies, dead, down(p, r, 7, ":x")}).starts_with("DOWN of another object"));
  auto demonitored = event{.what = act::demonitored, .who = p, .number = 7, .ok = true};
  CHECK(about({asks, demonitored, dies, dead}) == "");
  CHECK(about({asks, demonitored, dies, dead, down(p, q, 7, ":x")}) == "DOWN after demonitor");
  demonitored.ok = false;
  CHECK(about({asks, demonitored}) == "a monitor was lost");
  auto reason = [&](std::vector<event> before, std::string why) {
    before.push_back(down(p, q, 7, std::move(why)));
    auto all = complaints(told(before));
    return all.empty() ? "" : all.front().substr(6, all.front().find(": ", 6) - 6);
  };
  CHECK(reason({asks, dies, dead}, ":y") == "not its reason, :x");
  CHECK(reason({asks, dies, dead}, ":noconnection") == "no connection without trouble");
  CHECK(reason({asks, dies, dead}, ":noproc") == "noproc, although it was asked for in time");
  CHECK(reason({dies, dead, asks}, ":x") == "had ended before, must be noproc");
  CHECK(reason({dies, dead, asks}, ":noproc") == "");
  CHECK(reason({asks}, ":noproc") == "noproc of a process that lives");
  CHECK(reason({asks}, ":x") == "of a process that lives");
  CHECK(reason({asks, node(act::node_ended, 2)}, ":noproc") == "noproc of a node that is down");
}

TEST_CASE("chaos_model: a link fires once at each end, and not after it was taken back") {
  auto links = of(act::linked, p, q);
  auto told_of = [](size_t x, size_t y) { return of(act::got_exit, x, y, ":x"); };
  auto dies = exits(q, ":x");
  auto dead = ended(q, ":x");
  CHECK(about({links, dies, dead, told_of(p, q)}) == "");
  CHECK(about({links, dies, dead}) == "link never fired");
  CHECK(about({of(act::linked, q, p), dies, dead}) == "link never fired");
  CHECK(about({links, dies, dead, told_of(p, q), told_of(p, q)}) == "EXIT of no link");
  CHECK(about({links, links, dies, dead, told_of(p, q), told_of(p, q)}) == "EXIT of no link");
  CHECK(about({links, of(act::unlinked, p, q), dies, dead}) == "");
  CHECK(about({links, of(act::unlinked, p, q), dies, dead, told_of(p, q)}) == "EXIT of no link");
  CHECK(about({of(act::linked, q, p), of(act::unlinked, p, q), of(act::linked, q, p), dies, dead,
               told_of(p, q)})
        == "");
  CHECK(about({dies, dead, told_of(p, q)}) == "EXIT of no link");
  CHECK(about({links, of(act::got_exit, p, q, ":noconnection")}) == "EXIT");
  CHECK(about({of(act::linked, p, r), trouble(true), of(act::got_exit, p, r, ":noconnection")})
        == "EXIT");
}

TEST_CASE("chaos_model: nodes come and go in turn, and are silent while they are away") {
  auto up = node(act::got_node_up, 2, p);
  auto gone = node(act::got_node_down, 2, p);
  CHECK(about({up, trouble(true), gone, up}) == "");
  CHECK(about({up, up}) == "twice in turn");
  CHECK(about({up, trouble(true), gone, gone}) == "twice in turn");
  CHECK(about({up, gone}) == "node down without trouble");
  CHECK(about({up, trouble(true), sent(q, p, 1), gone, got(p, 1)}) == "from a node that is down");
  CHECK(about({up, watched(p, q, 7), trouble(true), gone, down(p, q, 7, ":noconnection")})
        == "DOWN after the node's down (NM-13)");
}

TEST_CASE("chaos_model: a spawn is answered once, before anything from the child") {
  CHECK(about({asked(7)}) == "spawn was never answered");
  CHECK(about({asked(7), answer(7, true), answer(7, true)}) == "answered twice");
  CHECK(about({answer(7, true)}) == "nobody asked for this spawn");
  CHECK(about({asked(7), answer(7, false)}) == "spawn failed without trouble");
  CHECK(about({asked(7), sent(q, p, 1), got(p, 1), answer(7, true)})
        == "the child was heard before the answer");
  CHECK(about({asked(7), watched(p, q, 7), trouble(true), answer(7, false),
               down(p, q, 7, ":noconnection")})
        == "DOWN of a spawn that failed");
}

TEST_CASE("chaos_model: whoever ends has a cause, and an exit signal has an effect") {
  CHECK(about({ended(q, ":x")}) == "ended without a cause");
  CHECK(about({of(act::exit_sent, p, q, ":x"), ended(q, ":x")}) == "ended without a cause");
  CHECK(about({of(act::trapped, q, 0), of(act::exit_sent, p, q, ":x"), ended(q, ":x")}) == "");
  CHECK(about({of(act::exit_sent, p, q, ":x")}) == "exit signal without effect");
  CHECK(about({of(act::exit_sent, p, q, ":kill")}) == "exit signal without effect");
  CHECK(about({of(act::exit_sent, p, q, ":normal")}) == "");
}

TEST_CASE("chaos_model: a name has one holder, and nothing is left at the end") {
  auto named = [](size_t who, bool ok) { return of(act::registered, who, 0, ":x", ok); };
  CHECK(about({named(p, true), named(r, false), named(q, true)}) == "");
  CHECK(about({named(p, true), named(r, true)}) == "a name was given twice");
  CHECK(about({named(p, false)}) == "a free name was refused");
  CHECK(about({of(act::unregistered, p, 0, ":x", true)}) == "a name was not where it should be");
  auto h = told({});
  h.left.push_back({.node = 1, .links = 2});
  CHECK(about_history(h) == "node 1 leaks 2 links");
}

TEST_CASE("chaos_model: an unlink before the answer to a spawn request is of no link") {
  auto links = of(act::linked, p, q, {}, true);
  auto takes_back = of(act::unlinked, p, q);
  auto dies = exits(q, ":x");
  auto dead = ended(q, ":x");
  auto told_of = of(act::got_exit, p, q, ":x");
  CHECK(about({asked(7), links, takes_back, answer(7, true), dies, dead, told_of}) == "");
  CHECK(about({asked(7), links, takes_back, answer(7, true), dies, dead}) == "link never fired");
  CHECK(about({asked(7), links, answer(7, true), takes_back, dies, dead}) == "");
  CHECK(about({asked(7), links, answer(7, true), takes_back, dies, dead, told_of})
        == "EXIT of no link");
}

TEST_CASE("chaos_model: who observes a handle is told of the end once, and of no other") {
  event observes{.what = act::observed, .who = p, .other = q, .number = 7};
  event told_of{.what = act::got_end, .who = p, .other = q, .number = 7};
  auto dies = exits(q, ":x");
  auto dead = ended(q, ":x");
  CHECK(about({observes, dies, dead, told_of}) == "");
  CHECK(about({observes, dies, dead}) == "end was never told");
  CHECK(about({observes, dies, dead, told_of, told_of}) == "end told twice");
  CHECK(about({observes, told_of}) == "end of a process that lives");
  CHECK(about({observes, trouble(true), told_of}) == "");
  CHECK(about({dies, dead, told_of}) == "end of what nobody observes");
}

TEST_CASE("chaos_model: who watches a node is told once for each time that it asked") {
  event watches{.what = act::watched_node, .who = p, .node = 2, .ok = true};
  event gives_up{.what = act::watched_node, .who = p, .node = 2};
  auto lost = node(act::got_node_lost, 2, p);
  auto ends = node(act::node_ended, 2);
  CHECK(about({watches, watches, trouble(true), lost, lost}) == "");
  CHECK(about({watches, trouble(true), ends, lost}) == "");
  CHECK(about({watches, trouble(true), lost, lost}) == "node lost that nobody watches");
  CHECK(about({watches, lost}) == "node lost without trouble");
  CHECK(about({watches, trouble(true), ends}) == "the loss of a node was never told");
  CHECK(about({gives_up, watches, trouble(true), ends}) == "the loss of a node was never told");
  CHECK(about({watches, gives_up, trouble(true), ends}) == "");
}
