# Rules: CONN-13 CONN-13k CONN-15
# Nodes: b, h hidden, c hidden
[b, h, c, zz] = Enum.map([:b, :h, :c, :zz], on)
show.("CONN-13", Enum.map([b, h], &Node.ping/1))
classes = [:visible, :hidden, :connected, :this]
show.("CONN-13", Enum.map(classes, fn x -> {x, Enum.sort(Node.list(x))} end))
show.("CONN-13", Enum.sort(:erlang.nodes([:visible, :this])))
show.("CONN-13", Enum.sort(:erlang.nodes([:hidden, :connected])))
show.("CONN-13", {:erlang.nodes([]), :erlang.nodes() == [b]})
show.("CONN-13", {fails.(fn -> :erlang.nodes(:some) end), fails.(fn -> :erlang.nodes([:visible, :some]) end)})
known = fn -> Enum.filter([node(), b, h, c, zz, :nonode@nohost], fn x -> x in Node.list(:known) end) end
show.("CONN-13k", Enum.filter(known.(), fn x -> x != :nonode@nohost end))
Node.ping(zz)
show.("CONN-13k", zz in known.())
Node.disconnect(h)
show.("CONN-13k", {h in known.(), Node.list(:hidden)})
# The one that dialled, and the other.
show.("CONN-15", Node.ping(h))
:net_kernel.monitor_nodes(true, node_type: :hidden)
Node.disconnect(h)
show.("CONN-15", {mail.(5000), Node.list(:hidden)})
show.("CONN-15", Node.ping(h))
show.("CONN-15", {mail.(5000), Node.list(:hidden)})
Node.spawn(h, fn -> Node.disconnect(:"a@127.0.0.1") end)
show.("CONN-15", {mail.(5000), Node.list(:hidden)})
show.("CONN-15", :rpc.call(h, :erlang, :nodes, [:hidden]))
show.("CONN-15", {mail.(5000), Node.list(:hidden)})
# The peer dials again.
me = self()
Node.ping(c)
show.("CONN-15", mail.(5000))
Node.spawn(c, fn ->
  Node.disconnect(:"a@127.0.0.1")
  send(me, :again)
end)
show.("CONN-15", [mail.(5000), mail.(5000), mail.(5000)])
