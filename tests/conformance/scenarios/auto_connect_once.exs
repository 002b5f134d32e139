# Rules: CONN-11c
# Nodes: b hidden
# Self: auto_connect=once
b = on.(:b)
show.("CONN-11c", {Node.ping(b), Node.disconnect(b)})
show.("CONN-11c", {Node.ping(b), :rpc.call(b, :erlang, :node, []), Node.list(:connected)})
show.("CONN-11c", {Node.connect(b), Node.ping(b)})
