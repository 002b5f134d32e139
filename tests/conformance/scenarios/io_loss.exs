# Rules: IO-08 IO-08c
# Nodes: b hidden, c, d
[b, c, d] = Enum.map([:b, :c, :d], on)
me = self()
a_device = spawn(fn ->
  serve = fn serve ->
    receive do
      {:io_request, _, _, {:get_line, _, _}} -> send(me, :asked)
      # Its form depends on what the sender knows of a node that it is not connected to.
      {:io_request, from, id, request} -> send(me, {:asked, elem(request, 0)}); send(from, {:io_reply, id, :ok})
    end
    serve.(serve)
  end
  serve.(serve)
end)
mine = Process.group_leader()
Process.group_leader(self(), a_device)
Node.spawn(b, fn ->
  got = fails.(fn -> {:returned, IO.gets("")} end)
  put = fails.(fn -> {:returned, IO.puts("again")} end)
  send(me, {got, put})
end)
Process.group_leader(self(), mine)
show.("IO-08", mail.(5000))
show.("IO-08", Node.disconnect(b))
show.("IO-08", [mail.(5000), mail.(5000)])
# d spawns on c, and dies.
Node.spawn(d, fn ->
  leader = Process.whereis(:user)
  Process.group_leader(self(), leader)
  Node.spawn(:"c@127.0.0.1", fn ->
    send(me, {:lives, self(), node(Process.group_leader())})
    receive do :print -> send(me, {:alive, fails.(fn -> {:returned, IO.puts("lost")} end)}) end
  end)
end)
{:lives, p, its_leader} = mail.(5000)
show.("IO-08c", {node(p), its_leader})
tell.("kill d")
show.("IO-08c", await.(fn -> :rpc.call(c, Node, :list, []) == [node()] end))
send(p, :print)
show.("IO-08c", mail.(5000))
