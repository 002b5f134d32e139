// What is typed and printed was seen of Elixir 1.14 on OTP 25.

#include "support/console.hpp"

using namespace troupe;
using test::check_console;

namespace {

const std::string errors = "** (ArgumentError) errors were found at the given arguments: ";
const std::string register_failed
  = " because it is not alive, the name is already taken, or it has already been given another "
    "name";

} // namespace

TEST_CASE("process_modules: the dictionary keeps what was put, for one process (SP-12)") {
  check_console({
    {"{Process.get(:a), Process.get(:a, 5), Process.put(:a, 1), Process.put(:a, 2)}",
     "{nil, 5, nil, 1}"},
    {"Process.get(:a)", "2"}, // from line to line
    {"{:erlang.get(:zz), :erlang.put(:zz, 3), :erlang.erase(:zz), :erlang.erase(:zz)}",
     "{:undefined, :undefined, 3, :undefined}"},
    {"{Process.delete(:zz), Process.delete(:a), Process.get(:a)}", "{nil, 2, nil}"},
    {"Process.put(:q, 7); {Process.get_keys(7), :erlang.get_keys(), Process.get()}",
     "{[:q], [:q], [q: 7]}"},
    {":erlang.put(1, :i); :erlang.put(1.0, :f); {:erlang.get(1), :erlang.get(1.0)}", "{:i, :f}"},
    {"s = self(); spawn(fn -> send(s, Process.get()) end); receive do x -> x end", "[]"},
    {":erlang.erase() |> length", "3"},
    {"Process.get()", "[]"},
  });
}

TEST_CASE("process_modules: info tells of processes of this node (PID-05)") {
  check_console({
    {"p = spawn(fn -> Process.put(:k, 1); :timer.sleep(:infinity) end)", "#PID<>"},
    {"send(p, :m); Process.info(p, [:message_queue_len, :messages, :dictionary, :status])",
     "[message_queue_len: 1, messages: [:m], dictionary: [k: 1], status: :waiting]"},
    {"Process.info(p) |> Keyword.keys()",
     "[:current_function, :initial_call, :status, :message_queue_len, :links, :dictionary, "
     ":trap_exit, :error_handler, :priority, :group_leader, :reductions, :suspending]"},
    {"Process.info(p, :parent) == {:parent, self()}", "true"},
    {"Process.info(p, :initial_call)", "{:initial_call, {:erlang, :apply, 2}}"},
    {"q = spawn(:timer, :sleep, [:infinity]); Process.info(q, :initial_call)",
     "{:initial_call, {:timer, :sleep, 1}}"},
    {"Process.monitor(p); {:monitored_by, [m]} = Process.info(p, :monitored_by); m == self()",
     "true"},
    {"Process.info(self(), :monitors) == {:monitors, [process: p]}", "true"},
    {"{Process.info(p, :registered_name), :erlang.process_info(p, :registered_name)}",
     "{{:registered_name, []}, []}"},
    {"Process.register(p, :pp); {Process.info(p, :registered_name), hd(Process.info(p))}",
     "{{:registered_name, :pp}, {:registered_name, :pp}}"},
    {"Process.info(self(), :foo)",
     errors + "* 2nd argument: invalid item or item list :erlang.process_info(#PID<>, :foo)"},
    {"Process.info(1)", errors + "* 1st argument: not a pid :erlang.process_info(1)"},
    {"Process.exit(p, :kill); {Process.alive?(p), Process.info(p), Process.info(p, :links), "
     ":erlang.process_info(p)}",
     "{false, nil, nil, :undefined}"},
    {"{p in Process.list(), self() in :erlang.processes()}", "{false, true}"},
    {"r = Node.spawn(:\"b@mem\", fn -> :timer.sleep(:infinity) end)", "#PID<>"},
    {"Process.info(r)", errors + "* 1st argument: not a local pid :erlang.process_info(#PID<>)"},
    {"Process.alive?(r)", errors + "* 1st argument: not a pid :erlang.is_process_alive(#PID<>)"},
    {":erlang.garbage_collect(r)",
     errors + "* 1st argument: not a local pid :erlang.garbage_collect(#PID<>)"},
    {"{:erlang.garbage_collect(), :erlang.garbage_collect(q), :erlang.garbage_collect(p)}",
     "{true, true, false}"},
    {"{:erlang.ports(), Port.list()}", "{[], []}"},
  });
}

