# Rules: PID-05
# Nodes: b
b = on.(:b)
p = Node.spawn(b, fn -> receive do :never -> :ok end end)
show.("PID-05", fails.(fn -> Process.info(p) end))
show.("PID-05", fails.(fn -> Process.info(p, :links) end))
