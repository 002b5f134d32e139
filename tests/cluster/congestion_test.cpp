// Senders that wait while their connection is busy. What `a` sends stays in `a` while the direction
// to the other node is mute, as if that one did not read.

#include "troupe/dist/congestion.hpp"

#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;
#if defined(__SANITIZE_THREAD__)
constexpr uint64_t seeds_of_many = 5; // each moves 200 MiB, which takes seconds then
#else
constexpr uint64_t seeds_of_many = seeds;
#endif
constexpr size_t plenty = 2 * limits::outbound_bytes_soft;

namespace {

void sends(const puppet& from, const puppet& to, const term& x) {
  from.plays([to = to.id(), x](process& self) -> task<> {
    auto sending = self.send_paced(to, x);
    co_await std::move(sending);
  });
}

void sends(const puppet& from, const puppet& to, size_t bytes) {
  sends(from, to, term{std::string(bytes, 'x')});
}

size_t held(cluster& c, const std::string& name = "a") {
  return c.at(name).kernel()->snapshot().held_senders;
}

/// Nodes a and b are connected, and what a sends to b does not arrive.
void stall(cluster& c) {
  CHECK(c.ping("a", "b"));
  c.run();
  c.network().mute("a", "b");
}

} // namespace

TEST_CASE("congestion: a sender is held until what it sent has drained, in order (MSG-15)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto late = c.spawn("a", "late");
    auto y = c.spawn("b", "y");
    stall(c);
    sends(x, y, limits::outbound_bytes_soft / 2);
    c.run();
    CHECK(x.is_idle()); // not above the limit
    sends(x, y, plenty);
    sends(x, y, term{1});
    c.run();
    CHECK_FALSE(x.is_idle());
    CHECK(held(c) == 1);
    sends(late, y, term{2}); // little, but the connection is busy
    c.run();
    CHECK_FALSE(late.is_idle());
    CHECK(held(c) == 2);
    CHECK(y.terms().empty());
    c.heal("a", "b");
    c.run();
    CHECK(x.is_idle());
    CHECK(late.is_idle());
    CHECK(held(c) == 0);
    auto mail = y.terms();
    std::erase(mail, term{2});
    REQUIRE(mail.size() == 3);
    CHECK(mail[2] == term{1});
  }
}

TEST_CASE("congestion: the loss of the connection frees senders, however it comes (MSG-24)") {
  const std::vector<std::function<void(cluster&)>> losses{
    [](cluster& c) { c.cut("a", "b"); },
    [](cluster& c) { c.cut("a", "b", cluster::ending::reset); },
    [](cluster& c) { CHECK(c.disconnect("a", "b")); },
    [](cluster& c) { c.kill("b", cluster::ending::reset); },
    [](cluster& c) { // neither hears the other any more
      c.silence("a", "b");
      c.advance(90s);
    },
  };
  for (size_t i = 0; i < losses.size(); ++i)
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      CAPTURE(i);
      CAPTURE(seed);
      cluster c{{"a", "b"}, seed};
      auto y = c.spawn("b", "y");
      std::vector<puppet> all;
      for (int n = 0; n < 5; ++n)
        all.push_back(c.spawn("a", "x" + std::to_string(n)));
      stall(c);
      for (auto& x : all)
        sends(x, y, plenty);
      c.run();
      CHECK(held(c) == all.size());
      losses[i](c);
      c.run();
      for (auto& x : all)
        CHECK(x.is_idle());
      CHECK(held(c) == 0);
      CHECK(c.nodes("a").empty());
    }
}

TEST_CASE("congestion: a new connection to a node is not busy") {
  cluster c{{"a", "b"}, 7};
  auto x = c.spawn("a", "x");
  auto y = c.spawn("b", "y");
  stall(c);
  sends(x, y, plenty);
  c.run();
  c.cut("a", "b", cluster::ending::reset);
  c.run();
  c.heal("a", "b");
  CHECK(c.ping("a", "b"));
  c.network().mute("a", "b");
  sends(x, y, term{1});
  c.run();
  CHECK(x.is_idle());
}

TEST_CASE("congestion: other connections and local sends flow (MSG-23)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    auto x = c.spawn("a", "x");
    auto free = c.spawn("a", "free");
    auto y = c.spawn("b", "y");
    auto z = c.spawn("c", "z");
    auto here = c.spawn("a", "here");
    CHECK(c.ping("a", "c"));
    stall(c);
    sends(x, y, plenty);
    c.run();
    sends(free, z, plenty);
    sends(free, z, term{1});
    sends(free, here, plenty);
    sends(free, here, term{2});
    c.run();
    CHECK_FALSE(x.is_idle());
    CHECK(free.is_idle());
    CHECK(z.terms().size() == 2);
    CHECK(here.terms().size() == 2);
    sends(y, here, term{3}); // the other direction
    c.run();
    CHECK(y.is_idle());
    CHECK(here.mail() == texts{"3"});
  }
}