TEST_CASE("process_modules: flags answer with their old values") {
  check_console({
    {"{Process.flag(:priority, :high), Process.flag(:priority, :normal)}", "{:normal, :high}"},
    {"{Process.flag(:message_queue_data, :off_heap), Process.flag(:min_heap_size, 100), "
     "Process.flag(:fullsweep_after, 5), Process.flag(:sensitive, true)}",
     "{:on_heap, 233, 65535, false}"},
    {"Process.flag(:trap_exit, 1)",
     errors
       + "* 2nd argument: invalid value for this process flag :erlang.process_flag(:trap_exit, 1)"},
    {"Process.flag(:foo, 0)",
     errors + "* 1st argument: invalid process flag :erlang.process_flag(:foo, 0)"},
    {"{Process.flag(:trap_exit, true), Process.flag(:trap_exit, false)}", "{false, true}"},
  });
}

TEST_CASE("process_modules: pids are read back as they were printed (PID-08)") {
  check_console({
    {":erlang.list_to_pid(:erlang.pid_to_list(self())) == self()", "true"},
    {"r = Node.spawn(:\"b@mem\", fn -> :ok end); :erlang.list_to_pid(:erlang.pid_to_list(r)) == r",
     "true"},
    {"\"#PID<\" <> rest = inspect(self()); pid(String.trim_trailing(rest, \">\")) == self()",
     "true"},
    {"pid(:logger) == Process.whereis(:logger)", "true"},
    {"pid(0, 1, 0) |> is_pid", "true"},
    {"pid(99, 1, 0)",
     errors
       + "* 1st argument: not a textual representation of a pid :erlang.list_to_pid('<99.1.0>')"},
    {":erlang.list_to_pid('foo')",
     errors + "* 1st argument: not a textual representation of a pid :erlang.list_to_pid('foo')"},
    {":erlang.list_to_pid(:a)", errors + "* 1st argument: not a list :erlang.list_to_pid(:a)"},
    {"pid(:nobody)", "** (ArgumentError) could not find registered process with name: :nobody"},
    {":erlang.ref_to_list(make_ref()) |> to_string", "\"#Ref<>\""},
  });
}

TEST_CASE("process_modules: names and send/3 fail with the original texts (MSG-07)") {
  check_console({
    {"Process.send(self(), 1, [:noconnect, :nosuspend])", ":ok"},
    {"Process.send({:x, :y@z}, 1, [:noconnect])", ":noconnect"},
    {"Process.send({:x, node()}, 1, [])", ":ok"},
    {"Process.send({:x, :\"b@mem\"}, 1, [:noconnect])", ":ok"},
    {":erlang.send(:nobody, 1, [:noconnect])",
     errors + "* 1st argument: invalid destination :erlang.send(:nobody, 1, [:noconnect])"},
    {":erlang.send(self(), 1, [:foo])",
     errors + "* 3rd argument: invalid option in list :erlang.send(#PID<>, 1, [:foo])"},
    {":erlang.send(self(), 1, :foo)",
     errors + "* 3rd argument: not a list :erlang.send(#PID<>, 1, :foo)"},
    {"{:erlang.send_nosuspend(self(), 1), :erlang.send_nosuspend({:x, :y@z}, 1, [:noconnect]), "
     ":erlang.send_nosuspend({:x, :y@z}, 1), :erlang.send_nosuspend(self(), 1, [:nosuspend])}",
     "{true, false, true, true}"},
    {":erlang.send_nosuspend(:nobody, 1)",
     errors + "* 1st argument: invalid destination :erlang.send_nosuspend(:nobody, 1)"},
    {":erlang.send_nosuspend(:nobody, 1, [:foo])",
     errors + "* 3rd argument: invalid option in list :erlang.send_nosuspend(:nobody, 1, [:foo])"},
    {"Process.register(self(), :logger)",
     "** (ArgumentError) could not register #PID<> with name :logger" + register_failed},
    {"try do Process.register(self(), nil) catch k, v -> {k, v} end", "{:error, :function_clause}"},
    {":erlang.register(:logger, self())",
     errors + "* 1st argument: name is in use :erlang.register(:logger, #PID<>)"},
    {":erlang.register(:x, 1)",
     errors + "* 2nd argument: not a pid or port :erlang.register(:x, 1)"},
    {"Process.whereis(1)", errors + "* 1st argument: not an atom :erlang.whereis(1)"},
  });
}
