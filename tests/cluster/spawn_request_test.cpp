#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

using namespace troupe;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

/// Tells `to` that it runs, how it trapped exits if any came, and stays until then.
task<> child(process& self, pid to) {
  self.trap_exit(true);
  self.send(to, atom{"runs"});
  auto waiting = self.receive<term>();
  self.send(to, co_await std::move(waiting));
}

task<> short_child(process&) {
  co_return;
}

spawn_what what(process& self, const pid& to) {
  return internal::call_of<internal::named<child>>(*self.bridge(), to);
}

spawn_what short_what(process& self) {
  return internal::call_of<internal::named<short_child>>(*self.bridge());
}

/// `x` asks for a process and, in the same turn, does more.
struct fixture {
  explicit fixture(uint64_t seed) : c{{"a", "b"}, seed} {}

  using more = std::function<void(process& self, const reference& ref)>;
  void ask(const std::string& at, spawn_options how, more then = {}) {
    x.does([=, to = witness.id(), ref = ref](process& self) {
      *ref = self.spawn_request_at(cluster::atom_of(at), what(self, to), how);
      if (then)
        then(self, *ref);
    });
  }
  void ask_short(const std::string& at, spawn_options how) {
    x.does([=, ref = ref](process& self) {
      *ref = self.spawn_request_at(cluster::atom_of(at), short_what(self), how);
    });
  }
  static void abandon(process& self, const reference& ref) {
    self.send(self.self(), self.spawn_request_abandon(ref));
  }

  cluster c;
  std::shared_ptr<reference> ref = std::make_shared<reference>();
  puppet x = c.spawn("a", "x");
  puppet witness = c.spawn("b", "witness");
};

} // namespace

TEST_CASE("spawn_request: which answers become messages, and with which tag") { // SP-08e
  struct {
    spawn_replies reply;
    bool ok, error;
  } cases[] = {{spawn_replies::all, true, true},
               {spawn_replies::none, false, false},
               {spawn_replies::errors, false, true},
               {spawn_replies::successes, true, false}};
  for (auto& x : cases)
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      CAPTURE(seed);
      fixture f{seed};
      spawn_options how;
      how.reply = x.reply;
      how.link = how.monitor = seed % 3 == 0; // no EXIT and no DOWN of what did not start
      if (seed % 2)
        how.reply_tag = atom{"tagged"};
      std::string tag{seed % 2 ? "tagged" : "spawn_reply"};
      f.ask("zz", how);
      f.c.run();
      CHECK(f.x.mail()
            == (x.error ? texts{"{:" + tag + ", :ref, :error, :noconnection}"} : texts{}));
      CHECK(f.c.log("a").empty());
      f.ask(seed % 5 ? "b" : "a", how);
      f.c.run();
      CHECK(f.x.mail() == (x.ok ? texts{"{:" + tag + ", :ref, :ok, :unknown}"} : texts{}));
      CHECK(f.witness.mail() == texts{":runs"});
    }
}

TEST_CASE("spawn_request: the monitor has the request's reference, a tag, and an alias") { // SP-08g
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    spawn_options how;
    how.monitor = true;
    how.watch.tag = atom{"ended"};
    how.watch.alias = seed % 3 ? alias_life::explicit_unalias : alias_life::demonitor;
    f.ask_short(seed % 2 ? "b" : "a", how);
    f.c.run();
    CHECK(f.x.mail()
          == texts{"{:spawn_reply, :ref, :ok, :unknown}",
                   "{:ended, :ref, :process, :unknown, :normal}"});
    f.witness.does([ref = f.ref](process& self) { self.send(*ref, 1); });
    f.c.run();
    CHECK(f.x.mail() == (seed % 3 ? texts{"1"} : texts{}));
  }
}

TEST_CASE("spawn_request: one that is taken back is not answered") { // SP-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    spawn_options how;
    how.link = seed % 2 == 0;
    how.monitor = seed % 3 == 0;
    how.watch.alias = alias_life::explicit_unalias;
    f.ask("b", how, fixture::abandon);
    f.x.does([ref = f.ref](process& self) { fixture::abandon(self, *ref); });
    f.c.run();
    CHECK(f.x.mail() == texts{"true", "false"});
    // The process may trap the exit; without a link it lives on.
    CHECK(f.witness.mail()
          == (how.link ? texts{":runs", "{:EXIT, :x, :abandoned}"} : texts{":runs"}));
    CHECK(f.c.at("b").core().processes().size() == (how.link ? 2 : 3));
    for (auto name : {"a", "b"}) {
      auto snapshot = f.c.at(name).kernel()->snapshot();
      CHECK(snapshot.links == 0);
      CHECK(snapshot.monitors == 0);
      CHECK(snapshot.spawns == 0);
    }
    CHECK(f.c.at("a").core().aliases().size() == 0);
  }
}

