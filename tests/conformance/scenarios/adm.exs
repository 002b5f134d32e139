# Rules: ADM-01 ADM-09 COOKIE-14
# Nodes: b, c, d cookie=dragon
names = fn -> {:ok, list} = :net_adm.names(:"127.0.0.1"); Enum.sort(list) end
show.("ADM-01", Enum.map(names.(), fn {name, port} -> {name, is_integer(port) and port > 0} end))
show.("COOKIE-14", {Node.ping(on.(:d)), 'd' in Enum.map(names.(), fn {name, _} -> name end)})
show.("ADM-01", elem(:net_adm.names(), 0))
show.("ADM-01", :net_adm.names(:"nosuch.invalid"))
show.("ADM-01", fails.(fn -> :net_adm.names(1) end))
tell.("kill c")
show.("ADM-09", await.(fn -> Enum.map(names.(), fn {name, _} -> name end) == ['a', 'b', 'd'] end))
tell.("start c")
show.("ADM-09", await.(fn -> Enum.map(names.(), fn {name, _} -> name end) == ['a', 'b', 'c', 'd'] end))
