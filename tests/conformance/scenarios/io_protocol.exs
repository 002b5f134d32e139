# Rules: IO-03 IO-03c IO-04 IO-05 IO-06 IO-19
# Nodes: b, c
[b, c] = Enum.map([:b, :c], on)
me = self()
put = fn device -> fails.(fn -> {:returned, IO.puts(device, "x")} end) end
get = fn device -> fails.(fn -> {:returned, IO.gets(device, "")} end) end
# A device on a node, that shows each request and gives the next of these replies.
device = fn at, replies ->
  Node.spawn(at, fn ->
    Enum.each(replies, fn reply ->
      receive do
        {:io_request, from, id, request} ->
          send(me, {:request, from == me, is_reference(id), request})
          send(from, {:io_reply, id, reply})
      end
    end)
    receive do :never -> :ok end
  end)
end
d = device.(b, [:ok, :ok, "line\n", "abc", :ok, "line\n"])
show.("IO-03", {IO.puts(d, "hello"), mail.(5000)})
show.("IO-03", {IO.write(d, "hello"), mail.(5000)})
show.("IO-03c", {IO.gets(d, "name? "), mail.(5000)})
show.("IO-03c", {IO.getn(d, "three: ", 3), mail.(5000)})
show.("IO-03", {IO.inspect(d, {:a, "b"}, []), mail.(5000)})
show.("IO-03c", {IO.read(d, :line), mail.(5000)})
# Replies.
d = device.(b, [{:error, :terminated}, {:error, :other}, :other, :eof, {:error, :other}, {:error, :terminated}])
show.("IO-05", put.(d))
show.("IO-05", put.(d))
show.("IO-05", put.(d))
show.("IO-05", [IO.gets(d, ""), IO.gets(d, ""), IO.gets(d, "")])
Enum.each(1..6, fn _ -> mail.(5000) end)
# It waits for the reply.
d = Node.spawn(b, fn ->
  receive do {:io_request, from, id, _} -> Process.sleep(200); send(me, :replied); send(from, {:io_reply, id, :ok}) end
end)
show.("IO-04", {IO.puts(d, "x"), mail.(0)})
# Anybody may reply.
d = Node.spawn(b, fn ->
  receive do
    {:io_request, from, id, _} -> Node.spawn(:"c@127.0.0.1", fn -> send(from, {:io_reply, id, {:from, node()}}) end)
  end
  receive do :never -> :ok end
end)
show.("IO-19", IO.puts(d, "x"))
# It is dead before, or dies during the request, or its node does.
{d, r} = Node.spawn_monitor(b, fn -> :ok end)
receive do {:DOWN, ^r, _, _, _} -> :ok end
show.("IO-06", {put.(d), get.(d)})
dying = fn at -> Node.spawn(at, fn -> receive do {:io_request, _, _, _} -> Process.exit(self(), :kill) end end) end
show.("IO-06", {put.(dying.(b)), get.(dying.(b))})
show.("IO-06", {put.(dying.(node())), get.(dying.(node()))})
deaf = fn at -> Node.spawn(at, fn -> receive do {:io_request, _, _, _} -> send(me, :asked) end; receive do :never -> :ok end end) end
d = deaf.(c)
spawn(fn -> send(me, {:put, put.(d)}) end)
mail.(5000)
e = deaf.(c)
spawn(fn -> send(me, {:get, get.(e)}) end)
mail.(5000)
tell.("kill c")
show.("IO-06", Enum.sort([mail.(5000), mail.(5000)]))
show.("IO-06", {put.(d), get.(d)})
show.("IO-06", {put.(:nobody), get.(:nobody)})
show.("IO-06", {put.(self()), get.(self())})
