# Rules: RPC-12 RPC-13 RPC-14 RPC-15
# Nodes: b, c
b = on.(:b)
c = on.(:c)
gone = on.(:nosuch)
me = self()
patience = 5000
# How a call ended; of stacks only that they are there.
short = fn
  {:exception, reason, stack} when is_list(stack) -> {:exception, reason, :stack}
  x -> x
end
ends = fn f -> try do {:value, f.()} catch kind, reason -> {kind, short.(reason)} end end
run = fn f -> ends.(fn -> :erpc.call(b, f) end) end
never = fn -> receive do :never -> :ok end end

show.("RPC-12", run.(fn -> node() end))
show.("RPC-12", ends.(fn -> :erpc.call(b, Enum, :sum, [[1, 2]]) end))
show.("RPC-12", ends.(fn -> :erpc.call(node(), :erlang, :node, []) end))
show.("RPC-12", run.(fn -> :erlang.error(:e1) end))
show.("RPC-12", run.(fn -> raise "hell" end))
show.("RPC-12", run.(fn -> exit({:why, 1}) end))
show.("RPC-12", run.(fn -> exit(:normal) end))
show.("RPC-12", run.(fn -> throw(:y) end))
show.("RPC-12", run.(fn -> Process.exit(self(), :signal); never.() end))
show.("RPC-12", run.(fn -> Process.exit(self(), :kill); never.() end))
show.("RPC-12", ends.(fn -> :erpc.call(b, :nosuch, :f, [1]) end))
show.("RPC-12", ends.(fn -> :erpc.call(gone, :erlang, :node, []) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, never, 50) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, :erlang, :apply, [never, []], 50) end))
show.("RPC-12", ends.(fn -> :erpc.call("b", :erlang, :node, []) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, "erlang", :node, []) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, :erlang, :node, :improper) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, :erlang, :node, [], -1) end))
show.("RPC-12", ends.(fn -> :erpc.call(b, fn x -> x end) end))
tell.("start d")
show.("RPC-12", Node.ping(on.(:d)))
caller = spawn(fn -> send(me, {self(), :calls}); send(me, {self(), ends.(fn -> :erpc.call(on.(:d), never) end)}) end)
show.("RPC-12", receive do {^caller, x} -> x after patience -> :nothing end)
tell.("kill d")
show.("RPC-12", receive do {^caller, x} -> x after patience -> :nothing end)
show.("RPC-12", mail.(0))

each = fn list -> Enum.map(list, fn {kind, reason} -> {kind, short.(reason)} end) end
show.("RPC-13", each.(:erpc.multicall([b, node(), c], :erlang, :node, [])))
show.("RPC-13", each.(:erpc.multicall([c, gone, b], fn -> node() end)))
show.("RPC-13", each.(:erpc.multicall([b, c], fn -> :erlang.error(:e1) end)))
show.("RPC-13", each.(:erpc.multicall([b], fn -> exit(:why) end)))
show.("RPC-13", each.(:erpc.multicall([b], fn -> throw(:y) end)))
show.("RPC-13", each.(:erpc.multicall([b], fn -> Process.exit(self(), :signal); never.() end)))
show.("RPC-13", each.(:erpc.multicall([b, gone, c], never, 500)))
show.("RPC-13", each.(:erpc.multicall([b, b], :erlang, :node, [])))
show.("RPC-13", :erpc.multicall([], :erlang, :node, []))
show.("RPC-13", ends.(fn -> :erpc.multicall(:b, :erlang, :node, []) end))

show.("RPC-14", {:erpc.cast(b, fn -> send(me, :from_there) end), mail.(patience)})
show.("RPC-14", {:erpc.cast(b, :erlang, :send, [me, :again]), mail.(patience)})
show.("RPC-14", {:erpc.cast(gone, :erlang, :send, [me, :never]), :erpc.cast(b, :nosuch, :f, []), mail.(50)})
show.("RPC-14", {:erpc.multicast([b, gone], :erlang, :send, [me, :one]), mail.(patience)})
show.("RPC-14", {:erpc.multicast([b], fn -> send(me, :two) end), mail.(patience)})
show.("RPC-14", ends.(fn -> :erpc.cast("b", :erlang, :node, []) end))
show.("RPC-14", ends.(fn -> :erpc.multicast(b, :erlang, :node, []) end))

waits = fn x -> fn -> send(me, {:waits, self()}); receive do :go -> x end end end
worker = fn -> receive do {:waits, pid} -> pid after patience -> :nothing end end
request = :erpc.send_request(b, waits.(:first))
w = worker.()
show.("RPC-15", :erpc.wait_response(request))
show.("RPC-15", :erpc.wait_response(request, 20))
send(w, :go)
show.("RPC-15", :erpc.wait_response(request, patience))
request = :erpc.send_request(b, waits.(:second))
send(worker.(), :go)
show.("RPC-15", :erpc.receive_response(request))
request = :erpc.send_request(b, :erlang, :node, [])
show.("RPC-15", :erpc.receive_response(request, patience))
request = :erpc.send_request(b, waits.(:third))
show.("RPC-15", :erpc.check_response(:other, request))
send(worker.(), :go)
message = mail.(patience)
show.("RPC-15", :erpc.check_response(message, request))
request = :erpc.send_request(b, waits.(:never))
w = worker.()
show.("RPC-15", ends.(fn -> :erpc.receive_response(request, 20) end))
send(w, :go)
show.("RPC-15", mail.(50))
request = :erpc.send_request(b, fn -> exit(:why) end)
show.("RPC-15", ends.(fn -> :erpc.receive_response(request, patience) end))
request = :erpc.send_request(b, fn -> :erlang.error(:e1) end)
show.("RPC-15", ends.(fn -> :erpc.wait_response(request, patience) end))
request = :erpc.send_request(gone, :erlang, :node, [])
show.("RPC-15", ends.(fn -> :erpc.receive_response(request, patience) end))
show.("RPC-15", ends.(fn -> :erpc.receive_response(:no_request, patience) end))
