# Rules: COOKIE-03 COOKIE-04 COOKIE-05 COOKIE-06 COOKIE-07 COOKIE-08 COOKIE-11
# Nodes: b overlap=false, c cookie=dragon overlap=false, d cookie=wyvern overlap=false, h cookie=dragon hidden
# Self: overlap=false
# Nodes that do not know each other's cookies cannot meet, and would be parted from their friends, too.
[b, c, d, h] = Enum.map([:b, :c, :d, :h], on)
show.("COOKIE-07", {Node.get_cookie(), :erlang.get_cookie(), :erlang.get_cookie(b), :erlang.get_cookie(c)})
show.("COOKIE-03", {Node.ping(c), Node.set_cookie(c, :dragon), Node.ping(c)})
show.("COOKIE-07", {:erlang.get_cookie(c), :erlang.get_cookie(b), Node.get_cookie()})
# Who dials does not matter: c, which knows nothing of it, comes back.
Node.set_cookie(h, :dragon)
Node.ping(h)
Node.disconnect(c)
show.("COOKIE-03", await.(fn -> :erpc.call(h, fn -> :rpc.call(c, Node, :ping, [:"a@127.0.0.1"]) end) == :pong end))
show.("COOKIE-03", await.(fn -> Node.list() == [c] end))
# A third cookie for this pair.
:erpc.call(h, fn -> :erlang.set_cookie(:"a@127.0.0.1", :unicorn) end)
show.("COOKIE-06", {Node.ping(h), Node.list(:hidden)})
Node.disconnect(h)
show.("COOKIE-06", Node.ping(h))
Node.set_cookie(h, :unicorn)
show.("COOKIE-04", {Node.ping(h), :erpc.call(h, :erlang, :get_cookie, [node()])})
# Each takes the other's: they still differ.
Node.set_cookie(d, :wyvern)
show.("COOKIE-05", {Node.ping(d), :rpc.call(d, :erlang, :set_cookie, [:"a@127.0.0.1", :monster])})
Node.disconnect(d)
show.("COOKIE-05", Node.ping(d))
show.("COOKIE-08", Node.ping(b))
show.("COOKIE-08", {Node.set_cookie(:troll), Node.get_cookie(), :erlang.get_cookie(b), :erlang.get_cookie(h)})
show.("COOKIE-06", {Node.ping(b), Node.disconnect(b), Node.ping(b)})
show.("COOKIE-08", {Node.set_cookie(node(), :monster), Node.get_cookie(), Node.ping(b), :erlang.get_cookie(h)})
show.("COOKIE-11", fails.(fn -> Node.set_cookie(b, "dragon") end))
show.("COOKIE-11", fails.(fn -> :erlang.set_cookie("b", :dragon) end))
show.("COOKIE-11", fails.(fn -> :erlang.set_cookie(1) end))
show.("COOKIE-11", fails.(fn -> :erlang.get_cookie("b") end))
