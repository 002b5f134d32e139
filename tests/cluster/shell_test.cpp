#include "support/buffer_device.hpp"
#include "support/cluster.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/shell.hpp"

#include <doctest/doctest.h>

#include <regex>

using namespace troupe;
using test::cluster;

constexpr uint64_t seeds = 10;

namespace {

/// Two nodes, each with a console.
struct consoles {
  explicit consoles(uint64_t seed) : c({"a", "b"}, seed) {
    for (auto* name : {"a", "b"}) {
      auto device = std::make_shared<test::buffer_device>();
      devices[name] = device;
      actors::eval::install(c.at(name));
      actors::start_group_leader(c.at(name), device);
      actors::shell_options opts;
      opts.interactive = true;
      actors::start_shell(c.at(name), std::move(opts));
    }
    c.run();
  }

  /// Types a line and returns what appears, with pids and references made equal.
  std::string type(const std::string& on, const std::string& line) {
    auto& device = *devices.at(on);
    device.type(line);
    c.advance(std::chrono::milliseconds{500});
    static const std::regex numbers{"#(PID|Reference)<[0-9.]+>"};
    return std::regex_replace(device.take(), numbers, "#$1<>");
  }

  std::map<std::string, std::shared_ptr<test::buffer_device>> devices;
  cluster c;
};

bool is_either(const std::string& x, const std::string& one, const std::string& other) {
  return x == one + other
         || x == other + one; // the order of two processes at one terminal is a race
}

} // namespace

TEST_CASE("shell: two consoles ping, list, spawn with output at home, and send by name") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    consoles two{seed};
    CHECK(two.type("a", ":erlang.nodes") == "[]\n");
    CHECK(two.type("a", "Node.ping :\"b@mem\"") == ":pong\n");
    CHECK(two.type("a", ":erlang.nodes") == "[:b@mem]\n");
    CHECK(two.type("b", "Node.list") == "[:a@mem]\n");
    CHECK(is_either(two.type("a", "Node.spawn :\"b@mem\", fn -> IO.puts :erlang.node end"),
                    "#PID<>\n", "b@mem\n"));
    CHECK(two.devices["b"]->written.empty());
    CHECK(two.type("a", "Node.ping :\"nosuch@mem\"") == ":pang\n");
    CHECK(two.type("b", "Process.register(self(), :shell)") == "true\n");
    CHECK(two.type("a", "send({:shell, :\"b@mem\"}, {:hello, self()})") == "{:hello, #PID<>}\n");
    CHECK(two.type("b", "flush()") == "{:hello, #PID<>}\n:ok\n");
  }
}

TEST_CASE("shell: variables stay, lines that go on are joined, errors keep the number") {
  consoles two{1};
  CHECK(two.type("a", "x = 41") == "41\n");
  CHECK(two.type("a", "x +").empty());
  CHECK(two.devices["a"]->prompts.back() == "...(a@mem)2> ");
  CHECK(two.type("a", "1") == "42\n");
  CHECK(two.type("a", "raise \"boom\"") == "** (RuntimeError) boom\n");
  CHECK(two.devices["a"]->prompts.back() == "troupe(a@mem)3> ");
  CHECK(two.type("a", "1 +)").starts_with("** (SyntaxError) iex:3:4: "));
}

TEST_CASE("shell: a dead evaluator is named and a new one takes over without variables") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    consoles two{seed};
    two.type("a", "x = 1");
    auto text = two.type("a", "Node.spawn_link :\"nosuch@mem\", fn -> :ok end");
    CHECK(text.find("** (EXIT from #PID<>) shell process exited with reason: no connection\n")
          != std::string::npos);
    CHECK(two.type("a", "1 + 1") == "2\n");
    CHECK(two.type("a", "x").starts_with("** (CompileError)"));
  }
}

TEST_CASE("shell: exit signals, links and monitors show what Erlang's do") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    consoles two{seed};
    CHECK(two.type("a", "Node.spawn_monitor :\"b@mem\", fn -> exit(:bye) end")
          == "{#PID<>, #Reference<>}\n");
    CHECK(two.type("a", "flush()") == "{:DOWN, #Reference<>, :process, #PID<>, :bye}\n:ok\n");
    CHECK(two.type("a", "Process.flag(:trap_exit, true)") == "false\n");
    two.type("a", "Node.spawn_link :\"b@mem\", fn -> exit(:oops) end");
    CHECK(two.type("a", "flush()") == "{:EXIT, #PID<>, :oops}\n:ok\n");
    two.type("a", "p = Node.spawn :\"b@mem\", fn -> :timer.sleep(:infinity) end");
    two.type("a", "Process.monitor(p)");
    CHECK(two.type("a", "Node.disconnect :\"b@mem\"") == "true\n");
    CHECK(two.type("a", "flush()")
          == "{:DOWN, #Reference<>, :process, #PID<>, :noconnection}\n:ok\n");
  }
}

TEST_CASE("shell: a function nobody has ends the process with undef, told once, at home") {
  consoles two{2};
  auto text = two.type("a", "Node.spawn_monitor :\"b@mem\", Nomod, :nofun, [1]");
  CHECK(text == "{#PID<>, #Reference<>}\n");
  auto log = two.c.log("a");
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("** (UndefinedFunctionError) function Nomod.nofun/1 is undefined (module Nomod "
                    "is not available)")
        != std::string::npos);
  CHECK(two.c.log("b").empty());
  CHECK(two.type("a", "flush()").starts_with("{:DOWN, #Reference<>, :process, #PID<>,\n {:undef,"));
}
