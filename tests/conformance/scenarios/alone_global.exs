# Rules: G-17
# Self: alone
me = self()
show.("G-17", {node(), :global.register_name(:name, me), :global.whereis_name(:name) == me})
show.("G-17", {:global.register_name(:name, spawn(fn -> :ok end)), :global.registered_names()})
show.("G-17", {:global.send(:name, :hello) == me, mail.(5000)})
show.(
  "G-17",
  {:global.set_lock({:res, me}), :global.set_lock({:res, :other}, [node()], 0), :global.del_lock({:res, me})}
)
show.("G-17", {:global.unregister_name(:name), :global.whereis_name(:name)})
show.("G-17", :global.sync())
