# Rules: G-15
# Nodes: b, c
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
acts = fn ->
  loop = fn loop -> receive do {:do, f} -> send(me, {self(), f.()}); loop.(loop); :end -> :ok end end
  loop.(loop)
end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end
show.("G-15", {Node.ping(b), Node.ping(on.(:c))})
show.("G-15", {:global.sync(), :rpc.call(b, :global, :sync, [])})
p = Node.spawn(b, acts)
all = [node(), b, on.(:c)]

show.("G-15", :global.set_lock({:res, me}))
show.("G-15", act.(p, fn -> :global.set_lock({:res, self()}, all, 0) end))
show.("G-15", act.(p, fn -> :global.set_lock({:another, self()}, all, 0) end))
# Who has it may take it again, and gives it back once.
show.("G-15", :global.set_lock({:res, me}, all, 0))
show.("G-15", :global.del_lock({:res, me}))
show.("G-15", act.(p, fn -> :global.set_lock({:res, self()}, all, 0) end))
show.("G-15", :global.set_lock({:res, me}, all, 0))
# Who asks is any term.
show.(
  "G-15",
  {:global.set_lock({:named, :someone}), :global.set_lock({:named, :someone}, all, 0),
   :global.set_lock({:named, :other}, all, 0)}
)
show.("G-15", {:global.del_lock({:named, :other}), :global.set_lock({:named, :other}, all, 0)})

show.("G-15", :global.trans({:res, me}, fn -> :value end, all, 0))
show.("G-15", :global.trans({:free, me}, fn -> :value end, all, 0))
show.("G-15", act.(p, fn -> :global.trans({:free, self()}, fn -> node() end) end))
show.("G-15", try do :global.trans({:free, me}, fn -> exit(:why) end, all, 0) catch kind, reason -> {kind, reason} end)
show.("G-15", act.(p, fn -> :global.trans({:free, self()}, fn -> :again end, all, 0) end))

# It ends, and its node.
send(p, :end)
show.("G-15", await.(fn -> :global.set_lock({:res, me}, all, 0) end))
show.("G-15", :global.del_lock({:res, me}))
p = Node.spawn(b, acts)
show.("G-15", await.(fn -> act.(p, fn -> :global.set_lock({:res, self()}, all, 0) end) end))
show.("G-15", :global.set_lock({:res, me}, all, 0))
tell.("kill b")
show.("G-15", await.(fn -> :global.set_lock({:res, me}, [node(), on.(:c)], 0) end))
