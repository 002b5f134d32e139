# Rules: MESH-05 MESH-05b
# Nodes: b, c, h hidden
[a, b, c, h] = Enum.map([:a, :b, :c, :h], on)
peers = fn -> Enum.map([a, b, c], fn x -> :erpc.call(h, fn -> Enum.sort(:rpc.call(x, Node, :list, [])) end) end) end
:erpc.call(h, fn -> Enum.each([a, b, c], &Node.ping/1) end)
show.("MESH-05", {Node.ping(b), :rpc.call(b, Node, :ping, [c])})
show.("MESH-05", await.(fn -> peers.() == [[b, c], [a, c], [a, b]] end))
# All nodes have to know of each other's connections before one of them goes.
Enum.each([a, b, c], fn x -> :erpc.call(h, fn -> :rpc.call(x, :global, :sync, []) end) end)
# Mostly all three are alone then, but a and c may find each other again: what counts is that nobody sees a part only.
whole = fn ->
  groups = Enum.map(Enum.zip([a, b, c], peers.()), fn {x, list} -> Enum.sort([x | list]) end)
  [_, of_b, _] = groups
  of_b == [b] and Enum.all?(groups, fn x -> Enum.all?(groups, fn y -> x == y or x -- y == x end) end)
end
show.("MESH-05", {Node.disconnect(b), await.(whole)})
show.("MESH-05b", {Node.ping(b), :rpc.call(b, Node, :ping, [c])})
show.("MESH-05b", await.(fn -> peers.() == [[b, c], [a, c], [a, b]] end))
