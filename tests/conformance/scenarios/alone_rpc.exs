# Rules: RPC-01 RPC-03 RPC-12
# Self: alone
show.("RPC-01", {:rpc.call(node(), :erlang, :node, []), :rpc.multicall(:erlang, :node, [])})
show.("RPC-03", :rpc.call(on.(:b), :erlang, :node, []))
show.("RPC-12", :erpc.call(node(), fn -> node() end))
show.("RPC-12", try do :erpc.call(on.(:b), fn -> node() end) catch kind, reason -> {kind, reason} end)
