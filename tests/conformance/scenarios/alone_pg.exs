# Rules: PG-14
# Self: alone
me = self()
{:ok, scope} = :pg.start_link()
show.("PG-14", {node(), scope == Process.whereis(:pg)})
show.("PG-14", {:pg.join(:g, me), :pg.get_members(:g) == [me], :pg.which_groups()})
{ref, members} = :pg.monitor(:g)
p = spawn(fn -> receive do :end -> :ok end end)
show.(
  "PG-14",
  {members == [me], :pg.join(:g, p),
   receive do
     {^ref, :join, :g, x} -> x == [p]
   after
     5000 -> :nothing
   end}
)
send(p, :end)
show.("PG-14", receive do {^ref, :leave, :g, x} -> x == [p] after 5000 -> :nothing end)
show.("PG-14", {:pg.leave(:g, me), :pg.which_groups()})
