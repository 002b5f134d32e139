# Rules: CONN-12
# Nodes: b, c, h hidden
[b, c, h] = Enum.map([:b, :c, :h], on)
Node.ping(h)
show.("CONN-12", :net_kernel.allow([b]))
show.("CONN-12", {Node.ping(b), Node.ping(c), Node.connect(c)})
show.("CONN-12", :erpc.call(h, fn -> :rpc.call(:"c@127.0.0.1", Node, :ping, [:"a@127.0.0.1"]) end))
show.("CONN-12", {:net_kernel.allow([c]), Node.ping(c), Node.ping(b)})
show.("CONN-12", {:net_kernel.allow(["c"]), Node.ping(on.(:a))})
