# Rules: NM-13 NM-15 NM-17
# Nodes: b, c
[b, c] = Enum.map([:b, :c], on)
me = self()
# c knows this process, and connects by sending to it. b, which c cannot reach yet, brings the pid there.
:net_kernel.monitor_nodes(true)
show.("NM-15", Node.ping(b))
show.("NM-15", mail.(5000))
p = Node.spawn(b, fn -> receive do :never -> :ok end end)
Process.register(me, :me)
Node.spawn(b, fn -> Node.spawn(:"c@127.0.0.1", fn -> send({:me, :"a@127.0.0.1"}, :hello) end) end)
show.("NM-15", [mail.(5000), mail.(5000)])
Process.flag(:trap_exit, true)
r = Process.monitor(p)
Process.link(p)
Node.monitor(b, true)
Node.spawn(b, fn ->
  Enum.each(1..1000, fn i -> send(me, i) end)
  System.halt(0)
end)
# What was not on its way yet is lost; what arrives is the beginning, and comes before all signs of the loss.
take = fn take, seen -> receive do x -> take.(take, [x | seen]) after 500 -> Enum.reverse(seen) end end
first = receive do x -> x after 10_000 -> :nothing end
{numbers, rest} = Enum.split_with(take.(take, [first]), &is_integer/1)
show.("NM-17", numbers == Enum.take(Enum.to_list(1..1000), length(numbers)))
show.("NM-13", Enum.sort(Enum.map(rest, fn x -> elem(x, 0) end)))
show.("NM-17", {is_reference(r), Enum.all?(rest, fn x -> elem(x, 0) in [:DOWN, :EXIT, :nodedown] end)})
