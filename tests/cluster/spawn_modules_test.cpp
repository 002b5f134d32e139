#include "support/buffer_device.hpp"
#include "support/cluster.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/shell.hpp"

#include <doctest/doctest.h>

#include <regex>

using namespace troupe;
using test::cluster;

constexpr uint64_t seeds = 5;

namespace {

/// Two connected nodes; a has a console. What is typed and printed was seen of Elixir, but for the
/// names of the nodes.
struct console {
  explicit console(uint64_t seed) : c({"a", "b"}, seed) {
    actors::eval::install(c.at("a"));
    actors::eval::install(c.at("b"));
    device = std::make_shared<test::buffer_device>();
    actors::start_group_leader(c.at("a"), device);
    actors::shell_options opts;
    opts.interactive = true;
    actors::start_shell(c.at("a"), std::move(opts));
    CHECK(c.ping("a", "b"));
    c.run();
    device->written.clear();
  }

  /// Types a line and returns what appears, in one line, with pids and references made equal.
  std::string operator()(const std::string& line,
                         std::chrono::milliseconds time = std::chrono::milliseconds{900}) {
    device->type(line);
    c.advance(time);
    static const std::regex numbers{"#(PID|Reference)<[0-9.]+>"};
    auto text = std::regex_replace(device->take(), numbers, "#$1<>");
    text = std::regex_replace(text, std::regex{"\n +"}, " ");
    text = std::regex_replace(text, std::regex{"\n "}, " ");
    if (text.ends_with("\n"))
      text.pop_back();
    return text;
  }

  cluster c;
  std::shared_ptr<test::buffer_device> device;
};

struct example {
  std::string source;
  std::string printed;
};

void check(std::initializer_list<example> examples) {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    console type{seed};
    type("b = :\"b@mem\"; z = :\"zz@mem\"; me = self()");
    for (auto& x : examples)
      CHECK_MESSAGE(type(x.source) == x.printed, x.source.c_str());
    CHECK(type("flush()") == ":ok"); // no message is left over
  }
}

} // namespace

TEST_CASE("spawn_modules: aliases take messages until they are given up") { // MSG-18
  check({
    {"x = Process.alias()", "#Reference<>"},
    {"send(x, 1); send(x, 2); flush()", "1\n2\n:ok"},
    {"spawn(fn -> send(x, 3) end); Node.spawn(b, fn -> send(x, 4) end); Process.sleep(200)", ":ok"},
    {"receive do 3 -> receive do 4 -> :both end end", ":both"},
    {":erlang.send(x, 5, [:noconnect])", ":ok"},
    {"flush()", "5\n:ok"},
    {"Process.unalias(x)", "true"},
    {":erlang.unalias(x)", "false"},
    {"send(x, 6); flush()", ":ok"},
    {"x = :erlang.alias([:reply]); send(x, 1); send(x, 2); flush()", "1\n:ok"},
    {"x = :erlang.alias([]); send(x, 1); Process.unalias(x); flush()", ":ok"},
    {"send(make_ref(), 1)", "1"},
    {"try do Process.alias([:foo]) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do :erlang.unalias(1) catch k, v -> {k, v} end", "{:error, :badarg}"},
  });
}

TEST_CASE("spawn_modules: a monitor with a tag and an alias") { // M-13
  check({
    {"p = Node.spawn(b, fn -> receive do {x, n} -> send(x, n); send(x, n) end end); 0", "0"},
    {"m = :erlang.monitor(:process, p, alias: :reply_demonitor, tag: {:t, 1}); 0", "0"},
    {"send(p, {m, 7}); Process.sleep(100); flush()", "7\n:ok"},
    {"Process.demonitor(m, [:info])", "false"},
    {"m = Process.monitor(p, tag: {:t, 1}); Process.sleep(100)", ":ok"},
    {"receive do {{:t, 1}, ^m, :process, ^p, why} -> why end", ":noproc"},
    {"m = Process.monitor({:nobody, b}, tag: :t); Process.sleep(100)", ":ok"},
    {"Process.demonitor(m, [:flush, :info])", "false"},
    {"try do :erlang.monitor(:process, p, [:foo]) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do :erlang.monitor(:foo, p) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do Process.monitor(p, alias: :foo) catch k, v -> {k, v} end", "{:error, :badarg}"},
  });
}

TEST_CASE("spawn_modules: spawn_opt has the options of links and monitors") { // SP-10, SP-05
  check({
    {"f = fn -> exit(:bye) end; 0", "0"},
    {"{p, m} = Process.spawn(f, [:monitor, priority: :high]); Process.sleep(50)", ":ok"},
    {"receive do {:DOWN, ^m, :process, ^p, why} -> why end", ":bye"},
    {"{p, m} = Node.spawn(b, f, monitor: [tag: :t]); Process.sleep(100)", ":ok"},
    {"receive do {:t, ^m, :process, ^p, why} -> {node(p), why} end", "{:b@mem, :bye}"},
    {"{p, m} = :erlang.spawn_opt(z, :a, :b, [], [:monitor]); node(p)", ":a@mem"},
    {"receive do {:DOWN, ^m, :process, ^p, why} -> why end", ":noconnection"},
    {"is_pid(Process.spawn(:erlang, :node, [], []))", "true"},
    {"is_pid(Node.spawn(b, :erlang, :node, [], []))", "true"},
    {"try do Process.spawn(f, [:foo]) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do Node.spawn(b, f, [reply: :no]) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do :erlang.spawn_opt(b, f, [:link | :x]) catch k, v -> {k, v} end", "{:error, :badarg}"},
  });
}

TEST_CASE("spawn_modules: spawn_request answers by message, also that options are bad") { // SP-08
  check({
    {"r = :erlang.spawn_request(b, :erlang, :node, [], [:monitor]); Process.sleep(100)", ":ok"},
    {"receive do {:spawn_reply, ^r, :ok, p} -> node(p) end", ":b@mem"},
    {"receive do {:DOWN, ^r, :process, _, why} -> why end", ":normal"},
    {"r = :erlang.spawn_request(fn -> 1 end, reply_tag: :t); flush()",
     "{:t, #Reference<>, :ok, #PID<>}\n:ok"},
    {":erlang.spawn_request(b, fn -> 1 end, reply: :no); Process.sleep(100); flush()", ":ok"},
    {":erlang.spawn_request(:erlang, :node, []); flush()",
     "{:spawn_reply, #Reference<>, :ok, #PID<>}\n:ok"},
    {":erlang.spawn_request(b, :erlang, :node, []); Process.sleep(100); flush()",
     "{:spawn_reply, #Reference<>, :ok, #PID<>}\n:ok"},
    {":erlang.spawn_request(b, fn -> 1 end, [:foo, reply_tag: 5]); Process.sleep(50); flush()",
     "{5, #Reference<>, :error, :badopt}\n:ok"},
    {":erlang.spawn_request(fn -> 1 end, [:foo, reply: :success_only]); flush()", ":ok"},
    {"r = :erlang.spawn_request(b, :timer, :sleep, [50], []); :erlang.spawn_request_abandon(r)",
     "true"},
    {"Process.sleep(200); :erlang.spawn_request_abandon(r)", "false"},
    {"try do :erlang.spawn_request(b, fn -> 1 end, [:x | :y]) catch k, v -> {k, v} end",
     "{:error, :badarg}"},
    {"try do :erlang.spawn_request(3, fn -> 1 end, []) catch k, v -> {k, v} end",
     "{:error, :badarg}"},
    {"try do :erlang.spawn_request_abandon(3) catch k, v -> {k, v} end", "{:error, :badarg}"},
  });
}
