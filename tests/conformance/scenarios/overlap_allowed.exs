# Rules: MESH-06
# Nodes: b overlap=false, c overlap=false, h hidden
# Self: overlap=false
[a, b, c, h] = Enum.map([:a, :b, :c, :h], on)
peers = fn -> Enum.map([a, b, c], fn x -> :erpc.call(h, fn -> Enum.sort(:rpc.call(x, Node, :list, [])) end) end) end
show.("MESH-06", {Node.ping(b), :rpc.call(b, Node, :ping, [c])})
show.("MESH-06", await.(fn -> peers.() == [[b, c], [a, c], [a, b]] end))
Enum.each([a, b, c], fn x -> :erpc.call(h, fn -> :rpc.call(x, :global, :sync, []) end) end)
show.("MESH-06", {Node.disconnect(b), await.(fn -> peers.() == [[c], [c], [a, b]] end)})
show.("MESH-06", {mail.(1000), peers.()})
