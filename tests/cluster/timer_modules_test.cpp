// What is typed and printed was seen of Elixir 1.14 on OTP 25.

#include "support/console.hpp"

using namespace troupe;
using test::check_console;
using test::console;

namespace {

const std::string errors = "** (ArgumentError) errors were found at the given arguments: ";

} // namespace

TEST_CASE("timer_modules: messages come later, and their timers are read and cancelled") {
  check_console({
    {"r = Process.send_after(self(), :x, 1000); {Process.read_timer(r), Process.cancel_timer(r), "
     "Process.cancel_timer(r), Process.read_timer(r)}",
     "{1000, 1000, false, false}"},
    {"Process.send_after(self(), :x, 100); receive do y -> y after 50 -> 0 end", "0"},
    {"receive do y -> y after 100 -> 0 end", ":x"},
    {"r = :erlang.start_timer(10, self(), :m); receive do x -> x == {:timeout, r, :m} end", "true"},
    {"r = Process.send_after(self(), :x, 1000); Process.cancel_timer(r, info: false)", ":ok"},
    {"r = Process.send_after(self(), :x, 1000); x = Process.cancel_timer(r, async: true); "
     "{x, receive do y -> y == {:cancel_timer, r, 1000} after 100 -> 0 end}",
     "{:ok, true}"},
    {"r = Process.send_after(self(), :x, 1000); x = Process.cancel_timer(r, async: true, info: "
     "false); {x, receive do y -> y after 100 -> 0 end}",
     "{:ok, 0}"},
    {":erlang.read_timer(make_ref(), async: true); receive do {x, _, y} -> {x, y} end",
     "{:read_timer, false}"},
    {"t = System.monotonic_time(:millisecond); Process.send_after(self(), :abs, t + 50, abs: true);"
     " receive do x -> {x, System.monotonic_time(:millisecond) - t} end",
     "{:abs, 50}"},
    {"Process.send_after(:nobody, :x, 10)", "#Reference<>"},
    {"s = self(); r = Process.send_after(s, :x, 500); spawn(fn -> send(s, Process.cancel_timer(r)) "
     "end); receive do x -> x end",
     "500"},
    {"flush()", ":ok"},
  });
}

TEST_CASE("timer_modules: wrong arguments are explained as OTP does (MSG-19)") {
  check_console({
    {"Process.send_after(self(), :x, -1)",
     errors + "* 1st argument: out of range :erlang.send_after(-1, #PID<>, :x)"},
    {"Process.send_after(self(), :x, :a)",
     errors + "* 1st argument: not an integer :erlang.send_after(:a, #PID<>, :x)"},
    {":erlang.send_after(9223372036854775807, self(), :m)",
     errors
       + "* 1st argument: exceeds the maximum supported time value "
         ":erlang.send_after(9223372036854775807, #PID<>, :m)"},
    {"Process.send_after({:a, :b}, :x, 10)",
     errors + "* 2nd argument: not a pid or an atom :erlang.send_after(10, {:a, :b}, :x)"},
    {":erlang.start_timer(1, 5, :m)",
     errors + "* 2nd argument: not a pid or an atom :erlang.start_timer(1, 5, :m)"},
    {"Process.cancel_timer(1)", errors + "* 1st argument: not a reference :erlang.cancel_timer(1)"},
    {"Process.cancel_timer(make_ref(), foo: 1)",
     errors
       + "* 2nd argument: invalid option in list :erlang.cancel_timer(#Reference<>, [foo: 1])"},
    {"p = Node.spawn(:\"b@mem\", fn -> :ok end)", "#PID<>"},
    {"Process.send_after(p, 1, 1)",
     errors + "* 2nd argument: not a local pid :erlang.send_after(1, #PID<>, 1)"},
  });
}

