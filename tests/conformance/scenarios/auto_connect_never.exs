# Rules: CONN-11
# Nodes: b, c
# Self: auto_connect=never
[b, c] = Enum.map([:b, :c], on)
show.("CONN-11", {Node.ping(b), :rpc.call(b, :erlang, :node, []), Node.list()})
r = Process.monitor({:x, b})
show.("CONN-11", receive do {:DOWN, ^r, _, _, reason} -> reason after 5000 -> :nothing end)
show.("CONN-11", {Node.connect(b), Node.ping(b), :rpc.call(b, :erlang, :node, [])})
show.("CONN-11", :rpc.call(b, Node, :ping, [c]))
show.("CONN-11", await.(fn -> :rpc.call(b, :rpc, :call, [c, Node, :ping, [node()]]) == :pong and c in Node.list() end))
