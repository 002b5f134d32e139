# Rules: ADM-02 ADM-06
# Nodes: b, c, h hidden
[a, b, c] = Enum.map([:a, :b, :c], on)
show.("ADM-02", fails.(fn -> :net_adm.world() end))
show.("ADM-02", {Node.list(), Enum.sort(:net_adm.world_list([:"127.0.0.1"]))})
show.("ADM-02", {Enum.sort(Node.list()), Node.list(:hidden)})
show.("ADM-02", :net_adm.world_list([]))
show.("ADM-06", :net_adm.ping_list([]))
