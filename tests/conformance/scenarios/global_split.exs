# Rules: G-21 G-09 G-10 G-11
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
      {:give, from} ->
        receive do
          {:global_name_conflict, name} -> send(from, {self(), {:conflict, name}})
          {:global_name_conflict, name, other} -> send(from, {self(), {:conflict, name, other}})
        after
          0 -> send(from, {self(), :nothing})
        end
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
      {:watch, pid} -> ref = Process.monitor(pid); send(me, {:watches, ref})
      {:DOWN, ref, :process, pid, reason} -> send(me, {:ended, ref, pid, reason})
    end
    loop.(loop)
  end
  loop.(loop)
end)
far = fn pid, f -> send(relay, {:to, pid, f}); answer.(pid) end
watch = fn pid -> send(relay, {:watch, pid}); receive do {:watches, ref} -> ref after patience -> :nothing end end
there = fn -> Node.spawn(b, acts) end
here = fn -> spawn(acts) end
whereis = fn name -> :global.whereis_name(name) end
both = fn name, x -> await.(fn -> whereis.(name) == x and :rpc.call(b, :global, :whereis_name, [name]) == x end) end
join = fn -> {Node.ping(b), :global.sync(), :rpc.call(b, :global, :sync, [])} end
agent = there.()
show.("G-21", join.())
show.("G-21", far.(agent, fn -> node() end))
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
conflict = fn pid -> send(pid, {:give, self()}); answer.(pid) end

{p, q} = {here.(), there.()}
show.("G-21", {:global.register_name(:mine, p), :global.register_name(:theirs, q)})
show.("G-21", split.())
show.("G-21", await.(fn -> whereis.(:theirs) == :undefined end))
show.(
  "G-21",
  {whereis.(:mine) == p, far.(agent, fn -> {:global.whereis_name(:mine), :global.whereis_name(:theirs) == q} end)}
)
show.("G-21", Node.list())
show.("G-21", {join.(), both.(:mine, p), both.(:theirs, q)})

{parted, x, y, p, q} = clash.(:default, &:global.random_exit_name/3)
show.("G-21", {parted, x, y})
ref = watch.(q)
other = Process.monitor(p)
Node.ping(b)
show.(
  "G-09",
  receive do
    {:ended, ^ref, ^q, reason} -> reason
    {:DOWN, ^other, _, _, reason} -> {:wrong, reason}
  after
    patience -> :nothing
  end
)
show.("G-09", {both.(:default, p), Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})
{parted, x, y, p, q} = clash.(:one, &:global.random_notify_name/3)
show.("G-10", {parted, x, y, join.()})
show.("G-10", {both.(:one, p), await.(fn -> conflict.(q) == {:conflict, :one} end)})
show.("G-10", {conflict.(p), Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})

{parted, x, y, p, q} = clash.(:all, &:global.notify_all_name/3)
show.("G-11", {parted, x, y, join.()})
show.("G-11", {both.(:all, :undefined), await.(fn -> conflict.(q) == {:conflict, :all, p} end)})
show.("G-11", await.(fn -> conflict.(p) == {:conflict, :all, q} end))
show.("G-11", {Process.alive?(p), :rpc.call(b, Process, :alive?, [q])})

show.("G-11", mail.(0))
