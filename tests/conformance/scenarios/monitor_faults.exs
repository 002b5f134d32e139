# Rules: M-05 M-06
# Nodes: b ticktime=2, d cookie=other
# Self: ticktime=2
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
ends = fn ->
  send(me, {self(), :begins})
  loop = fn loop -> receive do {:end, reason} -> exit(reason); {from, x} -> send(from, {self(), x}); loop.(loop) end end
  loop.(loop)
end
there = fn -> p = Node.spawn(b, ends); answer.(p); p end
lives = fn pid -> send(pid, {me, :lives}); answer.(pid) end

by_name = fn who ->
  ref = Process.monitor(who)
  receive do {:DOWN, ^ref, :process, object, reason} -> {object, reason} after patience -> :nothing end
end
show.("M-05", by_name.({:worker, on.(:nosuch)}))
show.("M-05", by_name.({:worker, on.(:d)}))
tell.("start c")
p = Node.spawn(on.(:c), fn -> Process.sleep(:infinity) end)
tell.("kill c")
show.("M-05", await.(fn -> Node.list() == [] end))
show.("M-05", down.({p, Process.monitor(p)}))

# The connection goes.
p = there.()
q = spawn(ends)
answer.(q)
refs = [Process.monitor(p), Process.monitor(p)]
watcher = Node.spawn(b, fn ->
  ref = Process.monitor(q)
  send(me, {self(), :watches})
  receive do {:DOWN, ^ref, :process, ^q, reason} -> send(me, {self(), reason}) end
  receive do x -> send(me, {self(), x}) after 200 -> send(me, {self(), :once}) end
end)
show.("M-06", answer.(watcher))
show.("M-06", Node.disconnect(b))
show.("M-06", Enum.map(refs, fn ref -> down.({p, ref}) end))
show.("M-06", lives.(p))
show.("M-06", {answer.(watcher), lives.(q), answer.(watcher)})
# Nothing watches it any longer.
show.("M-06", {Node.list() == [b], Process.demonitor(hd(refs), [:info])})
third = Process.monitor(p)
send(p, {:end, :later})
show.("M-06", {down.({p, third}), mail.(0)})
# A node that is silent for too long, and comes back.
p = there.()
ref = Process.monitor(p)
Node.spawn(b, fn -> Process.register(self(), :sleeper); send(me, {self(), :registered}); Process.sleep(:infinity) end)
receive do {_, :registered} -> :ok after patience -> show.("M-06", :nothing) end
named = Process.monitor({:sleeper, b})
tell.("freeze b")
show.("M-06", down.({p, ref}))
show.("M-06", receive do {:DOWN, ^named, :process, object, reason} -> {object, reason} after patience -> :nothing end)
tell.("thaw b")
show.("M-06", await.(fn -> Node.ping(b) == :pong end))
show.("M-06", {lives.(p), mail.(0)})
ref = Process.monitor(p)
tell.("kill b")
show.("M-06", {down.({p, ref}), mail.(0)})