TEST_CASE("spawn_request: one that was answered, or is none, cannot be taken back") { // SP-09
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    spawn_options how;
    how.link = true;
    if (seed % 2)
      how.reply = spawn_replies::none;
    f.ask(seed % 3 ? "b" : "a", how);
    f.c.run();
    f.x.does([ref = f.ref](process& self) {
      fixture::abandon(self, *ref);
      fixture::abandon(self, self.core().make_reference());
    });
    f.c.run();
    texts expected{"false", "false"};
    if (seed % 2 == 0)
      expected.insert(expected.begin(), "{:spawn_reply, :ref, :ok, :unknown}");
    CHECK(f.x.mail() == expected);
    CHECK(f.witness.mail() == texts{":runs"});
  }
}

TEST_CASE("spawn_request: to the own node it is answered at once") {
  fixture f{1};
  f.ask("a", {}, fixture::abandon);
  f.c.run();
  CHECK(f.x.mail() == texts{"{:spawn_reply, :ref, :ok, :unknown}", "false"});
}

TEST_CASE("spawn_request: a break leaves nothing of one that was taken back") {
  for (uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    CHECK(f.c.ping("a", "b"));
    f.c.run();
    f.ask("b", {.link = true, .monitor = true}, fixture::abandon);
    f.c.advance(std::chrono::microseconds{100 * seed});
    f.c.cut("a", "b", cluster::ending::reset);
    f.c.run();
    CHECK(f.x.mail() == texts{"true"});
    auto told = f.witness.mail();
    if (!told.empty()) {
      REQUIRE(told.size() == 2);
      CHECK((told[1] == "{:EXIT, :x, :abandoned}" || told[1] == "{:EXIT, :x, :noconnection}"));
    }
    CHECK(f.c.at("b").core().processes().size() == 2);
  }
}

TEST_CASE("spawn_request: what runs can carry a reference that was made before") {
  fixture f{1};
  f.x.does([ref = f.ref](process& self) {
    *ref = self.core().make_reference();
    CHECK(self.spawn_request_at(cluster::atom_of("b"), short_what(self), {}, *ref) == *ref);
  });
  f.c.run();
  auto mail = f.x.terms();
  REQUIRE(mail.size() == 1);
  CHECK(mail[0].as_tuple()[1] == term{*f.ref});
}

TEST_CASE("spawn: a function is started with a monitor, or a link, here and elsewhere") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto leaves = [](process& there) -> task<> {
      there.exit(atom{there.node_name()});
      co_return;
    };
    f.x.plays([leaves](process& self) -> task<> {
      self.spawn_monitor(leaves);
      auto one = self.spawn_monitor_at(cluster::name_of("b"), leaves);
      auto first = co_await std::move(one);
      auto two = self.spawn_monitor_at<short_child>(cluster::name_of("b"));
      co_await std::move(two);
      auto three = self.spawn_link_at(cluster::name_of("b"), leaves);
      co_await std::move(three);
      auto four = self.spawn_link_at<short_child>(cluster::name_of("b"));
      co_await std::move(four);
      self.send(self.self(), first.monitor && first.id.node == cluster::atom_of("b"));
      spawn_options how;
      how.monitor = how.link = true;
      how.watch.tag = atom{"gone"};
      self.spawn_opt(how, leaves);
    });
    f.c.run();
    auto mail = f.x.mail();
    std::ranges::sort(mail);
    CHECK(mail
          == texts{"true", "{:DOWN, :ref, :process, :unknown, :a@mem}",
                   "{:DOWN, :ref, :process, :unknown, :b@mem}",
                   "{:DOWN, :ref, :process, :unknown, :normal}", "{:EXIT, :unknown, :a@mem}",
                   "{:EXIT, :unknown, :b@mem}", "{:EXIT, :unknown, :normal}",
                   "{:gone, :ref, :process, :unknown, :a@mem}"});
  }
}