TEST_CASE("congestion: links, monitors and exits wait for nothing and keep their order") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto quick = c.spawn("a", "quick");
    auto y = c.spawn("b", "y");
    stall(c);
    sends(x, y, plenty);
    c.run();
    CHECK_FALSE(x.is_idle());
    quick.does([to = y.id()](process& self) {
      self.send(to, term{1}); // `send` is never held
      self.link(to);
      self.exit(to, atom{"hint"});
      self.send(to, term{2});
      self.exit(atom{"bye"});
    });
    c.run();
    CHECK_FALSE(quick.is_alive());
    y.does([to = x.id()](process& self) { self.exit(to, atom{"hello"}); });
    c.run();
    CHECK_FALSE(x.is_idle()); // it traps exits and is held on
    c.heal("a", "b");
    c.run();
    CHECK(x.is_idle());
    CHECK(x.mail() == texts{"{:EXIT, :y, :hello}"});
    auto mail = y.terms();
    std::erase_if(mail, [](auto& m) { return m.is(term::kind::binary); });
    std::vector<std::string> seen;
    for (auto& m : mail)
      seen.push_back(c.text_of(m));
    CHECK(seen == texts{"1", "{:EXIT, :quick, :hint}", "2", "{:EXIT, :quick, :bye}"});
  }
}

TEST_CASE("congestion: a process that ends while it is held leaves nothing behind") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto y = c.spawn("b", "y");
    stall(c);
    for (int n = 0; n < 20; ++n) {
      auto x = c.spawn("a", "x" + std::to_string(n), false);
      sends(x, y, n == 0 ? plenty : 1);
      c.run();
      CHECK(held(c) == 1);
      y.does([to = x.id(), n](process& self) { self.exit(to, atom{n % 2 ? "kill" : "over"}); });
      c.run();
      CHECK_FALSE(x.is_alive());
      CHECK(held(c) == 0);
    }
    c.heal("a", "b");
    c.run();
    CHECK(y.terms().size() == 20); // all was sent before it was held
  }
}

TEST_CASE("congestion: many held senders go on together, and are held again") {
  for (uint64_t seed = 0; seed < seeds_of_many; ++seed) {
    CAPTURE(seed);
    constexpr size_t many = 40;
    constexpr int rounds = 5;
    cluster c{{"a", "b"}, seed};
    auto y = c.spawn("b", "y");
    auto went_on = std::make_shared<size_t>(0);
    std::vector<puppet> all;
    stall(c);
    for (size_t n = 0; n < many; ++n) {
      all.push_back(c.spawn("a", "x" + std::to_string(n)));
      all.back().plays([to = y.id(), went_on](process& self) -> task<> {
        for (int i = 0; i < rounds; ++i) {
          auto sending = self.send_paced(to, term{std::string(limits::outbound_bytes_soft, 'x')});
          co_await std::move(sending);
          ++*went_on;
        }
      });
    }
    c.run();
    CHECK(held(c) == many);
    CHECK(*went_on <= 1); // one message alone is not above the limit
    c.heal("a", "b");
    CHECK(c.run_until([&] { return *went_on >= many + 1; }));
    c.network().mute("a", "b"); // all are under way; nobody gets further than one message
    c.run();
    auto before = *went_on;
    CHECK(held(c) > 0);
    c.advance(20s);
    CHECK(*went_on == before);
    c.heal("a", "b");
    c.run();
    CHECK(*went_on == rounds * many);
    CHECK(held(c) == 0);
    CHECK(y.terms().size() == rounds * many);
  }
}

TEST_CASE("congestion: a held process is suspended to those who ask") {
  cluster c{{"a", "b"}, 3};
  auto x = c.spawn("a", "x");
  auto asker = c.spawn("a", "asker");
  auto y = c.spawn("b", "y");
  auto seen = std::make_shared<std::vector<atom>>();
  auto ask = [&] {
    asker.plays([who = x.id(), seen](process& self) -> task<> {
      auto asking = self.info(who);
      auto info = co_await std::move(asking);
      seen->push_back(info ? info->status : atom{"gone"});
    });
    c.run();
  };
  stall(c);
  sends(x, y, plenty);
  c.run();
  ask();
  c.heal("a", "b");
  c.run();
  ask();
  CHECK(*seen == std::vector{atom{"suspended"}, atom{"waiting"}});
}
