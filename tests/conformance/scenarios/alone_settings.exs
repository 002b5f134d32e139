# Rules: NAME-01b COOKIE-09
# Self: alone
show.("NAME-01b", :net_kernel.get_net_ticktime())
show.("COOKIE-09", {Node.get_cookie(), :erlang.get_cookie()})
show.("COOKIE-09", fails.(fn -> :erlang.set_cookie(:oatmeal) end))
show.("COOKIE-09", fails.(fn -> Node.set_cookie(:oatmeal) end))
show.("COOKIE-09", fails.(fn -> Node.set_cookie(node(), :oatmeal) end))
