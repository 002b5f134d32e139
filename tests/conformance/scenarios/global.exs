# Rules: G-01 G-02 G-03 G-05 G-06 G-08 G-14
# Nodes: b, c
b = on.(:b)
c = on.(:c)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
acts = fn ->
  loop = fn loop ->
    receive do
      {:do, f} ->
        send(me, {self(), f.()})
        loop.(loop)

      {:tell, x} ->
        send(me, {self(), x})
        loop.(loop)

      :end ->
        :ok
    end
  end
  loop.(loop)
end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end
whereis = fn node, name -> :rpc.call(node, :global, :whereis_name, [name]) end
everywhere = fn name, pid -> Enum.map([node(), b, c], fn x -> whereis.(x, name) == pid end) end
soon = fn name, pid -> await.(fn -> Enum.all?(everywhere.(name, pid)) end) end
fails = fn f -> try do f.() catch :exit, reason -> {:exit, reason}; kind, reason -> {kind, reason} end end

p = Node.spawn(b, acts)
q = Node.spawn(c, acts)
show.("G-02", {:global.sync(), :rpc.call(b, :global, :sync, []), :rpc.call(c, :global, :sync, [])})
show.("G-01", :global.register_name(:first, me))
show.("G-01", everywhere.(:first, me))
show.("G-01", {:global.register_name(:first, p), act.(p, fn -> :global.register_name(:first, self()) end)})
show.("G-01", act.(p, fn -> :global.register_name(:second, self()) end))
show.("G-01", everywhere.(:second, p))
show.("G-01", :global.register_name(:second, q))
show.("G-01", Enum.sort(:global.registered_names()))
show.("G-01", Enum.sort(:rpc.call(c, :global, :registered_names, [])))
show.("G-01", :global.whereis_name(:nosuch))

# A second name for one process.
show.("G-05", :global.register_name(:third, me))
show.("G-05", {everywhere.(:third, me), :global.whereis_name(:third)})

# One that joins learns the names.
tell.("start d")
d = on.(:d)
show.("G-02", {Node.ping(d), :rpc.call(d, :global, :sync, [])})
show.("G-02", {whereis.(d, :first) == me, whereis.(d, :second) == p})
show.("G-02", await.(fn -> Enum.sort(:rpc.call(d, :global, :registered_names, [])) == [:first, :second] end))
tell.("kill d")

show.("G-06", {:global.re_register_name(:second, q), everywhere.(:second, q)})
show.("G-06", {:global.re_register_name(:fresh, p), everywhere.(:fresh, p)})
show.("G-06", {:rpc.call(b, :global, :unregister_name, [:second]), everywhere.(:second, :undefined)})
show.("G-06", {:global.unregister_name(:nosuch), :global.unregister_name(:fresh), everywhere.(:fresh, :undefined)})
show.("G-06", {:global.register_name(:second, q), :global.whereis_name(:second) == q})

show.("G-08", {:global.send(:second, {:tell, :hello}) == q, answer.(q)})
show.("G-08", :rpc.call(b, :global, :send, [:first, :from_b]) == me)
show.("G-08", mail.(patience))
show.("G-08", fails.(fn -> :global.send(:nosuch, :hello) end))

show.("G-14", {:global.register_name({:any, "term", 1}, p), everywhere.({:any, "term", 1}, p)})
show.("G-14", {:global.unregister_name({:any, "term", 1}), everywhere.({:any, "term", 1}, :undefined)})
show.("G-14", fails.(fn -> :global.register_name(:no_pid, :first) end))
{dead, ref} = spawn_monitor(fn -> :ok end)
receive do {:DOWN, ^ref, _, _, _} -> :ok after patience -> show.("G-14", :nothing) end
show.("G-14", {:global.register_name(:dead, dead), soon.(:dead, :undefined)})
# Registered here, for a process of another node, and for one of a third.
show.("G-14", {:global.register_name(:other, p), everywhere.(:other, p)})
w = Node.spawn(c, acts)
show.("G-14", {act.(p, fn -> :global.register_name(:third_node, w) end), everywhere.(:third_node, w)})

# Its holder ends, or the node of its holder.
send(p, :end)
show.("G-03", soon.(:other, :undefined))
show.("G-03", :global.register_name(:other, me) in [:yes, :no])
p = Node.spawn(b, acts)
show.("G-03", {:global.register_name(:on_b, p), everywhere.(:on_b, p)})
tell.("kill b")
show.("G-03", await.(fn -> :global.whereis_name(:on_b) == :undefined and whereis.(c, :on_b) == :undefined end))
show.("G-03", {:global.register_name(:on_b, Node.spawn(c, acts)), :global.whereis_name(:on_b) |> node()})
show.("G-03", mail.(0))
