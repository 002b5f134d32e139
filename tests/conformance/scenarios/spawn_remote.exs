# Rules: SP-01 SP-02 SP-06d SP-15 SP-16 SP-17 L-22
# Nodes: b, c
b = on.(:b)
c = on.(:c)
me = self()
patience = 5000
# What a process said of its end.
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
short = fn {reason, stack} when is_list(stack) -> {reason, :stack}; reason -> reason end
asks = fn -> receive do {:there?, from} -> send(from, {self(), :there}) end end

p = Node.spawn(b, fn -> send(me, {self(), {node(), node(self()), node(me)}}) end)
show.("SP-01", {node(p), answer.(p)})
show.("SP-01", String.starts_with?(inspect(p), "#PID<0."))
p = Node.spawn(b, fn -> send(me, {self(), inspect(self())}) end)
show.("SP-01", String.starts_with?(answer.(p), "#PID<0."))
p = Node.spawn(b, :erlang, :send, [me, {:from, :mfa}])
show.("SP-01", {node(p), mail.(patience)})
p = Node.spawn(b, Kernel, :apply, [fn x -> send(me, {self(), x}) end, [:applied]])
show.("SP-01", answer.(p))
show.("SP-01", try do Node.spawn("b", fn -> :ok end) rescue e -> e.__struct__ end)
show.("SP-01", try do Node.spawn(b, :erlang, :node, :improper) rescue e -> e.__struct__ end)

p = Node.spawn(b, fn -> send(me, {self(), Process.group_leader()}) end)
show.("SP-02", answer.(p) == Process.group_leader())
p = Node.spawn(b, fn -> inner = spawn(fn -> send(me, Process.group_leader()) end); send(me, {self(), node(inner)}) end)
show.("SP-02", answer.(p))
show.("SP-02", mail.(patience) == Process.group_leader())
Node.spawn(b, fn -> IO.puts("SP-02: \"written by #{node()}\""); send(me, :written) end)
mail.(patience)

show.("SP-06d", down.(Node.spawn_monitor(b, fn -> :value end)))
show.("SP-06d", down.(Node.spawn_monitor(b, fn -> exit(:normal) end)))
show.("SP-06d", down.(Node.spawn_monitor(b, fn -> exit({:why, [1, "two"]}) end)))
show.("SP-06d", short.(down.(Node.spawn_monitor(b, fn -> :erlang.error(:e1) end))))
show.("SP-06d", short.(down.(Node.spawn_monitor(b, fn -> raise "hell" end))))
show.("SP-06d", short.(down.(Node.spawn_monitor(b, fn -> throw(:y) end))))
show.("SP-06d", short.(down.(Node.spawn_monitor(b, fn -> :erlang.hd([]) end))))

p = Node.spawn(node(), fn -> send(me, {self(), node()}) end)
show.("SP-15", {node(p), String.starts_with?(inspect(p), "#PID<0."), answer.(p)})
show.("SP-15", down.(Node.spawn_monitor(node(), fn -> exit(:here) end)))

p = Node.spawn(b, fn ->
  Process.register(self(), :worker)
  send(me, {self(), :registered})
  asks.()
end)
show.("SP-16", answer.(p))
show.("SP-16", {Process.whereis(:worker), :rpc.call(b, Process, :whereis, [:worker]) == p})
show.("SP-16", send({:worker, b}, {:there?, me}) == {:there?, me} and answer.(p))

# The child's spawner ends.
spawner = spawn(fn -> send(me, {self(), Node.spawn(b, asks)}) end)
child = answer.(spawner)
show.("SP-17", await.(fn -> not Process.alive?(spawner) end))
send(child, {:there?, me})
show.("SP-17", answer.(child))
# The connection ends.
child = Node.spawn(b, asks)
show.("SP-17", Node.disconnect(b))
send(child, {:there?, me})
show.("SP-17", answer.(child))
# The spawner's node ends; children that are linked end too.
tells = fn -> Process.flag(:trap_exit, true); send(me, {self(), :traps}); receive do x -> send(me, {self(), x}) end end
sleeps = fn -> Process.sleep(:infinity) end
spawner = Node.spawn(c, fn ->
  send(me, {self(), {Node.spawn(b, asks), Node.spawn_link(b, tells), Node.spawn_link(b, sleeps)}})
  sleeps.()
end)
{free, trapping, linked} = answer.(spawner)
show.("L-22", answer.(trapping))
ref = Process.monitor(linked)
tell.("kill c")
show.("L-22", down.({linked, ref}))
show.("L-22", answer.(trapping) == {:EXIT, spawner, :noconnection})
send(free, {:there?, me})
show.("SP-17", answer.(free))
show.("SP-17", mail.(0))
