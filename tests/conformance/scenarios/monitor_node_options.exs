# Rules: NM-05 NM-10
# Nodes: b hidden
b = on.(:b)
f = &:net_kernel.monitor_nodes/2
show.("NM-05", {:net_kernel.monitor_nodes(:maybe), f.(:maybe, []), f.(1, [:nodedown_reason])})
show.("NM-05", [f.(true, [:speed]), f.(true, [:nodedown_reason, :speed])])
show.("NM-05", [f.(true, [node_type: :some]), f.(true, [:node_type])])
show.("NM-05", [f.(true, [node_type: :all, node_type: :visible]), f.(false, [node_type: :all, node_type: :all])])
show.("NM-05", [f.(true, :all), f.(true, "all")])
show.("NM-05", [f.(true, %{speed: 1}), f.(true, %{node_type: :some}), f.(true, %{nodedown_reason: 1})])
show.("NM-10", Node.monitor(b, true, [:allow_passive_connect]))
show.("NM-10", fails.(fn -> Node.monitor(b, true, [:speed]) end))
show.("NM-10", fails.(fn -> Node.monitor(b, true, :speed) end))
show.("NM-05", mail.(0))
