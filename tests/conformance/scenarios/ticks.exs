# Rules: TICK-02 TICK-05 TICK-07
# Nodes: b ticktime=2 hidden
# Self: ticktime=2
b = on.(:b)
:net_kernel.monitor_nodes(true, [:nodedown_reason, node_type: :all])
Process.flag(:trap_exit, true)
show.("TICK-05", Node.ping(b))
mail.(5000)
show.("TICK-05", {mail.(5000), Node.list(:hidden)})
Process.register(self(), :me)
me = self()
Node.spawn(b, fn ->
  :net_kernel.monitor_nodes(true, [:nodedown_reason, node_type: :all])
  send(me, :ready)
  receive do {:nodedown, _, info} -> send({:me, :"a@127.0.0.1"}, {:thawed, info}) end
end)
show.("TICK-07", mail.(5000))
p = Node.spawn(b, fn -> receive do :never -> :ok end end)
r = Process.monitor(p)
Process.link(p)
tell.("freeze b")
frozen = System.monotonic_time(:millisecond)
show.("TICK-02", receive do {:nodedown, x, info} -> {x, info[:nodedown_reason]} after 20_000 -> :nothing end)
time = System.monotonic_time(:millisecond) - frozen
show.("TICK-02", {time > 1000, time < 10_000})
show.("TICK-02", receive do {:DOWN, ^r, :process, ^p, reason} -> reason after 5000 -> :nothing end)
show.("TICK-02", receive do {:EXIT, ^p, reason} -> reason after 5000 -> :nothing end)
tell.("thaw b")
show.("TICK-07", receive do {:thawed, info} -> info[:nodedown_reason] after 10_000 -> :nothing end)
show.("TICK-07", {receive do {:nodeup, x, _} -> x after 0 -> :nothing end, Node.list(:hidden)})