TEST_CASE("timer_modules: :timer sends, applies and ends processes later") {
  check_console({
    {":timer.send_after(10, :x)", "{:ok, {:send_local, #Reference<>}}"},
    {":timer.send_after(0, :y)", "{:ok, {:instant, #Reference<>}}"},
    {":timer.send_after(10, self(), :z)", "{:ok, {:send_local, #Reference<>}}"},
    {":timer.send_after(10, :nobody, :x)", "{:ok, {:once, #Reference<>}}"},
    {":timer.send_after(-1, :x)", "{:error, :badarg}"},
    {":timer.send_after(10, \"x\", :x)", "{:error, :badarg}"},
    {"flush()", ":x :y :z :ok"},
    {"s = self(); p = Node.spawn(:\"b@mem\", fn -> receive do x -> send(s, {x, node()}) end end)",
     "#PID<>"},
    {":timer.send_after(10, p, :far)", "{:ok, {:once, #Reference<>}}"},
    {"flush()", "{:far, :b@mem} :ok"},
    {":timer.apply_after(100, :erlang, :send, [self(), :applied])", "{:ok, {:once, #Reference<>}}"},
    {"flush()", ":applied :ok"},
    {":timer.apply_after(-1, :erlang, :self, [])", "{:error, :badarg}"},
    {"{p, r} = spawn_monitor(fn -> :timer.sleep(:infinity) end); :timer.exit_after(100, p, :bye); "
     "receive do {:DOWN, ^r, _, _, w} -> w end",
     ":bye"},
    {"{p, r} = spawn_monitor(fn -> :timer.sleep(:infinity) end); :timer.kill_after(100, p); "
     "receive do {:DOWN, ^r, _, _, w} -> w end",
     ":killed"},
    {"{:ok, r} = :timer.send_after(100, :x); {:timer.cancel(r), :timer.cancel(r)}",
     "{{:ok, :cancel}, {:ok, :cancel}}"},
    {"{:ok, r} = :timer.apply_after(100, :erlang, :send, [self(), :x]); :timer.cancel(r)",
     "{:ok, :cancel}"},
    {":timer.cancel(1)", "{:error, :badarg}"},
    {":timer.cancel({:once, 1})", "{:error, :badarg}"},
    {"flush()", ":ok"},
  });
}

TEST_CASE("timer_modules: an interval goes on until it is cancelled or its receiver ends") {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    console type{seed};
    using std::chrono::milliseconds;
    CHECK(type("{:ok, r} = :timer.send_interval(100, :x); r", milliseconds{350})
          == "{:interval, #Reference<>}");
    CHECK(type("flush()", milliseconds{0}) == ":x :x :x :ok");
    CHECK(type(":timer.cancel(r)") == "{:ok, :cancel}");
    CHECK(type("flush()") == ":ok");
    CHECK(type("p = spawn(fn -> receive do :stop -> 1 end end)") == "#PID<>");
    CHECK(type("{:ok, _} = :timer.send_interval(100, p, :tick); :ok", milliseconds{450}) == ":ok");
    CHECK(type("Process.info(p, :message_queue_len)", milliseconds{0})
          == "{:message_queue_len, 4}");
    CHECK(type("send(p, :stop)") == ":stop");
    auto size = type("Process.info(Process.whereis(:timer_server), :monitors)");
    CHECK(size == "{:monitors, []}");
  }
}

TEST_CASE("timer_modules: what time it is, and how long it takes") {
  check_console({
    {":timer.tc(fn -> :timer.sleep(20) end)", "{20000, :ok}"},
    {":timer.tc(:erlang, :abs, [-1]) |> elem(1)", "1"},
    {":timer.tc(fn x -> x end, [2]) |> elem(1)", "2"},
    {"{:timer.seconds(2), :timer.minutes(2), :timer.hours(2)}", "{2000, 120000, 7200000}"},
    {"t = System.monotonic_time(); :timer.sleep(5); System.monotonic_time() - t", "5000000"},
    {"System.system_time(:second) == :os.system_time(:second)", "true"},
    {"System.system_time() - System.monotonic_time() == System.time_offset()", "true"},
    {"System.convert_time_unit(1500, :millisecond, :second)", "1"},
    {":erlang.convert_time_unit(-1500, :millisecond, :second)", "-2"},
    {"System.monotonic_time(:foo)",
     "** (ArgumentError) unsupported time unit. Expected :second, :millisecond, :microsecond, "
     ":nanosecond, or a positive integer, got :foo"},
    {":erlang.monotonic_time(0)",
     errors + "* 1st argument: invalid time unit :erlang.monotonic_time(0)"},
    {"System.unique_integer([:positive]) > 0", "true"},
    {"{a, b, c} = :erlang.timestamp(); a * 1_000_000 + b == System.system_time(:second)", "true"},
  });
}
