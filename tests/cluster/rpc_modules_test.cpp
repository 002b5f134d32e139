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
    type("b = :\"b@mem\"; z = :\"zz@mem\"");
    for (auto& x : examples)
      CHECK_MESSAGE(type(x.source) == x.printed, x.source.c_str());
    CHECK(type("flush()") == ":ok"); // no message is left over (RPC-04b)
  }
}

} // namespace

TEST_CASE("rpc_modules: rpc.call makes values of all that can happen") {
  check({
    {":rpc.call(b, :erlang, :node, [])", ":b@mem"},
    {":rpc.call(b, :erlang, :error, [:boom])",
     "{:badrpc, {:EXIT, {:boom, [{:erlang, :error, [:boom], []}]}}}"},
    {":rpc.call(b, :erlang, :exit, [:bye])", "{:badrpc, {:EXIT, :bye}}"},
    {":rpc.call(b, :erlang, :throw, [:ball])", ":ball"},
    {":rpc.call(b, :nomod, :nofun, [])",
     "{:badrpc, {:EXIT, {:undef, [{:nomod, :nofun, [], []}]}}}"},
    {":rpc.call(node(), :nomod, :f, [1])", "{:badrpc, {:EXIT, {:undef, [{:nomod, :f, [1], []}]}}}"},
    {":rpc.call(z, :erlang, :node, [])", "{:badrpc, :nodedown}"},
    {":rpc.call(b, :timer, :sleep, [300], 50)", "{:badrpc, :timeout}"},
    {":rpc.call(b, :timer, :sleep, [300], 0)", "{:badrpc, :timeout}"},
    {":rpc.call(node(), :erlang, :self, []) == self()", "true"},
    {":rpc.call(node(), :erlang, :self, [], 5000) == self()", "false"},
    {":rpc.call(b, :erlang, :hd, [[{:EXIT, 3}]])", "{:badrpc, {:EXIT, 3}}"},
    {":rpc.call(b, :erlang, :hd, [[{:badrpc, 3}]])", "{:badrpc, 3}"},
    {":rpc.call(b, :erlang, :group_leader, []) == Process.group_leader()", "true"},
    {":rpc.call(b, IO, :puts, [\"hi\"])", "hi\n:ok"}, // IO-16
    {"try do :rpc.call(b, :timer, :sleep, 3) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do :rpc.call(\"x\", :a, :b, []) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {"try do :rpc.call(b, :a, :b, [], 3.5) catch k, v -> {k, v} end", "{:error, :badarg}"},
  });
}

TEST_CASE("rpc_modules: the rest of rpc answers as in Erlang") {
  check({
    {":rpc.cast(b, :erlang, :node, [])", "true"},
    {":rpc.cast(z, :erlang, :node, [])", "true"},
    {":rpc.multicall([b, z, node(), b], :erlang, :node, [])",
     "{[:b@mem, :a@mem, :b@mem], [:zz@mem]}"},
    {":rpc.multicall([b, z, node()], :timer, :sleep, [300], 50)",
     "{[], [:b@mem, :zz@mem, :a@mem]}"},
    {":rpc.multicall([b], :erlang, :exit, [:x])", "{[badrpc: {:EXIT, :x}], []}"},
    {":rpc.multicall(:erlang, :node, [])", "{[:a@mem, :b@mem], []}"},
    {":rpc.multicall(:erlang, :node, [], 500)", "{[:a@mem, :b@mem], []}"},
    {":rpc.multicall([], :erlang, :node, [])", "{[], []}"},
    {"k = :rpc.async_call(b, :erlang, :node, []); :rpc.yield(k)", ":b@mem"},
    {":rpc.nb_yield(k)", ":timeout"},
    {"k = :rpc.async_call(b, :timer, :sleep, [100]); :rpc.nb_yield(k)", ":timeout"},
    {":rpc.nb_yield(k, 500)", "{:value, :ok}"},
    {":rpc.yield(:rpc.async_call(z, :erlang, :node, []))", "{:badrpc, :nodedown}"},
    {"try do :rpc.yield(:foo) catch k, v -> {k, v} end", "{:error, :badarg}"},
    {":rpc.abcast([b, z], :shell, :hi)", ":abcast"},
    {":rpc.abcast(:shell, :hi)", ":abcast"},
    {":rpc.sbcast([b, z], :nobody, :hi)", "{[], [:b@mem, :zz@mem]}"},
    {":rpc.sbcast([z, b, node()], :logger, :hi)", "{[:b@mem, :a@mem], [:zz@mem]}"},
    {":rpc.sbcast(:logger, :hi)", "{[:a@mem, :b@mem], []}"},
    {":rpc.eval_everywhere([b, z], :erlang, :node, [])", ":abcast"},
    {"try do :rpc.abcast(:foo, :x, 3) catch k, v -> {k, v} end", "{:error, :function_clause}"},
    {":rpc.block_call(b, :erlang, :self, []) == :rpc.call(b, :erlang, :whereis, [:rex])", "true"},
    {":rpc.block_call(node(), :erlang, :self, []) == Process.whereis(:rex)", "true"},
    {":rpc.block_call(b, :erlang, :exit, [:x])", "{:badrpc, {:EXIT, :x}}"},
    {":rpc.block_call(b, :erlang, :throw, [:x])", ":x"},
    {":rpc.block_call(b, :timer, :sleep, [300], 20)", "{:badrpc, :timeout}"},
    {":rpc.block_call(b, :erlang, :group_leader, []) == Process.group_leader()", "true"},
    {":rpc.block_call(z, :timer, :sleep, [300], 20)", "{:badrpc, :nodedown}"},
  });
}

TEST_CASE("rpc_modules: erpc.call raises what the function raised") {
  auto tried
    = [](const std::string& call) { return "try do " + call + " catch k, v -> {k, v} end"; };
  auto fun = tried(":erpc.call(b, fn _ -> 1 end)");
  auto local = tried(":erpc.call(node(), :erlang, :exit, [:x])");
  auto killed = tried(":erpc.call(b, fn -> Process.exit(self(), :kill) end)");
  check({
    {":erpc.call(b, fn -> node() end)", ":b@mem"},
    {tried(":erpc.call(b, :erlang, :error, [:boom])"),
     "{:error, {:exception, :boom, [{:erlang, :error, [:boom], []}]}}"},
    {local, "{:exit, {:exception, :x}}"},
    {tried(":erpc.call(b, :erlang, :throw, [:ball])"), "{:throw, :ball}"},
    {tried(":erpc.call(b, :nomod, :nofun, [])"),
     "{:error, {:exception, :undef, [{:nomod, :nofun, [], []}]}}"},
    {killed, "{:exit, {:signal, :killed}}"},
    {tried(":erpc.call(z, :erlang, :node, [])"), "{:error, {:erpc, :noconnection}}"},
    {tried(":erpc.call(b, :timer, :sleep, [300], 50)"), "{:error, {:erpc, :timeout}}"},
    {tried(":erpc.call(b, :timer, :sleep, [300], :foo)"), "{:error, {:erpc, :badarg}}"},
    {fun, "{:error, {:erpc, :badarg}}"},
    {":erpc.call(z, :erlang, :node, [])",
     "** (ErlangError) Erlang error: {:erpc, :noconnection} :erpc.call/5"},
  });
}

TEST_CASE("rpc_modules: the rest of erpc answers as in Erlang") {
  check({
    {":erpc.multicall([b, z, node()], :erlang, :node, [])",
     "[ok: :b@mem, error: {:erpc, :noconnection}, ok: :a@mem]"},
    {":erpc.multicall([b, node()], :timer, :sleep, [300], 50)",
     "[error: {:erpc, :timeout}, error: {:erpc, :timeout}]"},
    {":erpc.multicall([b], :erlang, :throw, [:x])", "[throw: :x]"},
    {":erpc.multicall([b], fn -> exit(:x) end)", "[exit: {:exception, :x}]"},
    {":erpc.cast(z, :erlang, :node, [])", ":ok"},
    {":erpc.multicast([b, z], fn -> 1 end)", ":ok"},
    {"r = :erpc.send_request(b, :erlang, :node, [])", "[#Reference<> | #Reference<>]"},
    {":erpc.wait_response(r, 500)", "{:response, :b@mem}"},
    {":erpc.wait_response(r)", ":no_response"},
    {"r = :erpc.send_request(b, :timer, :sleep, [200]); :erpc.wait_response(r, 10)",
     ":no_response"},
    {":erpc.check_response(:foo, r)", ":no_response"},
    {":erpc.receive_response(r, 0)", ":ok"},
    {"r = :erpc.send_request(b, :timer, :sleep, [200]); "
     "try do :erpc.receive_response(r, 10) catch k, v -> {k, v} end",
     "{:error, {:erpc, :timeout}}"},
    {"try do :erpc.receive_response(r, 10) catch k, v -> {k, v} end", "{:error, {:erpc, :badarg}}"},
    {"try do :erpc.wait_response(:foo, 10) catch k, v -> {k, v} end", "{:error, {:erpc, :badarg}}"},
    {"r = :erpc.send_request(b, :timer, :sleep, [200]); :erpc.receive_response(r)", ":ok"},
    {"r = :erpc.send_request(b, :erlang, :node, []); m = receive do x -> x end",
     "{:DOWN, #Reference<>, :process, #PID<>, {#Reference<>, :return, :b@mem}}"},
    {":erpc.check_response(m, r)", "{:response, :b@mem}"},
  });
}
