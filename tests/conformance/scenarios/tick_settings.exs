# Rules: TICK-01 TICK-04
show.("TICK-01", :net_kernel.get_net_ticktime())
show.("TICK-04", :net_kernel.set_net_ticktime(60))
show.("TICK-04", :net_kernel.set_net_ticktime(8, 1))
show.("TICK-04", {:net_kernel.get_net_ticktime(), :net_kernel.set_net_ticktime(4)})
show.("TICK-04", await.(fn -> :net_kernel.get_net_ticktime() == 8 end))
show.("TICK-04", {:net_kernel.set_net_ticktime(8), :net_kernel.set_net_ticktime(4, 0), await.(fn -> :net_kernel.get_net_ticktime() == 4 end)})
