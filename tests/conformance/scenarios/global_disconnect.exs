# Rules: MESH-08
# Nodes: b, c, h hidden
[a, b, c, h] = Enum.map([:a, :b, :c, :h], on)
peers = fn -> Enum.map([a, b, c], fn x -> :erpc.call(h, fn -> Enum.sort(:rpc.call(x, Node, :list, [])) end) end) end
show.("MESH-08", {Node.ping(b), :rpc.call(b, Node, :ping, [c])})
show.("MESH-08", await.(fn -> peers.() == [[b, c], [a, c], [a, b]] end))
Enum.each([a, b, c], fn x -> :erpc.call(h, fn -> :rpc.call(x, :global, :sync, []) end) end)
show.("MESH-08", Enum.sort(:global.disconnect()))
show.("MESH-08", await.(fn -> peers.() == [[], [c], [b]] end))
show.("MESH-08", {mail.(500), peers.()})
