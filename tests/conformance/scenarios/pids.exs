# Rules: PID-01 PID-02 PID-05 PID-11
# Nodes: b, c
[b, c] = Enum.map([:b, :c], on)
me = self()
parts = fn text -> ["#PID", rest] = String.split(text, "<"); String.split(String.trim_trailing(rest, ">"), ".") end
p = Node.spawn(b, fn ->
  Process.register(self(), :echo)
  send(me, {inspect(self()), inspect(me)})
  receive do :never -> :ok end
end)
{there, mine} = mail.(5000)
[x, n, s] = parts.(inspect(p))
show.("PID-01", {x == "0", hd(parts.(there)), [n, s] == tl(parts.(there))})
[x, n, s] = parts.(mine)
show.("PID-01", {x == "0", hd(parts.(inspect(self()))), [n, s] == tl(parts.(inspect(self())))})
q = Node.spawn(c, fn -> receive do :never -> :ok end end)
[x, _, _] = parts.(inspect(q))
[y, _, _] = parts.(inspect(p))
show.("PID-01", x != y)
show.("PID-02", {:erpc.call(c, fn -> p end) == p, :erpc.call(b, fn -> me end) == self(), p == q})
show.("PID-02", :erpc.call(b, fn -> Process.whereis(:echo) == p end))
show.("PID-02", {p === :erpc.call(b, fn -> Process.whereis(:echo) end), %{p => 1}[:erpc.call(c, fn -> p end)]})
show.("PID-05", fails.(fn -> Process.alive?(p) end))
show.("PID-05", fails.(fn -> Process.register(p, :away) end))
show.("PID-05", fails.(fn -> :erlang.is_process_alive(:a) end))
show.("PID-11", {Process.whereis(:echo), :echo in Process.registered()})
Process.register(self(), :here)
show.("PID-11", {Process.whereis(:here) == self(), :here in Process.registered(), :rpc.call(b, Process, :whereis, [:here])})
