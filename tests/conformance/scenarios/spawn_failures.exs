# Rules: SP-03 SP-04 SP-05 SP-06 SP-18 SP-19
# Nodes: b, c ticktime=2
# Self: ticktime=2
b = on.(:b)
c = on.(:c)
gone = on.(:nosuch)
me = self()
patience = 5000
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
short = fn {reason, stack} when is_list(stack) -> {reason, :stack}; reason -> reason end
nothing = fn -> :ok end

p = Node.spawn(gone, nothing)
show.("SP-03", {node(p), await.(fn -> not Process.alive?(p) end)})
p = Node.spawn(gone, :erlang, :node, [])
show.("SP-03", {node(p), await.(fn -> not Process.alive?(p) end)})
show.("SP-03", Node.spawn(gone, nothing) == Node.spawn(gone, nothing))

Process.flag(:trap_exit, true)
p = Node.spawn_link(gone, nothing)
show.("SP-04", {node(p), mail.(patience) == {:EXIT, p, :noconnection}})
p = Node.spawn_link(gone, :erlang, :node, [])
show.("SP-04", {node(p), mail.(patience) == {:EXIT, p, :noconnection}})
Process.flag(:trap_exit, false)
show.("SP-04", down.(spawn_monitor(fn -> Node.spawn_link(gone, nothing); Process.sleep(:infinity) end)))

{p, ref} = Node.spawn_monitor(gone, nothing)
show.("SP-05", {node(p), mail.(patience) == {:DOWN, ref, :process, p, :noconnection}})
show.("SP-05", down.(Node.spawn_monitor(gone, :erlang, :node, [])))
show.("SP-05", mail.(0))

{p, ref} = Node.spawn_monitor(b, :nosuch, :f, [1, :two])
show.("SP-06", {node(p), down.({p, ref})})
show.("SP-06", down.(Node.spawn_monitor(b, :erlang, :nosuch, [])))
show.("SP-06", down.(Node.spawn_monitor(b, Nosuch, :f, [])))
# A known one that fails has a stack of where it failed.
show.("SP-06", short.(down.(Node.spawn_monitor(b, :erlang, :hd, [[]]))))

# Nothing waits for a frozen node but who spawns there.
show.("SP-19", {Node.ping(b), Node.ping(c)})
tell.("freeze b")
waits = fn node ->
  spawn(fn ->
    send(me, {self(), :begins})
    p = Node.spawn(node, nothing)
    send(me, {self(), {node(p), await.(fn -> not Process.alive?(p) end)}})
  end)
end
w = waits.(b)
show.("SP-19", answer.(w))
receive do {^w, x} -> show.("SP-19", x) after 300 -> show.("SP-19", :waits) end
send({:nobody, b}, :hello)
show.("SP-19", :sends)
tell.("kill b")
show.("SP-18", answer.(w))
# Until it has been silent for too long.
tell.("freeze c")
w = waits.(c)
show.("SP-19", answer.(w))
show.("SP-19", answer.(w))
show.("SP-19", c in Node.list())
tell.("thaw c")
