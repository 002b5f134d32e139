# Rules: CONN-07 CONN-07l
# Nodes: b hidden
# b is hidden, because :global of a visible node dials again by itself (rule CONN-16).
b = on.(:b)
connected = fn -> Node.list(:connected) == [b] end
me = self()
idle = fn -> Node.spawn(b, fn -> receive do :never -> :ok end end) end
Process.flag(:trap_exit, true)
p = idle.()
q = idle.()
refers = fn what, f ->
  Node.disconnect(b)
  before = connected.()
  f.()
  show.("CONN-07", {what, before, await.(connected)})
end
refers.("pid", fn -> send(p, :hello) end)
refers.("name", fn -> send({:nobody, b}, :hello) end)
refers.("monitor pid", fn -> Process.monitor(p) end)
refers.("monitor name", fn -> Process.monitor({:nobody, b}) end)
refers.("link", fn -> Process.link(p) end)
refers.("exit", fn -> Process.exit(q, :hello) end)
refers.("monitor node", fn -> Node.monitor(b, true) end)
refers.("spawn", fn -> Node.spawn(b, fn -> :ok end) end)
refers.("spawn_link", fn -> Node.spawn_link(b, fn -> :ok end) end)
refers.("spawn_monitor", fn -> Node.spawn_monitor(b, fn -> :ok end) end)
refers.("rpc", fn -> :rpc.call(b, :erlang, :node, []) end)
refers.("cast", fn -> :rpc.cast(b, :erlang, :node, []) end)
refers.("erpc", fn -> :erpc.call(b, fn -> :ok end) end)
refers.("group leader", fn -> Process.group_leader(p, Process.group_leader()) end)
device = Node.spawn(b, fn ->
  receive do {:io_request, from, id, _} -> send(from, {:io_reply, id, :ok}) end
  send(me, :printed)
  receive do :never -> :ok end
end)
refers.("io", fn -> IO.puts(device, "hello") end)
Node.disconnect(b)
p = idle.() # That of above was linked.
Node.disconnect(b)
show.("CONN-07l", {node(p), Node.list(:connected)})
r = Process.monitor(p)
await.(connected)
Node.disconnect(b)
show.("CONN-07l", receive do {:DOWN, ^r, _, _, reason} -> reason after 5000 -> :nothing end)
show.("CONN-07l", {Process.demonitor(r), Process.unlink(p), Process.send(p, :hello, [:noconnect]), Node.list(:connected)})
