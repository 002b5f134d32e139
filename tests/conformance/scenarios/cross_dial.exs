# Rules: CONN-10
# Nodes: b, c, d hidden
# d is not in the mesh, and so sees b and c without connecting them.
d = on.(:d)
results = :erpc.call(d, fn ->
  me = self()
  b = :"b@127.0.0.1"
  c = :"c@127.0.0.1"
  Enum.map(1..10, fn _ ->
    for {x, y} <- [{b, c}, {c, b}] do
      Node.spawn(x, fn ->
        send(me, {:ready, self()})
        receive do :go -> send(me, {x, Node.ping(y)}) end
      end)
    end
    p = receive do {:ready, p} -> p end
    q = receive do {:ready, q} -> q end
    send(p, :go)
    send(q, :go)
    pings = {receive do {^b, x} -> x end, receive do {^c, x} -> x end}
    lists = {:rpc.call(b, Node, :list, []), :rpc.call(c, Node, :list, [])}
    :rpc.call(b, Node, :disconnect, [c])
    # Until neither has the other, and :global does not dial again.
    Enum.reduce_while(1..500, 0, fn _, calm ->
      Process.sleep(5)
      gone = {:rpc.call(b, Node, :list, []), :rpc.call(c, Node, :list, [])} == {[], []}
      unless gone, do: :rpc.call(b, Node, :disconnect, [c])
      if gone and calm == 4, do: {:halt, :ok}, else: {:cont, if(gone, do: calm + 1, else: 0)}
    end)
    {pings, lists}
  end)
end)
show.("CONN-10", {length(results), Enum.uniq(results)})
