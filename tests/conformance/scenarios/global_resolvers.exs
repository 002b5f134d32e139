# Rules: G-12
# Nodes: b, c hidden
# c carries messages between both sides of a split: it is hidden, so that it has no part in it.
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
acts = fn ->
  loop = fn loop ->
    receive do
      {:do, f, from} -> send(from, {self(), f.()})
    end
    loop.(loop)
  end
  loop.(loop)
end
relay = Node.spawn(on.(:c), fn ->
  loop = fn loop ->
    receive do
      {:to, pid, f} -> send(pid, {:do, f, self()})
      {pid, x} when is_pid(pid) -> send(me, {pid, x})
    end
    loop.(loop)
  end
  loop.(loop)
end)
far = fn pid, f -> send(relay, {:to, pid, f}); answer.(pid) end
there = fn -> Node.spawn(b, acts) end
here = fn -> spawn(acts) end
whereis = fn name -> :global.whereis_name(name) end
both = fn name, x -> await.(fn -> whereis.(name) == x and :rpc.call(b, :global, :whereis_name, [name]) == x end) end
join = fn -> {Node.ping(b), :global.sync(), :rpc.call(b, :global, :sync, [])} end
agent = there.()
show.("G-12", join.())
show.("G-12", far.(agent, fn -> node() end))
# Parts both, so that each has dropped the other's names.
split = fn ->
  mark = here.()
  :global.re_register_name(:mark, mark)
  Node.disconnect(b)
  await.(fn ->
    b not in Node.list() and far.(agent, fn -> Node.list() == [] and :global.whereis_name(:mark) == :undefined end)
  end)
end
# Registers one process on either side while they are apart, and joins them.
clash = fn name, resolver ->
  {p, q} = {here.(), there.()}
  {split.(), :global.register_name(name, p, resolver),
   far.(agent, fn -> :global.register_name(name, q, resolver) end), p, q}
end

# Its own choice: that of the greater node.
{parted, x, y, p, q} = clash.(:own, fn name, p1, p2 -> send(me, {:asked, name}); if node(p1) == b, do: p1, else: p2 end)
show.("G-12", {parted, x, y, join.()})
show.("G-12", {both.(:own, q), receive do {:asked, name} -> name after patience -> :nothing end, mail.(50)})
show.("G-12", {Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})
{parted, x, y, p, q} = clash.(:none, fn _, _, _ -> :none end)
show.("G-12", {parted, x, y, join.(), both.(:none, :undefined)})
show.("G-12", {Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})
# One that fails decides nothing: one of both keeps the name.
{parted, x, y, p, q} = clash.(:fails, fn _, _, _ -> exit(:fails) end)
show.("G-12", {parted, x, y, join.()})
show.(
  "G-12",
  await.(fn -> whereis.(:fails) in [p, q] and whereis.(:fails) == :rpc.call(b, :global, :whereis_name, [:fails]) end)
)
show.("G-12", {Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})
show.("G-12", mail.(0))
