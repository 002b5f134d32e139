# Rules: MSG-15 MSG-24
# Nodes: b
b = on.(:b)
me = self()
patience = 10000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
big = String.duplicate("x", 16 * 1024 * 1024)
collects = fn ->
  send(me, {self(), :ready})
  loop = fn loop, seen ->
    receive do
      :enough -> send(me, {self(), Enum.reverse(seen)})
      x when is_binary(x) -> loop.(loop, [byte_size(x) | seen])
      x -> loop.(loop, [x | seen])
    end
  end
  loop.(loop, [])
end
p = Node.spawn(b, collects)
q = Node.spawn(b, collects)
show.("MSG-15", {answer.(p), answer.(q)})
busy = fn -> :erlang.send(q, :probe, [:nosuspend]) == :nosuspend end

# Nobody reads there: a sender waits as soon as enough is on its way.
tell.("freeze b")
first =
  spawn(fn ->
    send(me, {self(), :begins})
    send(p, big)
    send(p, :behind)
    send(me, {self(), :sent})

    receive do
      :go -> send(p, :enough)
    end
  end)
show.("MSG-15", answer.(first))
show.("MSG-15", await.(busy))
show.("MSG-15", receive do {^first, x} -> x after 100 -> :waits end)
second = spawn(fn -> send(me, {self(), :begins}); send(p, :small); send(me, {self(), :sent}) end)
show.("MSG-15", answer.(second))
show.("MSG-15", receive do {^second, x} -> x after 100 -> :waits end)
show.("MSG-15", :erlang.send_nosuspend(q, :dropped))
tell.("thaw b")
show.("MSG-15", {answer.(first), answer.(second)})
send(first, :go)
show.("MSG-15", answer.(p))

# The connection goes: whoever waits goes on.
p = Node.spawn(b, collects)
show.("MSG-24", answer.(p))
tell.("freeze b")
first = spawn(fn -> send(p, big); send(me, {self(), :sent}) end)
show.("MSG-24", await.(busy))
show.("MSG-24", Node.disconnect(b))
show.("MSG-24", answer.(first))
tell.("thaw b")
