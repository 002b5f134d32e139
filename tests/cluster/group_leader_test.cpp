#include "support/buffer_device.hpp"
#include "support/cluster.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;

constexpr uint64_t seeds = 20;

namespace {

/// Two nodes, the first with a group leader, connected.
struct pair_of_nodes {
  explicit pair_of_nodes(uint64_t seed)
    : c({"a", "b"}, seed), device(std::make_shared<test::buffer_device>()) {
    leader = actors::start_group_leader(c.at("a"), device);
    c.call(leader, "leader");
    c.connect("a", "b");
  }

  cluster c;
  std::shared_ptr<test::buffer_device> device;
  pid leader;
};

/// Says hello, asks for a name, and greets: wherever it runs.
task<> greet(process& self) {
  auto asking = self.io().get_line("name? ");
  auto name = co_await std::move(asking);
  auto printing
    = self.io().print("hello {}", name.is(term::kind::binary) ? name.as_binary() : "nobody\n");
  co_await std::move(printing);
}

task<> start_greeter(process& self, pid watcher) {
  auto starting = self.spawn_at<greet>(cluster::name_of("b"));
  auto child = co_await std::move(starting);
  self.send(watcher, term{child});
}

} // namespace

TEST_CASE("group_leader: a process on another node prints and reads where its spawner does") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    pair_of_nodes two{seed};
    auto watcher = two.c.spawn("a", "watcher");
    two.c.at("a").spawn(start_greeter, watcher.id());
    REQUIRE(two.c.run_until([&] { return two.device->readers() == 1; }));
    CHECK(two.device->prompts == std::vector<std::string>{"name? "});
    two.device->type("ada");
    REQUIRE(two.c.run_until([&] { return !two.device->written.empty(); }));
    CHECK(two.device->written == "hello ada\n");
  }
}

TEST_CASE("group_leader: output returns when the leader has taken it, in order") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    pair_of_nodes two{seed};
    auto writer = two.c.spawn("b", "writer");
    auto* device = two.device.get();
    auto lagging = std::make_shared<int>(0);
    writer.plays([leader = two.leader, device, lagging](process& self) -> task<> {
      self.group_leader(leader);
      for (int i = 0; i < 5; ++i) {
        auto printing = self.io().println("{}", i);
        auto reply = co_await std::move(printing);
        auto line = std::to_string(i) + "\n";
        if (!reply.is_atom(atom{"ok"}) || !device->written.ends_with(line))
          ++*lagging;
      }
    });
    REQUIRE(two.c.run_until([&] { return writer.is_idle(); }));
    CHECK(*lagging == 0);
    CHECK(two.device->written == "0\n1\n2\n3\n4\n");
  }
}

TEST_CASE("group_leader: the newest of two readers gets the next line") {
  pair_of_nodes two{1};
  auto first = two.c.spawn("a", "first");
  auto second = two.c.spawn("b", "second");
  auto read = [leader = two.leader](process& self) -> task<> {
    self.group_leader(leader);
    auto asking = self.io().get_line("> ");
    auto line = co_await std::move(asking);
    self.send(self.self(), line);
  };
  first.plays(read);
  REQUIRE(two.c.run_until([&] { return two.device->readers() == 1; }));
  second.plays(read);
  REQUIRE(two.c.run_until([&] { return two.device->readers() == 2; }));
  two.device->type("one");
  two.device->type("two");
  REQUIRE(two.c.run_until([&] { return first.is_idle() && second.is_idle(); }));
  two.c.run();
  CHECK(second.mail() == std::vector<std::string>{"\"one\\n\""});
  CHECK(first.mail() == std::vector<std::string>{"\"two\\n\""});
}

TEST_CASE("group_leader: get_chars takes what it wants and leaves the rest of the line") {
  pair_of_nodes two{2};
  auto reader = two.c.spawn("a", "reader");
  two.device->type("héllo");
  reader.plays([leader = two.leader](process& self) -> task<> {
    self.group_leader(leader);
    auto asking = self.io().get_chars("", 2);
    auto chars = co_await std::move(asking);
    auto rest = self.io().get_line("");
    auto line = co_await std::move(rest);
    self.send(self.self(), term::tuple({chars, line}));
  });
  REQUIRE(two.c.run_until([&] { return reader.is_idle(); }));
  two.c.run();
  CHECK(reader.mail() == std::vector<std::string>{"{\"hé\", \"llo\\n\"}"});
}

TEST_CASE("group_leader: the end of input is eof, a last line without newline comes first") {
  pair_of_nodes two{3};
  auto reader = two.c.spawn("b", "reader");
  two.device->send("last");
  two.device->send(std::nullopt);
  reader.plays([leader = two.leader](process& self) -> task<> {
    self.group_leader(leader);
    for (int i = 0; i < 2; ++i) {
      auto asking = self.io().get_line("");
      auto line = co_await std::move(asking);
      self.send(self.self(), line);
    }
  });
  REQUIRE(two.c.run_until([&] { return reader.is_idle(); }));
  two.c.run();
  CHECK(reader.mail() == std::vector<std::string>{"\"last\"", ":eof"});
}

TEST_CASE(
  "group_leader: when its node is gone output and input yield terminated, and the process lives") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    pair_of_nodes two{seed};
    auto far = two.c.spawn("b", "far");
    auto use = [leader = two.leader](process& self) -> task<> {
      self.group_leader(leader);
      auto asking = self.io().get_line("> ");
      auto line = co_await std::move(asking);
      self.send(self.self(), line);
      auto printing = self.io().put_chars("x");
      auto printed = co_await std::move(printing);
      self.send(self.self(), printed);
    };
    far.plays(use);
    REQUIRE(two.c.run_until([&] { return two.device->readers() == 1; }));
    two.c.kill("a");
    REQUIRE(two.c.run_until([&] { return far.is_idle(); }));
    two.c.run();
    CHECK(far.mail() == std::vector<std::string>{"{:error, :terminated}", "{:error, :terminated}"});
    CHECK(far.is_alive());
  }
}

TEST_CASE("group_leader: after a mere disconnect the next output connects again") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    pair_of_nodes two{seed};
    auto far = two.c.spawn("b", "far");
    CHECK(two.c.disconnect("a", "b"));
    two.c.run(); // until the other side knows, too
    far.plays([leader = two.leader](process& self) -> task<> {
      self.group_leader(leader);
      auto printing = self.io().put_chars("back");
      co_await std::move(printing);
    });
    REQUIRE(two.c.run_until([&] { return far.is_idle(); }));
    CHECK(two.device->written == "back");
    CHECK(two.c.nodes("a") == "b");
  }
}
