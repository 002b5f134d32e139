# Rules: MESH-02
# Nodes: b connect_all=false
# Self: connect_all=false
b = on.(:b)
show.("MESH-02", {Node.ping(b), :global.register_name(:me, self()), :global.whereis_name(:me) == self()})
show.("MESH-02", {mail.(500), :rpc.call(b, :global, :whereis_name, [:me])})
