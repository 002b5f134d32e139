#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

void start(cluster& c, const std::string& name, dist::auto_connect mode) {
  cluster::settings how;
  how.adjust = [mode](config& x) { x.dialling = mode; };
  c.start(name, how);
}

/// What a process of a gets that monitors and calls a process and a node of b.
texts references(cluster& c) {
  auto x = c.spawn("a", "x");
  auto y = c.spawn("b", "y");
  c.at("a").monitor_node(x.id(), cluster::atom_of("b"), true);
  x.does([to = y.id()](process& self) {
    self.send(to, term{1});
    self.monitor(to);
  });
  c.run();
  auto mail = x.mail();
  std::sort(mail.begin(), mail.end());
  CHECK(y.mail().size() == (mail.empty() ? 1 : 0));
  return mail;
}

const texts unreachable{"{:DOWN, :ref, :process, :y, :noconnection}", "{:nodedown, :b@mem}"};

} // namespace

TEST_CASE("auto_connect: never means that only connect does") { // CONN-11
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"b"}, seed};
    start(c, "a", dist::auto_connect::never);
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(references(c) == unreachable);
    CHECK(c.network().counters().streams == 0);
    CHECK(c.connect("a", "b"));
    CHECK(c.ping("a", "b"));
    CHECK(references(c).empty());
    CHECK(c.disconnect("a", "b"));
    c.run();
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(c.ping("b", "a")); // who dials in is welcome
    CHECK(c.ping("a", "b"));
  }
}

TEST_CASE("auto_connect: once means until the connection was lost") { // CONN-11c
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"b"}, seed};
    start(c, "a", dist::auto_connect::once);
    CHECK(c.ping("a", "b"));
    if (seed % 2 == 0)
      CHECK(c.disconnect("a", "b"));
    else
      c.restart("b");
    c.run();
    CHECK(c.nodes("a").empty());
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(references(c) == unreachable);
    CHECK(c.connect("a", "b"));
    CHECK(c.ping("a", "b"));
    c.run();
    CHECK(c.disconnect("b", "a"));
    c.run();
    CHECK_FALSE(c.ping("a", "b"));
    CHECK(c.ping("b", "a"));
    CHECK(c.ping("a", "b"));
  }
}

TEST_CASE("auto_connect: what waits beside a connect of somebody goes with it") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"b"}, seed};
    start(c, "a", dist::auto_connect::never);
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto connected = false;
    c.at("a").kernel()->connect(cluster::atom_of("b"), [&](bool ok) { connected = ok; });
    x.does([to = y.id()](process& self) { self.send(to, term{1}); });
    c.run();
    CHECK(connected);
    CHECK(y.mail() == texts{"1"});
  }
}

TEST_CASE("auto_connect: what ends a link or a monitor connects nobody") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    reference watch;
    x.does([&watch, to = y.id()](process& self) {
      self.trap_exit(true);
      watch = self.monitor(to);
      self.link(to);
    });
    c.run();
    // Done before the process takes note of the loss.
    x.does([&watch, to = y.id()](process& self) {
      self.demonitor(watch);
      self.unlink(to);
    });
    CHECK(c.disconnect("a", "b"));
    c.run();
    x.does([to = y.id()](process& self) { self.unlink(to); });
    c.run();
    CHECK(c.at("a").nodes().empty());
    CHECK(c.at("b").nodes().empty());
    x.does([to = y.id()](process& self) { self.link(to); }); // this does, and the link counts
    c.run();
    CHECK(c.at("a").nodes() == std::vector{cluster::atom_of("b")});
    y.does([](process& self) { self.exit(atom{"over"}); });
    c.run();
    auto mail = x.mail();
    CHECK(std::ranges::count(mail, "{:EXIT, :y, :over}") == 1);
  }
}
