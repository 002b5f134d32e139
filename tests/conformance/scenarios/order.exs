# Rules: MSG-09 MSG-10 MSG-11
# Nodes: b, c
b = on.(:b)
c = on.(:c)
me = self()
patience = 10000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
# Takes numbers until :enough and tells them.
collects = fn ->
  Process.flag(:trap_exit, true)
  send(me, {self(), :ready})
  loop = fn loop, seen ->
    receive do
      :enough -> send(me, {self(), Enum.reverse(seen)})
      {:EXIT, _, reason} -> loop.(loop, [{:exit, reason} | seen])
      {:DOWN, _, _, _, reason} -> loop.(loop, [{:down, reason} | seen])
      :state -> send(me, {self(), Enum.reverse(seen)}); loop.(loop, seen)
      x -> loop.(loop, [x | seen])
    end
  end
  loop.(loop, [])
end

# Nothing is connected yet: what is sent meanwhile is kept.
Enum.each(1..5, fn x -> send({:nobody, b}, x) end)
Node.spawn(c, fn -> Process.register(self(), :collector); collects.() end)
receive do {_, :ready} -> :ok after patience -> show.("MSG-10", :nothing) end
show.("MSG-10", Node.disconnect(c))
Enum.each(1..100, fn x -> send({:collector, c}, x) end)
send({:collector, c}, :enough)
show.("MSG-10", receive do {_, list} -> list == Enum.to_list(1..100) after patience -> :nothing end)

p = Node.spawn(b, collects)
show.("MSG-09", answer.(p))
Enum.each(1..10000, fn x -> send(p, x) end)
send(p, :enough)
show.("MSG-09", answer.(p) == Enum.to_list(1..10000))

# By pid and by name.
p = Node.spawn(b, fn -> Process.register(self(), :collector); collects.() end)
show.("MSG-09", answer.(p))
Enum.each(1..1000, fn x -> if rem(x, 2) == 0, do: send(p, x), else: send({:collector, b}, x) end)
send(p, :enough)
show.("MSG-09", answer.(p) == Enum.to_list(1..1000))

# Signals of several kinds.
p = Node.spawn(b, collects)
show.("MSG-09", answer.(p))
send(p, 1)
Process.exit(p, :e1)
send(p, 2)
Process.exit(p, :e2)
send(p, 3)
send(p, :enough)
show.("MSG-09", answer.(p))
p = Node.spawn(b, collects)
show.("MSG-09", answer.(p))
{_, ref} = spawn_monitor(fn ->
  Process.link(p)
  send(p, 1)
  send(p, 2)
  exit(:ends)
end)
receive do {:DOWN, ^ref, _, _, reason} -> show.("MSG-09", reason) after patience -> :ok end
show.("MSG-09", await.(fn -> send(p, :state); answer.(p) == [1, 2, {:exit, :ends}] end))
send(p, :enough)
show.("MSG-09", answer.(p))
# Many signals that change kind.
p = Node.spawn(b, collects)
show.("MSG-09", answer.(p))
Enum.each(1..500, fn x -> send(p, x); Process.exit(p, x) end)
send(p, :enough)
show.("MSG-09", answer.(p) == Enum.flat_map(1..500, fn x -> [x, {:exit, x}] end))
# A spawned process's first words come after the answer to its spawner.
{p, ref} = Node.spawn_monitor(b, fn -> Enum.each(1..3, fn x -> send(me, {:said, x}) end); exit(:said) end)
show.("MSG-09", {mail.(patience), mail.(patience), mail.(patience)})
show.("MSG-09", mail.(patience) == {:DOWN, ref, :process, p, :said})

# A connection that goes takes what is on its way, and no more: all before the first that is lost came.
p = Node.spawn(b, collects)
show.("MSG-11", answer.(p))
Enum.each(1..2000, fn x -> send(p, x) end)
show.("MSG-11", Node.disconnect(b))
show.("MSG-11", await.(fn -> Node.ping(b) == :pong end))
Process.sleep(50)
send(p, :enough)
came = answer.(p)
show.("MSG-11", came == Enum.take(Enum.to_list(1..2000), length(came)))
# A node that is gone takes all; a new one gets what is sent to it.
p = Node.spawn(b, collects)
show.("MSG-11", answer.(p))
Enum.each(1..100, fn x -> send(p, x) end)
tell.("kill b")
send(p, :enough)
show.("MSG-11", receive do {^p, _} -> :came after 0 -> :nothing end)
tell.("start b")
send(p, :state)
show.("MSG-11", {Node.ping(b), receive do {^p, _} -> :came after 100 -> :nothing end})
