# Rules: CONN-14
# Nodes: b, h hidden
[b, h] = Enum.map([:b, :h], on)
Enum.map([b, h], &Node.ping/1)
show.("CONN-14", Enum.sort(:erlang.nodes(:connected, %{node_type: true})))
show.("CONN-14", :erlang.nodes(:this, %{node_type: true, connection_id: true}))
id = fn -> [{_, %{connection_id: x}}] = :erlang.nodes(:hidden, %{connection_id: true}); x end
first = id.()
Node.disconnect(h)
Node.ping(h)
show.("CONN-14", {is_integer(first), id.() > first})
show.("CONN-14", :erlang.nodes(:hidden, %{}))
show.("CONN-14", fails.(fn -> :erlang.nodes(:hidden, %{speed: true}) end))
show.("CONN-14", fails.(fn -> :erlang.nodes(:hidden, []) end))
