# Rules: SP-12 M-18 L-06
# Nodes: b
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
Process.put(:key, :value)
Process.flag(:trap_exit, true)
send(me, :queued)

p = Node.spawn(b, fn -> send(me, {self(), {Process.get(:key), Process.info(self(), :message_queue_len)}}) end)
show.("SP-12", answer.(p))
p =
  Node.spawn(b, fn ->
    send(
      me,
      {self(), Enum.map([:links, :monitors, :monitored_by, :trap_exit], fn x -> Process.info(self(), x) end)}
    )
  end)
show.("SP-12", answer.(p))
p = Node.spawn(b, fn -> send(me, {self(), Process.info(self(), :parent) == {:parent, me}}) end)
show.("SP-12", answer.(p))
p = Node.spawn(b, fn -> send(me, {self(), Process.flag(:trap_exit, true)}) end)
show.("SP-12", answer.(p))
p = Node.spawn_link(b, fn -> send(me, {self(), Process.info(self(), :links) == {:links, [me]}}) end)
show.("SP-12", answer.(p))

# Whoever watches ends: nothing is left of it there.
info = fn pid, what -> :rpc.call(node(pid), Process, :info, [pid, what]) end
p = Node.spawn(b, fn -> Process.flag(:trap_exit, true); Process.sleep(:infinity) end)
w = spawn(fn -> ref = Process.monitor(p); send(me, {self(), ref}); Process.sleep(:infinity) end)
answer.(w)
show.("M-18", await.(fn -> info.(p, :monitored_by) == {:monitored_by, [w]} end))
Process.exit(w, :kill)
show.("M-18", await.(fn -> info.(p, :monitored_by) == {:monitored_by, []} end))
ref = Process.monitor(p)
show.("M-18", info.(p, :monitored_by) == {:monitored_by, [me]})
Process.demonitor(ref)
show.("M-18", await.(fn -> info.(p, :monitored_by) == {:monitored_by, []} end))
ref = Process.monitor(p)
show.("M-18", Process.info(me, :monitors) == {:monitors, [process: p]})
Node.disconnect(b)
show.("M-18", receive do {:DOWN, ^ref, _, _, reason} -> reason after patience -> :nothing end)
show.("M-18", {Process.info(me, :monitors), await.(fn -> info.(p, :monitored_by) == {:monitored_by, []} end)})
Process.link(p)
show.("L-06", await.(fn -> info.(p, :links) == {:links, [me]} end))
Node.disconnect(b)
show.("L-06", receive do {:EXIT, ^p, reason} -> reason after patience -> :nothing end)
show.("L-06", {p in elem(Process.info(me, :links), 1), await.(fn -> info.(p, :links) == {:links, []} end)})
