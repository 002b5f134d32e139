#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace troupe;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

/// A process with an alias, and one on the same node or another that sends to it.
struct fixture {
  explicit fixture(uint64_t seed) : c{{"a", "b"}, seed} {}

  using maker = std::function<reference(process& self)>;
  void make(const maker& f) {
    x.does([f, ref = ref](process& self) { *ref = f(self); });
    c.run();
  }
  void make(alias_life life = alias_life::explicit_unalias) {
    make([life](process& self) { return self.alias(life); });
  }
  void monitor(const pid& to, alias_life life) {
    make([to, life](process& self) { return self.monitor(to, {.alias = life}); });
  }
  void send(const puppet& from, int value) {
    from.does([ref = ref, value](process& self) { self.send(*ref, value); });
  }
  void unalias() {
    x.does([ref = ref](process& self) { self.send(self.self(), self.unalias(*ref)); });
  }
  void demonitor() {
    x.does([ref = ref](process& self) { self.send(self.self(), self.demonitor(*ref)); });
  }
  size_t kept() { return c.at("a").core().aliases().size(); }

  cluster c;
  std::shared_ptr<reference> ref = std::make_shared<reference>();
  puppet x = c.spawn("a", "x");
  puppet near = c.spawn("a", "near");
  puppet far = c.spawn("b", "far");
};

} // namespace

TEST_CASE("alias: messages arrive until it is given up, from here and elsewhere") { // MSG-18
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto& from = seed % 2 ? f.near : f.far;
    f.make();
    CHECK(f.kept() == 1);
    f.send(from, 1);
    f.send(from, 2);
    f.c.run();
    CHECK(f.x.mail() == texts{"1", "2"});
    f.unalias();
    f.unalias();
    f.c.run();
    CHECK(f.x.mail() == texts{"true", "false"});
    CHECK(f.kept() == 0);
    f.send(from, 3);
    f.c.run();
    CHECK(f.x.mail().empty());
    CHECK(from.is_alive());
  }
}

TEST_CASE("alias: what was not in the mailbox yet is dropped with it") {
  fixture f{1};
  f.x.does([](process& self) {
    auto ref = self.alias();
    self.send(ref, 1);
    self.unalias(ref);
    self.send(self.self(), 2);
  });
  f.c.run();
  CHECK(f.x.mail() == texts{"2"});
}

TEST_CASE("alias: one for a reply lets one message through") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.make(alias_life::reply);
    f.send(f.near, 1);
    f.send(f.far, 1);
    f.c.run();
    CHECK(f.x.mail() == texts{"1"});
    CHECK(f.kept() == 0);
    f.unalias();
    f.c.run();
    CHECK(f.x.mail() == texts{"false"});
  }
}

TEST_CASE("alias: messages through it keep their order with others of the sender") { // MSG-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.make();
    auto& from = seed % 2 ? f.near : f.far;
    from.does([ref = f.ref, to = f.x.id()](process& self) {
      for (int i = 0; i < 20; i += 2) {
        self.send(*ref, i);
        self.send(to, i + 1);
      }
      self.link(to);
      self.send(*ref, std::string(300'000, 'x'));
      self.send(to, 20);
    });
    f.c.run();
    auto mail = f.x.mail();
    REQUIRE(mail.size() == 22);
    for (int i = 0; i < 20; ++i)
      CHECK(mail[static_cast<size_t>(i)] == std::to_string(i));
    CHECK(mail[20].size() > 300'000);
    CHECK(mail[21] == "20");
  }
}

TEST_CASE("alias: it ends with its process, and a reference that is none reaches nobody") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.make();
    f.x.does([](process& self) { self.exit(atom{"bye"}); });
    f.c.run();
    CHECK(f.kept() == 0);
    for (auto& from : {f.near, f.far}) {
      f.send(from, 1);
      from.does([](process& self) {
        self.send(reference{}, 1);
        self.send(self.core().make_reference(), 1);
        self.send(reference{cluster::atom_of("b"), 5, 77}, 1);
      });
    }
    f.c.run();
    CHECK(f.near.is_alive());
    CHECK(f.far.is_alive());
    CHECK(f.c.nodes("a") == "b");
  }
}

TEST_CASE("alias: one of an earlier life of its node reaches nobody") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.make();
    f.send(f.far, 1);
    f.c.run();
    f.c.restart("a");
    f.c.run();
    auto y = f.c.spawn("a", "y");
    auto again = std::make_shared<reference>();
    for (int i = 0; i < 5; ++i) // the same numbers in another life
      y.does([again](process& self) { *again = self.alias(); });
    f.send(f.far, 2);
    f.c.run();
    CHECK(y.mail().empty());
    f.far.does([again](process& self) { self.send(*again, 3); });
    f.c.run();
    CHECK(y.mail() == texts{"3"});
  }
}

