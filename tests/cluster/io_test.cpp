#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace troupe;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

/// What a terminal prints, and what is typed at it.
struct terminal {
  std::string printed;
  std::string typed = "typed\n";
  bool silent = false; ///< Takes requests and does not answer.
};

task<> serve(process& self, std::shared_ptr<terminal> tty) {
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    if (!x.is_tagged(atom{"io_request"}, 4) || tty->silent)
      continue;
    auto request = x.as_tuple()[3];
    term reply = atom{"ok"};
    if (request.is_tagged(atom{"put_chars"}, 3)) {
      tty->printed += request.as_tuple()[2].as_binary();
    } else {
      tty->printed += request.as_tuple()[2].as_binary();
      reply = tty->typed;
    }
    self.send(x.as_tuple()[1].as_pid(), term::tuple({atom{"io_reply"}, x.as_tuple()[2], reply}));
  }
}

task<> greet(process& self, pid back) {
  auto io = self.io();
  auto printing = io.println("hello from {}", self.node_name());
  auto done = co_await std::move(printing);
  self.send(back, std::move(done));
  auto reading = io.get_line("name> ");
  auto line = co_await std::move(reading);
  self.send(back, std::move(line));
}

/// Two nodes, and a process x on a whose group leader is a terminal there.
struct fixture {
  explicit fixture(uint64_t seed) : c{{"a", "b"}, seed} {
    leader = c.at("a").spawn(serve, tty);
    c.at("a").default_group_leader(leader);
    x.emplace(c.spawn("a", "x"));
    y.emplace(c.spawn("b", "y"));
  }

  void greet_from_b() {
    x->plays([back = x->id()](process& self) -> task<> {
      auto starting = self.spawn_at<greet>(cluster::name_of("b"), back);
      co_await std::move(starting);
    });
  }

  cluster c;
  std::shared_ptr<terminal> tty = std::make_shared<terminal>();
  pid leader;
  std::optional<test::puppet> x, y;
};

} // namespace

TEST_CASE("io: a process prints and reads where its spawner does") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.greet_from_b();
    f.c.run();
    CHECK(f.tty->printed == "hello from b@mem\nname> ");
    CHECK(f.x->mail() == texts{":ok", "\"typed\\n\""});
    CHECK(f.c.at("b").kernel()->snapshot().monitors == 0);
  }
}

TEST_CASE("io: a group leader that is gone, or goes, is terminated") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.y->does([leader = f.leader](process& self) { self.group_leader(leader); });
    auto before = seed % 2 == 0;
    f.tty->silent = true;
    auto end_leader = [&] {
      f.x->does([leader = f.leader](process& self) { self.exit(leader, exit_reason::kill); });
      f.c.run();
    };
    if (before)
      end_leader();
    f.y->plays([](process& self) -> task<> { return greet(self, self.self()); });
    f.c.run();
    if (!before) {
      CHECK(f.y->mail().empty());
      end_leader();
    }
    CHECK(f.y->mail() == texts{"{:error, :terminated}", "{:error, :terminated}"});
  }
}

TEST_CASE("io: a lost connection ends a request, and the next one connects again") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.y->does([leader = f.leader](process& self) { self.group_leader(leader); });
    f.tty->silent = true;
    f.y->plays([](process& self) -> task<> { return greet(self, self.self()); });
    f.c.run();
    f.tty->silent = false;
    f.c.cut("a", "b");
    f.c.heal("a", "b");
    f.c.run();
    CHECK(f.y->mail() == texts{"{:error, :terminated}", "\"typed\\n\""});
    CHECK(f.tty->printed == "name> ");
  }
}
