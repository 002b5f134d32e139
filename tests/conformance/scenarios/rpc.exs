# Rules: RPC-01 RPC-02 RPC-03 RPC-04b RPC-05 RPC-06 RPC-07 RPC-08 RPC-09 RPC-20
# Nodes: b, c
b = on.(:b)
c = on.(:c)
gone = on.(:nosuch)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
short = fn
  {:badrpc, {:EXIT, {reason, stack}}} when is_list(stack) -> {:badrpc, {:EXIT, {reason, :stack}}}
  x -> x
end
run = fn f -> :rpc.call(b, :erlang, :apply, [f, []]) end

show.("RPC-01", :rpc.call(b, :erlang, :node, []))
show.("RPC-01", :rpc.call(b, Enum, :sum, [[1, 2, 3]]))
show.("RPC-01", :rpc.call(node(), :erlang, :node, []))
first = run.(fn -> self() end)
second = run.(fn -> self() end)
show.("RPC-01", {node(first), first != second, :rpc.call(b, Process, :alive?, [first])})
show.("RPC-01", run.(fn -> Process.group_leader() end) == Process.group_leader())

show.("RPC-02", short.(run.(fn -> :erlang.error(:e1) end)))
show.("RPC-02", short.(run.(fn -> raise "hell" end)))
show.("RPC-02", short.(run.(fn -> :erlang.hd([]) end)))
show.("RPC-02", run.(fn -> exit({:why, 1}) end))
show.("RPC-02", run.(fn -> exit(:normal) end))
show.("RPC-02", run.(fn -> throw(:y) end))
show.("RPC-02", run.(fn -> Process.exit(self(), :kill); Process.sleep(:infinity) end))
show.("RPC-02", run.(fn -> Process.exit(self(), :signal); Process.sleep(:infinity) end))
show.("RPC-02", :rpc.call(b, :nosuch, :f, []))
show.("RPC-02", :rpc.call(b, :erlang, :nosuch, [1, 2]))
show.("RPC-02", short.(:rpc.call(node(), :erlang, :error, [:here])))

show.("RPC-03", :rpc.call(gone, :erlang, :node, []))
show.("RPC-03", :rpc.call(b, Process, :sleep, [:infinity], 50))
show.("RPC-03", :rpc.call(node(), Process, :sleep, [:infinity], 50))
show.("RPC-03", :rpc.call(b, :erlang, :node, [], :infinity))
show.("RPC-03", fails.(fn -> :rpc.call("b", :erlang, :node, []) end))
tell.("start d")
show.("RPC-03", Node.ping(on.(:d)))
caller =
  spawn(fn ->
    send(me, {self(), :calls})
    send(me, {self(), :rpc.call(on.(:d), Process, :sleep, [:infinity])})
  end)
show.("RPC-03", answer.(caller))
tell.("kill d")
show.("RPC-03", answer.(caller))

# Nobody waits any longer, the work goes on.
late = fn -> send(me, {:works, self()}); receive do :go -> send(me, :worked) end; :late end
show.("RPC-04b", :rpc.call(b, :erlang, :apply, [late, []], 100))
worker = receive do {:works, pid} -> pid after patience -> :nothing end
send(worker, :go)
show.("RPC-04b", {mail.(patience), mail.(50)})
{caller, ref} =
  spawn_monitor(fn ->
    run.(fn ->
      send(me, {:works, self()})

      receive do
        :go -> send(me, :worked)
      end
    end)
  end)
worker = receive do {:works, pid} -> pid after patience -> :nothing end
Process.exit(caller, :kill)
show.("RPC-04b", receive do {:DOWN, ^ref, _, _, reason} -> reason after patience -> :nothing end)
send(worker, :go)
show.("RPC-04b", mail.(patience))