TEST_CASE("alias: a lost connection takes messages, not the alias") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    CHECK(f.c.ping("a", "b"));
    f.make();
    for (int i = 0; i < 10; ++i)
      f.send(f.far, i);
    f.c.advance(std::chrono::microseconds{200 * seed});
    f.c.cut("a", "b", cluster::ending::reset);
    f.c.run();
    auto mail = f.x.mail();
    for (size_t i = 0; i < mail.size(); ++i)
      CHECK(mail[i] == std::to_string(i)); // a prefix (rule MSG-11)
    f.c.heal("a", "b");
    f.send(f.far, 99);
    f.c.run();
    CHECK(f.x.mail() == texts{"99"});
  }
}

TEST_CASE("alias: one of a monitor ends as its options say") { // M-13
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto watched = f.c.spawn(seed % 2 ? "a" : "b", "watched");
    SUBCASE("with the first reply, which takes the monitor away") {
      f.monitor(watched.id(), alias_life::reply_demonitor);
      f.send(watched, 1);
      f.send(watched, 2);
      f.c.run();
      watched.does([](process& self) { self.exit(atom{"bye"}); });
      f.c.run();
      f.demonitor();
      f.c.run();
      CHECK(f.x.mail() == texts{"1", "false"});
    }
    SUBCASE("with the monitor, which is given up") {
      f.monitor(watched.id(), seed % 3 ? alias_life::demonitor : alias_life::reply_demonitor);
      f.demonitor();
      f.c.run();
      f.send(watched, 2);
      f.unalias();
      f.c.run();
      CHECK(f.x.mail() == texts{"true", "false"});
    }
    SUBCASE("with the monitor, whose DOWN has come") {
      f.monitor(watched.id(), seed % 3 ? alias_life::demonitor : alias_life::reply_demonitor);
      watched.does([](process& self) { self.exit(atom{"bye"}); });
      f.c.run();
      f.send(f.far, 3);
      f.c.run();
      CHECK(f.x.mail() == texts{"{:DOWN, :ref, :process, :watched, :bye}"});
    }
    SUBCASE("not with the monitor, when it is to be given up") {
      f.monitor(watched.id(), alias_life::explicit_unalias);
      watched.does([](process& self) { self.exit(atom{"bye"}); });
      f.c.run();
      f.send(f.far, 3);
      f.unalias();
      f.c.run();
      CHECK(f.x.mail() == texts{"{:DOWN, :ref, :process, :watched, :bye}", "true"});
    }
    CHECK(f.kept() == 0);
    CHECK(f.c.at("a").kernel()->snapshot().monitors == 0);
  }
}

TEST_CASE("alias: giving it up leaves its monitor") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.monitor(f.far.id(), alias_life::demonitor);
    f.unalias();
    f.c.run();
    f.send(f.far, 1);
    f.c.run();
    f.c.kill("b");
    f.c.run();
    CHECK(f.x.mail() == texts{"true", "{:DOWN, :ref, :process, :far, :noconnection}"});
  }
}

TEST_CASE("monitor: DOWN has the tag that was asked for, and a flush finds it") { // M-13
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto tag = term::tuple({atom{"lost"}, 7});
    auto by_name = seed % 2 == 0;
    f.make([&, to = f.far.id()](process& self) {
      monitor_options how;
      how.tag = tag;
      return by_name ? self.monitor(atom{"nobody"}, cluster::atom_of("b"), how)
                     : self.monitor(to, how);
    });
    f.far.does([](process& self) { self.exit(atom{"bye"}); });
    if (seed % 3 == 0) {
      f.c.run();
      CHECK(f.x.mail()
            == texts{by_name ? "{{:lost, 7}, :ref, :process, {:nobody, :b@mem}, :noproc}"
                             : "{{:lost, 7}, :ref, :process, :far, :bye}"});
      continue;
    }
    f.x.plays([ref = f.ref](process& self) -> task<> {
      std::function<bool(const term&)> nothing = [](const term&) { return false; };
      auto waiting = self.receive_match(nothing, std::chrono::seconds{1});
      co_await std::move(waiting);
      self.send(self.self(), self.demonitor(*ref, true));
    });
    f.c.advance(std::chrono::seconds{2});
    CHECK(f.x.mail() == texts{"false"});
  }
}
