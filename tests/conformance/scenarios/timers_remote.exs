# Rules: MSG-19
# Nodes: b
b = on.(:b)
me = self()
patience = 5000
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
p = Node.spawn(b, fn -> Process.sleep(:infinity) end)
show.("MSG-19", fails.(fn -> Process.send_after(p, :hello, 1) end))
show.("MSG-19", fails.(fn -> :erlang.send_after(1, p, :hello) end))
show.("MSG-19", fails.(fn -> :erlang.start_timer(1, p, :hello) end))
show.("MSG-19", fails.(fn -> Process.send_after({:name, b}, :hello, 1) end))
show.("MSG-19", fails.(fn -> Process.send_after({:name, node()}, :hello, 1) end))
show.("MSG-19", {is_reference(Process.send_after(me, :mine, 1)), mail.(patience)})
Process.register(me, :main)
Process.send_after(:main, :named, 1)
show.("MSG-19", mail.(patience))
Process.send_after(:nobody, :lost, 1)
show.("MSG-19", mail.(50))
ref = :erlang.start_timer(1, me, :timed)
show.("MSG-19", mail.(patience) == {:timeout, ref, :timed})
