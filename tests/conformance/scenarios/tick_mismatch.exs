# Rules: TICK-09
# Nodes: b ticktime=1 hidden
b = on.(:b)
:net_kernel.monitor_nodes(true, [:nodedown_reason, node_type: :all])
show.("TICK-09", {Node.ping(b), mail.(5000)})
show.("TICK-09", mail.(5000))
