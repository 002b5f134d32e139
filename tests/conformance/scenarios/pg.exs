# Rules: PG-00 PG-01 PG-03 PG-04 PG-05 PG-06 PG-08 PG-09 PG-14
# Nodes: b, c
b = on.(:b)
c = on.(:c)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
sorted = fn list -> Enum.sort(list) end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
# Does what it is told.
acts = fn ->
  loop = fn loop -> receive do {:do, f} -> send(me, {self(), f.()}); loop.(loop); :end -> :ok end end
  loop.(loop)
end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end

# Nobody has started it.
show.("PG-00", Process.whereis(:pg))
show.("PG-00", :pg.get_members(:g))
show.("PG-00", try do :pg.join(:g, self()) catch :exit, {reason, _} -> reason end)
show.("PG-00", try do :pg.leave(:g, self()) catch :exit, {reason, _} -> reason end)

# On one node that knows no other.
show.("PG-14", Node.list())
{:ok, started} = :pg.start_link()
show.("PG-14", started == Process.whereis(:pg))
show.("PG-14", case :pg.start_link() do {:error, {:already_started, p}} -> p == started end)
show.("PG-14", {:pg.join(:g, self()), :pg.get_members(:g) == [self()]})
show.("PG-01", {:pg.join(:g, self()), :pg.get_members(:g) == [self(), self()]})
show.("PG-01", {:pg.leave(:g, self()), :pg.get_members(:g) == [self()]})
show.("PG-01", {:pg.leave(:g, self()), :pg.get_members(:g), :pg.leave(:g, self())})
show.("PG-01", :pg.leave(:nosuch, self()))
p = spawn(acts)
show.("PG-01", {:pg.join({:any, "term"}, p), :pg.get_members({:any, "term"}) == [p]})
show.("PG-05", :pg.which_groups())
send(p, :end)
show.("PG-05", await.(fn -> :pg.get_members({:any, "term"}) == [] and :pg.which_groups() == [] end))

# The same scope on another.
start = fn node -> :rpc.call(node, :pg, :start, [:pg]) end
show.("PG-04", {elem(start.(b), 0), elem(start.(c), 0)})
show.("PG-04", await.(fn -> :rpc.call(b, Node, :list, []) |> length() == 2 end))
there = Node.spawn(b, acts)
show.("PG-04", act.(there, fn -> :pg.join(:g, self()) end))
show.("PG-04", :pg.join(:g, me))
everywhere = fn group, members ->
  await.(fn ->
    Enum.all?([node(), b, c], fn x -> sorted.(:rpc.call(x, :pg, :get_members, [group])) == sorted.(members) end)
  end)
end
show.("PG-04", everywhere.(:g, [me, there]))
show.(
  "PG-04",
  {:pg.get_local_members(:g) == [me], :rpc.call(b, :pg, :get_local_members, [:g]) == [there],
   :rpc.call(c, :pg, :get_local_members, [:g])}
)
show.("PG-04", {:pg.which_groups(), :rpc.call(c, :pg, :which_groups, []), :rpc.call(c, :pg, :which_local_groups, [])})

show.("PG-03", try do :pg.join(:g, there) rescue e -> {e.__struct__, e.original == {:nolocal, there}} end)
show.("PG-03", try do :pg.leave(:g, there) rescue e -> {e.__struct__, e.original == {:nolocal, there}} end)
show.("PG-03", try do :pg.join(:g, [me, there]) rescue e -> {e.__struct__, e.original == {:nolocal, there}} end)
show.("PG-03", length(:pg.get_members(:g)))

p = spawn(acts)
q = spawn(acts)
show.("PG-09", {:pg.join(:list, [p, q, p]), everywhere.(:list, [p, q, p])})
show.("PG-09", {:pg.leave(:list, [p, q]), everywhere.(:list, [p])})
show.("PG-09", {:pg.leave(:list, [q]), :pg.leave(:list, [p]), everywhere.(:list, [])})
show.("PG-09", {:pg.get_members(:nosuch), :pg.get_local_members(:nosuch)})

# Events.
{ref, members} = :pg.monitor(:g)
show.("PG-08", {is_reference(ref), sorted.(members) == sorted.([me, there])})
show.("PG-08", {:pg.join(:g, p), receive do {^ref, :join, :g, x} -> x == [p] after patience -> :nothing end})
show.(
  "PG-08",
  {act.(there, fn -> :pg.join(:g, self()) end),
   receive do
     {^ref, :join, :g, x} -> x == [there]
   after
     patience -> :nothing
   end}
)
show.(
  "PG-08",
  {act.(there, fn -> :pg.leave(:g, self()) end),
   receive do
     {^ref, :leave, :g, x} -> x == [there]
   after
     patience -> :nothing
   end}
)
show.("PG-08", {:pg.join(:other, p), receive do {^ref, :join, :other, _} -> :wrong after 0 -> :nothing end})
{all, map} = :pg.monitor_scope()
show.("PG-08", {is_reference(all), Enum.sort(Map.keys(map)), map.other == [p]})
show.("PG-08", {:pg.leave(:other, p), receive do {^all, :leave, :other, x} -> x == [p] after patience -> :nothing end})
show.("PG-08", :pg.demonitor(all))
show.("PG-08", :pg.demonitor(all))
# A member ends: in every group that it was in.
show.("PG-05", {:pg.join(:h, p), everywhere.(:h, [p])})
send(p, :end)
show.("PG-05", receive do {^ref, :leave, :g, x} -> x == [p] after patience -> :nothing end)
show.("PG-05", {everywhere.(:h, []), everywhere.(:g, [me, there])})
show.("PG-05", await.(fn -> :rpc.call(c, :pg, :which_groups, []) == [:g] end))

# The connection goes and comes.
watcher = Node.spawn(b, fn ->
  {events, _} = :pg.monitor(:g)
  send(me, {self(), :watches})
  next = fn -> receive do {^events, what, :g, x} -> {what, x == [me]} after patience -> :nothing end end
  first = next.()
  second = next.()
  send(me, {self(), {first, second}})
end)
show.("PG-06", answer.(watcher))
tell.("freeze c")
show.("PG-06", Node.disconnect(b))
show.("PG-06", receive do {^ref, :leave, :g, x} -> x == [there] after patience -> :nothing end)
show.("PG-06", :pg.get_members(:g) == [me])
show.("PG-06", Node.ping(b))
show.("PG-06", receive do {^ref, :join, :g, x} -> x == [there] after patience -> :nothing end)
show.("PG-06", answer.(watcher))
show.("PG-06", await.(fn -> sorted.(:pg.get_members(:g)) == sorted.([me, there]) end))
tell.("thaw c")
tell.("kill b")
show.("PG-06", receive do {^ref, :leave, :g, x} -> x == [there] after patience -> :nothing end)
show.("PG-06", await.(fn -> :rpc.call(c, :pg, :get_members, [:g]) == [me] end))
show.("PG-08", {:pg.demonitor(ref), :pg.join(:g, me), mail.(0)})

# Scopes do not meet.
show.("PG-14", case :pg.start(:mine) do {:ok, x} -> x == Process.whereis(:mine) end)
show.("PG-14", {:pg.join(:mine, :g, me), :pg.get_members(:mine, :g) == [me], length(:pg.get_members(:g))})
show.("PG-14", {:rpc.call(c, :pg, :get_members, [:mine, :g]), :pg.which_groups(:mine)})
