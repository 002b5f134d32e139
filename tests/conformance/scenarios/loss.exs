# Rules: TICK-03
# Nodes: b, c
[b, c] = Enum.map([:b, :c], on)
:net_kernel.monitor_nodes(true, [:nodedown_reason])
show.("TICK-03", {Node.ping(b), mail.(5000)})
tell.("kill b")
show.("TICK-03", mail.(5000))
show.("TICK-03", {Node.ping(c), mail.(5000)})
Node.spawn(c, fn -> System.halt(0) end)
show.("TICK-03", mail.(5000))
