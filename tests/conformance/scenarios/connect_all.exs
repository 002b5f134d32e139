# Rules: MESH-02
# Nodes: b connect_all=false, c connect_all=false
# Self: connect_all=false
[a, b, c] = Enum.map([:a, :b, :c], on)
show.("MESH-02", {Node.ping(b), :rpc.call(b, Node, :ping, [c])})
show.("MESH-02", {mail.(500), Node.list(), Enum.sort(:rpc.call(b, Node, :list, []))})
