# Rules: L-04 L-05 L-06 L-22
# Nodes: b ticktime=2
# Self: ticktime=2
b = on.(:b)
gone = on.(:nosuch)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
exit_of = fn pid -> receive do {:EXIT, ^pid, reason} -> reason after patience -> :nothing end end
acts = fn traps -> fn ->
  Process.flag(:trap_exit, traps)
  send(me, {self(), :acts})
  loop = fn loop, seen ->
    receive do
      {:do, f} -> send(me, {self(), f.()}); loop.(loop, seen)
      {:EXIT, from, reason} -> loop.(loop, seen ++ [{from, reason}])
      :seen -> send(me, {self(), seen}); loop.(loop, seen)
    end
  end
  loop.(loop, [])
end end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end
seen = fn pid -> send(pid, :seen); answer.(pid) end
Process.flag(:trap_exit, true)

# A process of a node that cannot be reached: its name was known once.
tell.("start c")
p = Node.spawn(on.(:c), fn -> Process.sleep(:infinity) end)
tell.("kill c")
show.("L-04", await.(fn -> Node.list() == [] end))
show.("L-04", {Process.link(p), exit_of.(p)})
{q, ref} = spawn_monitor(fn -> Process.link(p); Process.sleep(:infinity) end)
show.("L-04", down.({q, ref}))

# Both ends live on, and see the connection go.
p = Node.spawn_link(b, acts.(true))
q = Node.spawn_link(b, acts.(true))
show.("L-05", {answer.(p), answer.(q)})
show.("L-05", Node.disconnect(b))
show.("L-05", {exit_of.(p), exit_of.(q)})
show.("L-05", await.(fn -> seen.(p) == [{me, :noconnection}] and seen.(q) == [{me, :noconnection}] end))
# Links are not mended.
show.("L-06", Node.list() == [b])
Process.exit(p, :kill)
ref = Process.monitor(p)
show.("L-06", {down.({p, ref}) in [:killed, :noproc], mail.(0)})
show.("L-06", {seen.(q), act.(q, fn -> Process.link(me) end)})
send(q, {:do, fn -> exit(:again) end})
show.("L-06", exit_of.(q))

# Those that do not trap die on both ends.
{p, r1} = spawn_monitor(acts.(false))
answer.(p)
q = Node.spawn(b, acts.(false))
show.("L-05", {answer.(q), act.(q, fn -> Process.register(self(), :linked); Process.link(p) end)})
Node.disconnect(b)
show.("L-05", down.({p, r1}))
show.("L-05", await.(fn -> :rpc.call(b, Process, :whereis, [:linked]) == nil end))

# A node that is silent for too long is gone, for both.
p = Node.spawn_link(b, acts.(true))
show.("L-05", answer.(p))
tell.("freeze b")
show.("L-05", exit_of.(p))
tell.("thaw b")
show.("L-05", await.(fn -> Node.ping(b) == :pong end))
show.("L-05", await.(fn -> seen.(p) == [{me, :noconnection}] end))
# A node that ends.
p = Node.spawn_link(b, acts.(true))
show.("L-22", answer.(p))
tell.("kill b")
show.("L-22", exit_of.(p))
show.("L-22", mail.(0))
