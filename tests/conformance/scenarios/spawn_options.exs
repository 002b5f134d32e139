# Rules: SP-10 SP-05
# Nodes: b
b = on.(:b)
gone = on.(:nosuch)
me = self()
patience = 5000
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
run = fn node, f, options -> :erlang.spawn_opt(node, :erlang, :apply, [f, []], options) end
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
Process.flag(:trap_exit, true)

p = run.(b, fn -> exit(:linked) end, [:link])
show.("SP-10", {node(p), receive do {:EXIT, ^p, reason} -> reason after patience -> :nothing end})
{p, ref} = run.(b, fn -> exit(:watched) end, [:monitor])
show.("SP-10", {node(p), receive do {:DOWN, ^ref, :process, ^p, reason} -> reason after patience -> :nothing end})
{p, ref} = run.(b, fn -> exit(:both) end, [:link, :monitor])
show.(
  "SP-10",
  {receive do
     {:EXIT, ^p, reason} -> reason
   after
     patience -> :nothing
   end,
   receive do
     {:DOWN, ^ref, :process, ^p, reason} -> reason
   after
     patience -> :nothing
   end}
)
{p, ref} = :erlang.spawn_opt(b, fn -> exit(:fun) end, [:monitor])
show.("SP-10", receive do {:DOWN, ^ref, :process, ^p, reason} -> reason after patience -> :nothing end)
p = run.(b, fn -> send(me, {self(), Process.info(self(), :priority)}) end, [priority: :high])
show.("SP-10", answer.(p))
p = run.(node(), fn -> send(me, {self(), node()}) end, [:link])
show.("SP-10", {answer.(p), receive do {:EXIT, ^p, reason} -> reason after patience -> :nothing end})
{p, ref} = Process.spawn(fn -> exit(:local) end, [:monitor])
show.("SP-10", receive do {:DOWN, ^ref, :process, ^p, reason} -> reason after patience -> :nothing end)
show.("SP-10", fails.(fn -> run.(b, fn -> :ok end, [:nosuch]) end))
show.("SP-10", fails.(fn -> run.(node(), fn -> :ok end, [:nosuch]) end))
show.("SP-10", fails.(fn -> run.(b, fn -> :ok end, :nosuch) end))

p = run.(gone, fn -> :ok end, [:link])
show.("SP-05", {node(p), mail.(patience) == {:EXIT, p, :noconnection}})
{p, ref} = run.(gone, fn -> :ok end, [:monitor])
show.("SP-05", {node(p), mail.(patience) == {:DOWN, ref, :process, p, :noconnection}})
p = run.(gone, fn -> :ok end, [])
show.("SP-05", {node(p), await.(fn -> not Process.alive?(p) end), mail.(0)})