show.("RPC-05", {:rpc.cast(b, :erlang, :send, [me, :from_there]), mail.(patience)})
show.("RPC-05", {:rpc.cast(gone, :erlang, :send, [me, :never]), :rpc.cast(b, :nosuch, :f, []), mail.(50)})
show.("RPC-05", {:rpc.cast(node(), :erlang, :send, [me, :from_here]), mail.(patience)})

show.("RPC-06", :rpc.multicall([node(), b, c], :erlang, :node, []))
show.("RPC-06", await.(fn -> Enum.sort(Node.list()) == [b, c] end))
show.("RPC-06", case :rpc.multicall(:erlang, :node, []) do {results, bad} -> {hd(results), Enum.sort(results), bad} end)
show.("RPC-06", :rpc.multicall([b, gone, c], :erlang, :node, []))
show.("RPC-06", :rpc.multicall([b, gone, c], Process, :sleep, [:infinity], 300))
show.("RPC-06", :rpc.multicall([b, c], :erlang, :exit, [:why]))
show.(
  "RPC-06",
  case :rpc.multicall([b, c], :erlang, :error, [:e1]) do
    {results, bad} -> {Enum.map(results, short), bad}
  end
)
show.("RPC-06", :rpc.multicall([b, c], :nosuch, :f, []))
show.("RPC-06", :rpc.multicall([], :erlang, :node, []))
show.("RPC-06", :rpc.multicall([b, b], :erlang, :node, []))

name = fn -> case Process.info(self(), :registered_name) do {_, name} -> name; [] -> :none end end
same = fn -> Process.whereis(:rex) == self() end
show.("RPC-07", :rpc.block_call(b, :erlang, :node, []))
show.("RPC-07", :rpc.block_call(b, :erlang, :apply, [same, []]))
show.("RPC-07", run.(same))
show.("RPC-07", short.(:rpc.block_call(b, :erlang, :error, [:e1])))
show.("RPC-07", :rpc.block_call(b, :erlang, :exit, [:why]))
show.("RPC-07", :rpc.block_call(b, :erlang, :throw, [:y]))
show.("RPC-07", :rpc.block_call(gone, :erlang, :node, []))

key = :rpc.async_call(b, :erlang, :node, [])
show.("RPC-08", :rpc.yield(key))
key = :rpc.async_call(b, :erlang, :apply, [fn -> receive do :never -> :ok end end, []])
show.("RPC-08", {:rpc.nb_yield(key), :rpc.nb_yield(key, 20)})
key = :rpc.async_call(b, :erlang, :node, [])
show.("RPC-08", :rpc.nb_yield(key, patience))
key = :rpc.async_call(b, :erlang, :exit, [:why])
show.("RPC-08", :rpc.nb_yield(key, :infinity))
show.("RPC-08", :rpc.yield(:rpc.async_call(gone, :erlang, :node, [])))

holds = fn ->
  Process.register(self(), :worker)
  send(me, {self(), :holds})

  receive do
    x -> send(me, {node(), x})
  end
end
Enum.each([b, c], fn x -> show.("RPC-09", answer.(Node.spawn(x, holds))) end)
show.("RPC-09", {:rpc.abcast([b, c, gone], :worker, :to_all), answer.(b), answer.(c)})
Enum.each([b, c], fn x -> show.("RPC-09", answer.(Node.spawn(x, holds))) end)
show.("RPC-09", {:rpc.sbcast([b, gone, c], :worker, :again), answer.(b), answer.(c)})
show.(
  "RPC-09",
  await.(fn ->
    :rpc.call(b, Process, :whereis, [:worker]) == nil and :rpc.call(c, Process, :whereis, [:worker]) == nil
  end)
)
show.("RPC-09", :rpc.sbcast([b, c], :worker, :nobody))
show.("RPC-09", {:rpc.abcast(:nobody, :hello), :rpc.sbcast(:nobody, :hello) |> elem(0)})

show.("RPC-20", run.(fn -> {:badrpc, :nodedown} end))
show.("RPC-20", mail.(0))
