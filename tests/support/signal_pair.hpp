// The codecs of the two ends of a connection, and signals to send between them.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "fake_bridge.hpp"
#include "random_term.hpp"
#include "troupe/dist/signal_codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// The bytes of a frame.
inline result<std::string> encode(dist::signal_codec& by, const signal& x) {
  auto frame = by.encode(x);
  if (!frame)
    return frame.error();
  return frame->str();
}

struct signal_pair {
  using kind = signal::kind;

  fake_bridge bridge;
  dist::signal_codec a{ends_of_a, bridge};
  dist::signal_codec b{ends_of_b, bridge};

  const pid at_a{atom{"a@h"}, 11, 5};
  const pid at_b{atom{"b@h"}, 22, 300};
  const pid at_c{atom{"c@h"}, 33, 7};
  const reference of_a{atom{"a@h"}, 11, 9};

  // -- from a to b ------------------------------------------------------------------------------
  /// Returns the frame; the names that it brought up are numbered at both ends.
  std::string send(const signal& x) { return send(a, b, x); }
  signal arrive(const std::string& frame) { return arrive(b, frame); }
  signal cross(const signal& x) { return arrive(b, send(a, b, x)); }
  signal cross_back(const signal& x) { return arrive(a, send(b, a, x)); }

  // -- signals ----------------------------------------------------------------------------------
  signal make(kind type) const {
    signal x;
    x.type = type;
    x.from = at_a;
    x.to = at_b;
    return x;
  }
  signal message(caf::message content) const {
    auto x = make(kind::send);
    x.payload = std::move(content);
    return x;
  }
  signal down(term reason) const {
    auto x = make(kind::down);
    x.ref = of_a;
    x.value = std::move(reason);
    return x;
  }
  signal spawn(spawn_what what, bool link = false, bool monitor = false) const {
    auto x = make(kind::spawn);
    x.to = {};
    x.ref = of_a;
    x.spawn
      = std::make_unique<spawn_request>(spawn_request{std::move(what), at_a, link, monitor, {}});
    return x;
  }
  spawn_what native() const {
    spawn_what what;
    what.key = "key";
    what.same_build = true;
    what.arguments = term::tuple({7, "x"});
    return what;
  }
  spawn_what function() const {
    spawn_what what;
    what.type = spawn_what::form::function;
    what.module = atom{"io"};
    what.name = atom{"format"};
    what.arguments = term::list({"hi"});
    return what;
  }
  spawn_what closure() const {
    spawn_what what;
    what.type = spawn_what::form::closure;
    what.callable = fun{{}, {}, 0, at_a, 2, term::tuple({atom{"fn"}}), term::map({{atom{"x"}, 1}})};
    what.arguments = term::empty_list();
    return what;
  }

  /// One of each kind that travels; several where the layout has forms.
  std::vector<signal> all_signals() const {
    std::vector<signal> all;
    auto add = [&](signal x) -> signal& { return all.emplace_back(std::move(x)); };
    add(message(caf::make_message(1, "two"))).number = uint64_t{9} << 60 | 17;
    auto& named = add(message(caf::make_message(term{"hi"})));
    named.type = kind::send_name;
    named.name = atom{"logger"};
    named.to = {};
    add(make(kind::link));
    add(make(kind::unlink)).number = 4;
    add(make(kind::unlink_ack)).number = 4;
    add(make(kind::exit_linked)).value = atom{"normal"};
    add(make(kind::exit)).value = term::tuple({atom{"shutdown"}, 7});
    add(make(kind::monitor)).ref = of_a;
    auto& by_name = add(make(kind::monitor));
    by_name.to = {};
    by_name.name = atom{"logger"};
    by_name.ref = of_a;
    add(make(kind::demonitor)).ref = of_a;
    add(down(atom{"noproc"})).name = atom{"logger"};
    add(spawn(native(), true, false));
    add(spawn(function(), false, true));
    add(spawn(closure(), true, true));
    auto& reply = add(make(kind::spawn_reply));
    reply.from = {};
    reply.ref = {atom{"b@h"}, 22, 9};
    reply.value = at_a;
    add(make(kind::group_leader)).from = at_c;
    auto& nodes = add(make(kind::nodes));
    nodes.from = nodes.to = {};
    nodes.value = term::list({atom{"c@h"}, atom{"d@h"}});
    for (auto type : {kind::ping, kind::pong}) {
      auto& x = add(make(type));
      x.from = x.to = {};
      x.ref = type == kind::ping ? of_a : reference{atom{"b@h"}, 22, 9};
    }
    auto& aliased = add(message(caf::make_message(term{"hi"})));
    aliased.type = kind::send_alias;
    aliased.to = {};
    aliased.ref = {atom{"b@h"}, 22, 9};
    return all;
  }

private:
  static std::string send(dist::signal_codec& from, dist::signal_codec& to, const signal& x) {
    auto frame = encode(from, x);
    REQUIRE(frame);
    while (auto names = from.names())
      REQUIRE(to.decode(*names));
    return *frame;
  }

  static signal arrive(dist::signal_codec& at, const std::string& frame) {
    auto x = at.decode(frame);
    REQUIRE(x);
    REQUIRE(*x);
    return std::move(**x);
  }
};

} // namespace troupe::test
