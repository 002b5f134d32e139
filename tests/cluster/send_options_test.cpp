#include "troupe/send_options.hpp"

#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace troupe;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

TEST_CASE("send_options: noconnect sends only to connected nodes, and connects none (MSG-07)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto results = std::make_shared<std::vector<send_result>>();
    auto try_it = [&] {
      x.does([=, to = y.id()](process& self) {
        results->push_back(self.send_with({.noconnect = true}, to, term{1}));
        results->push_back(
          self.send_with({.noconnect = true}, atom{"nobody"}, cluster::atom_of("b"), term{2}));
        results->push_back(self.send_with({.noconnect = true}, self.self(), term{3}));
      });
      c.run();
    };
    try_it();
    using r = send_result;
    CHECK(*results == std::vector{r::noconnect, r::noconnect, r::ok});
    CHECK(c.nodes("a").empty());
    CHECK(y.mail().empty());
    CHECK(c.ping("a", "b"));
    results->clear();
    try_it();
    CHECK(*results == std::vector{r::ok, r::ok, r::ok});
    CHECK(y.mail() == texts{"1"});
    CHECK(c.disconnect("a", "b"));
    results->clear();
    try_it();
    CHECK(*results == std::vector{r::noconnect, r::noconnect, r::ok});
    CHECK(c.nodes("a").empty());
  }
}

TEST_CASE("send_options: nosuspend refuses when much waits for the connection, and not before") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    CHECK(c.ping("a", "b"));
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto results = std::make_shared<std::vector<send_result>>();
    x.does([=, to = y.id()](process& self) {
      results->push_back(self.send_with({.nosuspend = true}, to, term{1}));
      self.send(to, term{std::string(4 * limits::outbound_bytes_soft, 'x')});
      results->push_back(self.send_with({.nosuspend = true}, to, term{2}));
      results->push_back(self.send_with({.noconnect = true}, to, term{3})); // not asked to refuse
    });
    c.run();
    using r = send_result;
    CHECK(*results == std::vector{r::ok, r::nosuspend, r::ok});
    auto mail = y.terms();
    REQUIRE(mail.size() == 3);
    CHECK(mail[0] == term{1});
    CHECK(mail[2] == term{3});
  }
}

TEST_CASE("send_options: names are given, found and taken by processes") {
  cluster c{{"a", "b"}, 1};
  auto x = c.spawn("a", "x");
  auto y = c.spawn("a", "y");
  auto far = c.spawn("b", "far");
  x.does([other = y.id(), remote = far.id()](process& self) {
    CHECK(self.register_name(atom{"me"}));
    CHECK_FALSE(self.register_name(atom{"again"})); // one name each
    CHECK_FALSE(self.register_name(atom{"me"}, other));
    CHECK(self.register_name(atom{"you"}, other));
    CHECK_FALSE(self.register_name(atom{"far"}, remote)); // PID-05
    CHECK_FALSE(self.register_name(atom{"undefined"}, other));
    CHECK(self.whereis(atom{"me"}) == self.self());
    CHECK(self.whereis(atom{"you"}) == other);
    CHECK_FALSE(self.whereis(atom{"far"}));
    CHECK(self.registered().size() == 3); // and logger
    CHECK(self.unregister_name(atom{"me"}));
    CHECK_FALSE(self.unregister_name(atom{"me"}));
  });
  c.run();
  y.does([](process& self) { self.exit(atom{"normal"}); });
  c.run();
  auto found = std::make_shared<bool>(true);
  auto refused = std::make_shared<bool>(true);
  x.does([=, other = y.id()](process& self) {
    *found = self.whereis(atom{"you"}).has_value();
    *refused = !self.register_name(atom{"ghost"}, other);
  });
  c.run();
  CHECK_FALSE(*found);
  CHECK(*refused);
}

TEST_CASE("send_options: send_paced holds a sender when much waits for a dial") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto held = [&c] { return c.at("a").kernel()->snapshot().held_senders; };
    auto sends = [&](size_t times) {
      x.plays([=, to = y.id()](process& self) -> task<> {
        for (size_t i = 0; i < times; ++i) {
          auto sending = self.send_paced(to, term{int64_t{1}});
          co_await std::move(sending);
        }
      });
      c.run();
    };
    c.silence("a", "b");
    sends(limits::pending_signals_soft);
    CHECK(x.is_idle()); // sends return at once (CONN-08b)
    sends(2);
    CHECK_FALSE(x.is_idle());
    CHECK(held() == 1);
    // Nobody answers: the messages are lost. The sender goes on to the last one, which dials again.
    c.advance(limits::handshake_timeout + std::chrono::seconds{1});
    CHECK(x.is_idle());
    CHECK(held() == 0);
    c.heal("a", "b");
    sends(1);
    CHECK(x.is_idle());
    CHECK(y.mail().size() == 2);
  }
}
