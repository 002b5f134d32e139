# Rules: IO-01 IO-02 IO-09 IO-12 IO-14 IO-16 IO-17 IO-20
# Nodes: b, c
[b, c] = Enum.map([:b, :c], on)
me = self()
mine = Process.group_leader()
# Inheritance.
Node.spawn(b, fn ->
  send(me, {1, Process.group_leader() == mine})
  spawn(fn ->
    send(me, {2, Process.group_leader() == mine})
    Node.spawn(:"c@127.0.0.1", fn -> send(me, {3, Process.group_leader() == mine, node(Process.group_leader())}) end)
  end)
end)
show.("IO-01", Enum.sort([mail.(5000), mail.(5000), mail.(5000)]))
# A new group leader.
p = Node.spawn(b, fn ->
  loop = fn loop -> receive do {:ask, x} -> send(x, {:leader, Process.group_leader() == x}); loop.(loop) end end
  loop.(loop)
end)
ask = fn -> send(p, {:ask, self()}); mail.(5000) end
show.("IO-02", {ask.(), Process.group_leader(p, self()), ask.()})
Process.exit(p, :kill)
show.("IO-02", {await.(fn -> not :rpc.call(b, Process, :alive?, [p]) end), Process.group_leader(p, self())})
{p, r} = spawn_monitor(fn -> :ok end)
receive do {:DOWN, ^r, _, _, _} -> :ok end
show.("IO-02", fails.(fn -> Process.group_leader(p, self()) end))
show.("IO-02", {fails.(fn -> Process.group_leader(:a, self()) end), fails.(fn -> Process.group_leader(self(), :a) end)})
# Where it is printed.
print = fn text -> fn -> IO.puts("IO-16: #{text} #{node()}") end end
:rpc.call(b, :erlang, :apply, [print.("call"), []])
:erpc.call(b, print.("erpc"))
:rpc.cast(b, :erlang, :apply, [fn -> print.("cast").(); send(me, :printed) end, []])
show.("IO-16", mail.(5000))
:rpc.block_call(b, :erlang, :apply, [print.("block_call"), []])
:erpc.cast(b, fn -> print.("erpc cast").(); send(me, :printed) end)
show.("IO-16", mail.(5000))
:rpc.call(b, IO, :puts, [:user, "IO-17: on b"])
:rpc.call(c, IO, :puts, [:user, "IO-17: on c"])
IO.puts(:user, "IO-17: on a")
# Never mixed.
line = "IO-20: " <> String.duplicate("abc", 30)
for _ <- 1..10, at <- [b, c], do: Node.spawn(at, fn -> IO.puts(line); send(me, :printed) end)
show.("IO-20", Enum.uniq(Enum.map(1..20, fn _ -> mail.(5000) end)))
# Reading.
Node.spawn(b, fn -> send(me, {:line, (IO.puts("@type a from the terminal"); IO.gets("")), node()}) end)
show.("IO-09", mail.(10_000))
IO.puts("@type a zwölf")
line = IO.gets("")
show.("IO-14", {is_binary(line), line, byte_size(line)})
IO.puts("@eof a one\\n")
show.("IO-12", {IO.gets(""), IO.gets(""), IO.read(:line), IO.getn("", 3)})
show.("IO-12", :erpc.call(b, fn -> IO.gets("") end))
