#include "troupe/dist/node_monitor.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using dist::node_monitor;
using dist::nodedown_reason;
using options = node_monitor::options;
using notices = std::vector<node_monitor::notice>;

namespace {

const atom peer{"b@h"};
const pid ada{atom{"a@h"}, 11, 1};
const pid bob{atom{"a@h"}, 11, 2};
const atom up{"nodeup"};
const atom down{"nodedown"};
const options everything{options::nodes::all, options::form::map, true, true};

term pair(atom event) {
  return term::tuple({event, peer});
}

} // namespace

TEST_CASE("node_monitor: a subscriber gets a pair for every node that comes and goes") {
  node_monitor events;
  events.subscribe(ada, {});
  CHECK(events.node_up(peer, false) == notices{{ada, pair(up)}});
  CHECK(events.node_down(peer, false, errc::disconnected) == notices{{ada, pair(down)}});
  CHECK(events.node_up(peer, false) == notices{{ada, pair(up)}});
}

TEST_CASE("node_monitor: n subscriptions give n copies, and one call ends all of one kind") {
  node_monitor events;
  events.subscribe(ada, {});
  events.subscribe(ada, {});
  events.subscribe(ada, everything);
  events.subscribe(bob, {});
  CHECK(events.node_up(peer, false).size() == 4);
  events.unsubscribe(ada, {});
  CHECK(events.node_up(peer, false).size() == 2);
  events.unsubscribe(ada, {});
  events.unsubscribe(ada, everything);
  CHECK(events.node_up(peer, false) == notices{{bob, pair(up)}});
}

TEST_CASE("node_monitor: hidden nodes are only told to who asked for them") {
  node_monitor events;
  auto told = [&](options::nodes which, bool hidden) {
    events.subscribe(ada, {.which = which});
    auto n
      = events.node_up(peer, hidden).size() + events.node_down(peer, hidden, errc::none).size();
    events.unsubscribe(ada, {.which = which});
    return n == 2;
  };
  CHECK(told(options::nodes::visible, false));
  CHECK_FALSE(told(options::nodes::visible, true));
  CHECK_FALSE(told(options::nodes::hidden, false));
  CHECK(told(options::nodes::hidden, true));
  CHECK(told(options::nodes::all, false));
  CHECK(told(options::nodes::all, true));
}

TEST_CASE("node_monitor: with a list of options the message has a list of what they name") {
  node_monitor events;
  auto reason = term::tuple({atom{"nodedown_reason"}, atom{"connection_closed"}});
  auto type = term::tuple({atom{"node_type"}, atom{"visible"}});
  auto message = [](atom event, term info) { return term::tuple({event, peer, std::move(info)}); };
  SUBCASE("none") {
    events.subscribe(ada, {.shape = options::form::list});
    CHECK(events.node_up(peer, false).at(0).second == message(up, term::list({})));
  }
  SUBCASE("the reason, which only a nodedown has") {
    events.subscribe(ada, {.shape = options::form::list, .reason = true});
    CHECK(events.node_up(peer, false).at(0).second == message(up, term::list({})));
    CHECK(events.node_down(peer, false, errc::connection_closed).at(0).second
          == message(down, term::list({reason})));
  }
  SUBCASE("both") {
    events.subscribe(ada, {.shape = options::form::list, .node_type = true, .reason = true});
    CHECK(events.node_up(peer, false).at(0).second == message(up, term::list({type})));
    CHECK(events.node_down(peer, false, errc::connection_closed).at(0).second
          == message(down, term::list({reason, type})));
  }
}

TEST_CASE("node_monitor: with a map of options the message has a map") {
  node_monitor events;
  events.subscribe(ada, everything);
  auto type = term_pair{atom{"node_type"}, atom{"hidden"}};
  auto reason = term_pair{atom{"nodedown_reason"}, atom{"disconnect"}};
  CHECK(events.node_up(peer, true).at(0).second == term::tuple({up, peer, term::map({type})}));
  CHECK(events.node_down(peer, true, errc::disconnected).at(0).second
        == term::tuple({down, peer, term::map({type, reason})}));
}

TEST_CASE("node_monitor: the reasons of a nodedown have Erlang's words") {
  CHECK(nodedown_reason(errc::disconnected) == atom{"disconnect"});
  CHECK(nodedown_reason(errc::connection_closed) == atom{"connection_closed"});
  CHECK(nodedown_reason(errc::replaced) == atom{"connection_closed"});
  CHECK(nodedown_reason(errc::tick_timeout) == atom{"net_tick_timeout"});
  CHECK(nodedown_reason(errc::shutting_down) == atom{"net_kernel_terminated"});
  CHECK(nodedown_reason(errc::overload) == atom{"overload"}); // Erlang has none
}

TEST_CASE("node_monitor: a watcher is told once per call, and has to watch again") {
  node_monitor events;
  events.watch(ada, peer);
  events.watch(ada, peer);
  events.watch(bob, peer);
  events.watch(bob, atom{"c@h"});
  CHECK(events.take_watchers(peer)
        == notices{{ada, pair(down)}, {ada, pair(down)}, {bob, pair(down)}});
  CHECK(events.take_watchers(peer).empty());
  CHECK(events.take_watchers(atom{"c@h"}).size() == 1);
  CHECK(events.size() == 0);
}

TEST_CASE("node_monitor: unwatching takes one call back, and is harmless without one") {
  node_monitor events;
  events.unwatch(ada, peer);
  events.watch(ada, peer);
  events.watch(ada, peer);
  events.unwatch(ada, peer);
  CHECK(events.take_watchers(peer) == notices{{ada, pair(down)}});
  events.watch(ada, peer);
  events.unwatch(ada, peer);
  events.unwatch(ada, peer);
  CHECK(events.take_watchers(peer).empty());
}

TEST_CASE("node_monitor: watchers are not subscribers") {
  node_monitor events;
  events.watch(ada, peer);
  CHECK(events.node_up(peer, false).empty());
  CHECK(events.node_down(peer, false, errc::none).empty());
}

TEST_CASE("node_monitor: a process that ended is forgotten") {
  node_monitor events;
  for (auto& who : {ada, bob}) {
    events.subscribe(who, {});
    events.watch(who, peer);
  }
  events.prune([](const pid& x) { return x == ada; });
  CHECK(events.size() == 2);
  CHECK(events.node_up(peer, false) == notices{{bob, pair(up)}});
  CHECK(events.take_watchers(peer) == notices{{bob, pair(down)}});
}

TEST_CASE("node_monitor: the number of the connection is told to those who want it") { // NM-03
  node_monitor events;
  node_monitor::options opts;
  opts.connection_id = true;
  opts.reason = true;
  opts.shape = node_monitor::options::form::map;
  events.subscribe(ada, opts);
  term_pair id{atom{"connection_id"}, int64_t{7}};
  CHECK(events.node_up(peer, false, 7).at(0).second == term::tuple({up, peer, term::map({id})}));
  term_pair why{atom{"nodedown_reason"}, atom{"disconnect"}};
  CHECK(events.node_down(peer, false, errc::disconnected, 7).at(0).second
        == term::tuple({down, peer, term::map({id, why})}));
}
