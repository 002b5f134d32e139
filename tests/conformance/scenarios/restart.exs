# Rules: PID-04 PID-04b PID-04f PID-12
# Nodes: b hidden
b = on.(:b)
me = self()
Process.flag(:trap_exit, true)
start = fn ->
  p = Node.spawn(b, fn ->
    Process.register(self(), :echo)
    send(me, {:started, :erlang.system_info(:creation)})
    receive do x -> send(me, {:got, x}) end
    receive do :never -> :ok end
  end)
  {:started, creation} = mail.(5000)
  {p, creation}
end
{old, was} = start.()
tell.("kill b")
tell.("start b hidden")
await.(fn -> Node.list(:connected) == [] end)
{new, is} = start.()
show.("PID-12", {is_integer(was), was > 3, was != is})
show.("PID-04", {old == new, node(old) == node(new), old in [new]})
show.("PID-04b", {send(old, :hello) , Process.exit(old, :kill), mail.(300)})
r = Process.monitor(old)
show.("PID-04b", receive do {:DOWN, ^r, :process, ^old, reason} -> reason after 5000 -> :nothing end)
show.("PID-04b", {Process.link(old), receive do {:EXIT, ^old, reason} -> reason after 5000 -> :nothing end})
show.("PID-04f", :erpc.call(b, fn -> {node(old) == node(), Process.alive?(old), Process.whereis(:echo) == old} end))
show.("PID-04f", :erpc.call(b, fn -> {node(new) == node(), Process.alive?(new), Process.whereis(:echo) == new} end))
# By name, the new one is reached.
send({:echo, b}, :hello)
show.("PID-04", mail.(5000))
