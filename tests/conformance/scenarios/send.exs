# Rules: MSG-01 MSG-03 MSG-04 MSG-05 MSG-06 MSG-07 MSG-13 MSG-17 MSG-21
# Nodes: b, c
b = on.(:b)
gone = on.(:nosuch)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
tells = fn -> receive do x -> send(me, {self(), x}) end end
holds = fn name -> fn -> Process.register(self(), name); send(me, {self(), :holds}); tells.() end end

p = Node.spawn(b, tells)
show.("MSG-01", send(p, {:to, :pid}))
show.("MSG-01", answer.(p))
p = Node.spawn(b, holds.(:worker))
show.("MSG-01", answer.(p))
show.("MSG-01", send({:worker, b}, {:to, :name}))
show.("MSG-01", answer.(p))
show.("MSG-01", :erlang.send({:worker, b}, :again))

show.("MSG-03", send({:nobody, b}, :hello))
show.("MSG-03", :rpc.call(b, :erlang, :send, [{:nobody, node()}, :hello]))
show.("MSG-03", send({:nobody, node()}, :hello))

show.("MSG-04", fails.(fn -> send(:nobody, :hello) end))
Process.register(self(), :main)
show.("MSG-04", {send(:main, :hello), mail.(patience)})
show.("MSG-04", {send({:main, node()}, :hello), mail.(patience)})

{p, ref} = Node.spawn_monitor(b, fn -> :ok end)
receive do {:DOWN, ^ref, :process, ^p, _} -> :ok after patience -> show.("MSG-05", :nothing) end
show.("MSG-05", send(p, :hello))
{p, ref} = spawn_monitor(fn -> :ok end)
receive do {:DOWN, ^ref, :process, ^p, _} -> :ok after patience -> show.("MSG-05", :nothing) end
show.("MSG-05", send(p, :hello))

show.("MSG-06", send({:nobody, gone}, :hello))
show.("MSG-06", {mail.(100), Node.list() == [b]})

show.("MSG-07", Process.send({:main, node()}, :one, [:noconnect]))
show.("MSG-07", mail.(patience))
show.("MSG-07", Process.send({:nobody, b}, :two, [:noconnect]))
show.("MSG-07", Process.send({:nobody, on.(:c)}, :three, [:noconnect]))
show.("MSG-07", Process.send({:nobody, gone}, :three, [:noconnect]))
show.("MSG-07", Node.list() == [b])
show.("MSG-07", Process.send({:nobody, b}, :four, [:nosuspend]))
show.("MSG-07", Process.send({:nobody, b}, :five, [:nosuspend, :noconnect]))
show.("MSG-07", Process.send({:nobody, b}, :six, []))
show.("MSG-07", fails.(fn -> Process.send(me, :seven, [:nosuch]) end))
show.("MSG-07", fails.(fn -> Process.send(me, :seven, :nosuch) end))
show.("MSG-07", mail.(0))

# All of it comes back as it was.
echo = Node.spawn(b, fn ->
  loop = fn loop -> receive do {from, x} -> send(from, {self(), x}); loop.(loop) end end
  loop.(loop)
end)
same = fn x -> send(echo, {me, x}); answer.(echo) === x end
show.("MSG-13", same.(me))
show.("MSG-13", same.(echo))
show.("MSG-13", same.(make_ref()))
show.("MSG-13", Enum.map([0, 255, 256, -1, 2147483648, 9223372036854775807, -9223372036854775807 - 1], same))
show.("MSG-13", Enum.map([0.0, -1.5, 1.0e300, 5.0e-324, 3.141592653589793], same))
show.("MSG-13", Enum.map([:atom, :"", :"with space", :"ünïcödé", true, nil, Nosuch.Module], same))
show.("MSG-13", Enum.map(["", "text", "grüße", <<0, 255, 1>>], same))
show.("MSG-13", Enum.map([[], [1], [1 | 2], 'characters', [[[]], [1, [2]]], Enum.to_list(1..300)], same))
show.("MSG-13", Enum.map([{}, {1}, {:a, {:b, "c"}}, %{}, %{1 => :one, "k" => %{[] => {}}}], same))
show.("MSG-13", same.(%{pid: me, ref: make_ref(), list: [me, echo]}))
show.("MSG-13", same.(1..3))
add = fn x, y -> x + y end
send(echo, {me, add})
show.("MSG-13", answer.(echo).(1, 2))
show.("MSG-13", same.(&:erlang.node/0))
p = Node.spawn(b, fn -> receive do f -> send(me, {self(), f.(20, 22)}) end end)
send(p, add)
show.("MSG-13", answer.(p))
p = Node.spawn(b, fn -> receive do x -> send(me, {self(), node(x) == node()}) end end)
send(p, echo)
show.("MSG-13", answer.(p))

show.("MSG-17", fails.(fn -> send({:x, "n"}, :hello) end))
show.("MSG-17", fails.(fn -> send(42, :hello) end))
show.("MSG-17", fails.(fn -> send("name", :hello) end))
show.("MSG-17", fails.(fn -> send({"x", b}, :hello) end))
show.("MSG-17", fails.(fn -> send({:x, b, 1}, :hello) end))
show.("MSG-17", fails.(fn -> send([me], :hello) end))

# Who has the name when the message comes gets it.
tell.("start b")
p = Node.spawn(b, holds.(:worker))
show.("MSG-21", answer.(p))
send({:worker, b}, :first)
show.("MSG-21", answer.(p))
show.("MSG-21", await.(fn -> :rpc.call(b, Process, :whereis, [:worker]) == nil end))
p = Node.spawn(b, holds.(:worker))
show.("MSG-21", answer.(p))
send({:worker, b}, :second)
show.("MSG-21", answer.(p))
tell.("start b")
show.("MSG-21", await.(fn -> Node.ping(b) == :pong end))
send({:worker, b}, :dropped)
p = Node.spawn(b, holds.(:worker))
show.("MSG-21", answer.(p))
send({:worker, b}, :third)
show.("MSG-21", answer.(p))
