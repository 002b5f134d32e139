# Rules: MESH-01 MESH-03 MESH-07
# Nodes: b, c, d, e, h hidden
# Two clusters, {a, b, c} and {d, e}, and h, which has all of them in sight and connects none of them.
[a, b, c, d, e, h] = Enum.map([:a, :b, :c, :d, :e, :h], on)
peers = fn node -> :erpc.call(h, fn -> Enum.sort(:rpc.call(node, Node, :list, [])) end) end
meshed = fn nodes -> await.(fn -> Enum.all?(nodes, fn x -> peers.(x) == nodes -- [x] end) end) end
show.("MESH-01", {Node.ping(b), :erpc.call(b, Node, :ping, [c])})
show.("MESH-01", {meshed.([a, b, c]), Enum.sort(Node.list())})
show.("MESH-01", :erpc.call(h, fn -> :rpc.call(d, Node, :ping, [e]) end))
show.("MESH-01", {meshed.([d, e]), meshed.([a, b, c])})
show.("MESH-03", :erpc.call(c, Node, :ping, [e]))
show.("MESH-03", {meshed.([a, b, c, d, e]), Enum.sort(Node.list())})
:net_kernel.monitor_nodes(true)
tell.("kill c")
show.("MESH-07", mail.(5000))
show.("MESH-07", meshed.([a, b, d, e]))
show.("MESH-07", mail.(300))
show.("MESH-07", {meshed.([a, b, d, e]), Enum.sort(Node.list())})
