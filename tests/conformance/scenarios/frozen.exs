# Rules: CONN-08 CONN-08b CONN-08f
# Nodes: b hidden
b = on.(:b)
me = self()
p = Node.spawn(b, fn -> receive do :never -> :ok end end)
Node.disconnect(b)
tell.("freeze b")
now = fn -> System.monotonic_time(:millisecond) end
begun = now.()
# These return at once, and what they have to say comes later.
show.("CONN-08b", send(p, :hello))
show.("CONN-08b", send({:x, b}, :hello))
r1 = Process.monitor(p)
r2 = Process.monitor({:x, b})
show.("CONN-08b", {Node.monitor(b, true), :rpc.cast(b, :erlang, :node, []), Process.exit(p, :hello)})
show.("CONN-08b", now.() - begun < 4000)
# These wait.
waits = [
  ping: fn -> Node.ping(b) end,
  connect: fn -> Node.connect(b) end,
  spawn: fn -> node(Node.spawn(b, fn -> :ok end)) end,
  rpc: fn -> :rpc.call(b, :erlang, :node, []) end,
  erpc: fn -> fails.(fn -> :erpc.call(b, :erlang, :node, []) end) end,
  rpc_timeout: fn -> :rpc.call(b, :erlang, :node, [], 1000) end
]
for {what, f} <- waits, do: spawn(fn -> result = f.(); send(me, {what, result, now.() - begun}) end)
receive do {:rpc_timeout, result, time} -> show.("CONN-08f", {:rpc_timeout, result, time < 6000}) after 20_000 -> :nothing end
for {what, _} <- waits, what != :rpc_timeout do
  receive do {^what, result, time} -> show.("CONN-08f", {what, result, time > 5000}) after 20_000 -> :nothing end
end
show.("CONN-08b", receive do {:DOWN, ^r1, :process, ^p, reason} -> reason after 5000 -> :nothing end)
show.("CONN-08b", receive do {:DOWN, ^r2, :process, who, reason} -> {who, reason} after 5000 -> :nothing end)
show.("CONN-08b", mail.(5000))
show.("CONN-08", {Node.list(:connected), now.() - begun > 5000})
tell.("thaw b")
show.("CONN-08", await.(fn -> Node.ping(b) == :pong end))
