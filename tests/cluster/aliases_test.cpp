#include "support/cluster.hpp"
#include "support/texts.hpp"

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
    CHECK(mail[20].starts_with("\"xxx"));
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

namespace {

/// A monitor with an alias, whose process is played with, and what comes of both.
void check_monitor(alias_life life, const std::function<void(fixture& f, const puppet& to)>& play,
                   const texts& expected) {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto watched = f.c.spawn(seed % 2 ? "a" : "b", "watched");
    f.monitor(watched.id(), life);
    play(f, watched);
    f.c.run();
    CHECK(f.x.mail() == expected);
    CHECK(f.kept() == 0);
    CHECK(f.c.at("a").kernel()->snapshot().monitors == 0);
  }
}

void end(fixture& f, const puppet& x) {
  x.does([](process& self) { self.exit(atom{"bye"}); });
  f.c.run();
}

} // namespace

TEST_CASE("alias: the first reply takes the monitor away") { // M-13
  auto play = [](fixture& f, const puppet& watched) {
    f.send(watched, 1);
    f.send(watched, 2);
    f.c.run();
    end(f, watched);
    f.demonitor();
  };
  check_monitor(alias_life::reply_demonitor, play, {"1", "false"});
}

TEST_CASE("alias: it ends with its monitor, given up or not") { // M-13
  auto give_up = [](fixture& f, const puppet& watched) {
    f.demonitor();
    f.c.run();
    f.send(watched, 2);
    f.unalias();
  };
  auto lose = [](fixture& f, const puppet& watched) {
    end(f, watched);
    f.send(f.far, 3);
  };
  for (auto life : {alias_life::demonitor, alias_life::reply_demonitor}) {
    check_monitor(life, give_up, {"true", "false"});
    check_monitor(life, lose, {"{:DOWN, :ref, :process, :watched, :bye}"});
  }
}

TEST_CASE("alias: it outlives its monitor when it is to be given up") { // M-13
  auto play = [](fixture& f, const puppet& watched) {
    end(f, watched);
    f.send(f.far, 3);
    f.c.run();
    f.unalias();
  };
  check_monitor(alias_life::explicit_unalias, play,
                {"{:DOWN, :ref, :process, :watched, :bye}", "3", "true"});
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
