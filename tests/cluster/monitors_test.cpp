#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

std::shared_ptr<reference> monitor(const puppet& x, const puppet& y) {
  auto result = std::make_shared<reference>();
  x.does([to = y.id(), result](process& self) { *result = self.monitor(to); });
  return result;
}

void end(const puppet& x, const term& reason) {
  x.does([reason](process& self) { self.exit(reason); });
}

size_t monitors(cluster& c) {
  return c.at("a").kernel()->snapshot().monitors + c.at("b").kernel()->snapshot().monitors;
}

} // namespace

TEST_CASE("monitor_table: each monitor fires once, with the true reason, after the last message") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    monitor(x, y);
    monitor(x, y);
    c.run();
    CHECK(monitors(c) == 4);
    y.does([to = x.id()](process& self) {
      for (int i = 1; i <= 3; ++i)
        self.send(to, term{i});
      self.exit(term::tuple({atom{"big"}, std::string(200'000, 'x')}));
    });
    c.run();
    auto mail = x.mail();
    REQUIRE(mail.size() == 5);
    CHECK(texts(mail.begin(), mail.begin() + 3) == texts{"1", "2", "3"});
    for (auto i : {3, 4})
      CHECK(mail[i].starts_with("{:DOWN, :ref, :process, :y, {:big, \"xxx"));
    CHECK(monitors(c) == 0);
  }
}

TEST_CASE("monitor_table: a dead process is noproc, a lost or missing connection noconnection") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto z = c.spawn("b", "z");
    end(y, exit_reason::normal);
    monitor(x, z);
    c.run();
    monitor(x, y);
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :y, :noproc}"});
    c.cut("a", "b", seed % 2 == 0 ? cluster::ending::orderly : cluster::ending::reset);
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :z, :noconnection}"});
    monitor(x, z);
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, :z, :noconnection}"});
    c.heal("a", "b");
    CHECK(c.ping("a", "b"));
    end(z, atom{"late"});
    c.run();
    CHECK(x.mail().empty());
    CHECK(monitors(c) == 0);
  }
}

TEST_CASE("monitor_table: a monitor by name sticks to the process that has the name then") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto z = c.spawn("b", "z");
    atom name{"server"};
    auto watch = [&] {
      x.does([name](process& self) { self.monitor(name, cluster::atom_of("b")); });
      c.run();
    };
    watch();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, {:server, :b@mem}, :noproc}"});
    c.at("b").core().names().add(name, y.id());
    watch();
    c.at("b").core().names().remove(name);
    c.at("b").core().names().add(name, z.id());
    end(z, atom{"other"});
    c.run();
    CHECK(x.mail().empty());
    end(y, atom{"own"});
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, {:server, :b@mem}, :own}"});
    auto w = c.spawn("b", "w");
    c.at("b").core().names().add(name, w.id());
    watch();
    c.cut("a", "b");
    c.run();
    CHECK(x.mail() == texts{"{:DOWN, :ref, :process, {:server, :b@mem}, :noconnection}"});
    CHECK(monitors(c) == 0);
  }
}

TEST_CASE("process: a name of the own node can be monitored like any other") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  auto y = c.spawn("a", "y");
  c.at("a").core().names().add(atom{"x"}, x.id());
  c.at("a").core().names().add(atom{"y"}, y.id());
  x.does([](process& self) {
    self.monitor(atom{"y"}, self.self().node);
    self.demonitor(self.monitor(atom{"y"}, self.self().node));
    self.monitor(atom{"x"}, self.self().node);
    self.monitor(atom{"nobody"}, self.self().node);
  });
  c.run();
  CHECK(x.mail() == texts{"{:DOWN, :ref, :process, {:nobody, :a@mem}, :noproc}"});
  end(y, atom{"gone"});
  c.run();
  CHECK(x.mail() == texts{"{:DOWN, :ref, :process, {:y, :a@mem}, :gone}"});
}

TEST_CASE("process: after demonitor with flush no DOWN is there, whatever was under way") {
  for (uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto ref = monitor(x, y);
    c.run();
    end(y, atom{"gone"});
    auto was_there = std::make_shared<bool>();
    // Waits without reading its mail, so that the DOWN may lie in the mailbox.
    x.plays([ref, was_there, pause = (seed % 7) * 500us](process& self) -> task<> {
      auto nap = self.sleep(pause);
      co_await std::move(nap);
      *was_there = self.demonitor(*ref, true);
      self.send(self.self(), term{atom{"demonitored"}});
    });
    c.advance(1s);
    auto mail = x.mail();
    CHECK(mail == texts{":demonitored"});
    CHECK(monitors(c) == 0);
  }
}

TEST_CASE("monitor_table: the end of a watcher clears the other node") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    c.at("b").core().names().add(atom{"server"}, y.id());
    monitor(x, y);
    x.does([](process& self) { self.monitor(atom{"server"}, cluster::atom_of("b")); });
    c.run();
    CHECK(monitors(c) == 4);
    end(x, exit_reason::normal);
    c.run();
    CHECK(monitors(c) == 0);
    end(y, exit_reason::normal);
    c.run();
    CHECK(c.nodes("a") == "b");
  }
}

TEST_CASE("process: one never hears of its own end") {
  cluster c{{"a"}, 1};
  auto x = c.spawn("a", "x");
  x.does([](process& self) { self.monitor(self.self()); });
  c.run();
  CHECK(x.mail().empty());
}

TEST_CASE("monitor: DOWN has the tag that was asked for, and a flush finds it") { // M-13
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto by_name = seed % 2 == 0;
    auto ref = std::make_shared<reference>();
    x.does([=, to = y.id()](process& self) {
      monitor_options how;
      how.tag = term::tuple({atom{"lost"}, 7});
      *ref = by_name ? self.monitor(atom{"nobody"}, cluster::atom_of("b"), how)
                     : self.monitor(to, how);
    });
    c.run();
    y.does([](process& self) { self.exit(atom{"bye"}); });
    if (seed % 3 == 0) {
      c.run();
      CHECK(x.mail()
            == texts{by_name ? "{{:lost, 7}, :ref, :process, {:nobody, :b@mem}, :noproc}"
                             : "{{:lost, 7}, :ref, :process, :y, :bye}"});
    } else if (!by_name) {
      x.plays([ref](process& self) -> task<> {
        std::function<bool(const term&)> nothing = [](const term&) { return false; };
        auto waiting = self.receive_match(nothing, std::chrono::seconds{1});
        co_await std::move(waiting);
        self.send(self.self(), self.demonitor(*ref, true));
      });
      c.advance(std::chrono::seconds{2});
      CHECK(x.mail() == texts{"false"});
    }
  }
}
