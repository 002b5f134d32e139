# Rules: MSG-12 MSG-23 M-01
# Nodes: b, c
b = on.(:b)
c = on.(:c)
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
echo = fn -> loop = fn loop -> receive do {from, x} -> send(from, {self(), x}); loop.(loop) end end; loop.(loop) end
e = Node.spawn(c, echo)
show.("MSG-12", answer.(p))

# Nobody reads there, so that the big message is on its way for long.
tell.("freeze b")
first =
  spawn(fn ->
    send(me, {self(), :begins})
    send(p, big)
    send(p, :behind)

    receive do
      :go -> send(p, :enough)
    end
  end)
show.("MSG-12", answer.(first))
show.("MSG-12", mail.(100))
second = spawn(fn -> send(me, {self(), :begins}); send(p, :small); send(me, {self(), :sent}) end)
show.("MSG-12", answer.(second))
# Others do not wait.
send(e, {me, :flows})
show.("MSG-23", answer.(e))
q = spawn(echo)
send(q, {me, :flows})
show.("MSG-23", answer.(q))
tell.("thaw b")
show.("MSG-12", answer.(second))
send(first, :go)
# What another sent meanwhile is there first; what the same process sent behind it is not.
show.("MSG-12", answer.(p))

# It comes back as it was; so does a reason.
e = Node.spawn(b, echo)
send(e, {me, big})
show.("MSG-12", answer.(e) == big)
{q, ref} = Node.spawn_monitor(b, fn -> receive do x -> exit(x) end end)
send(q, big)
show.("M-01", receive do {:DOWN, ^ref, :process, ^q, reason} -> reason == big after patience -> :nothing end)
