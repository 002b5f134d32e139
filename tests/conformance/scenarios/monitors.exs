# Rules: M-01 M-02 M-03 M-08 M-09 M-12 M-15 M-16
# Nodes: b
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
ends = fn ->
  send(me, {self(), :begins})
  receive do {:end, reason} -> exit(reason) end
end
there = fn -> p = Node.spawn(b, ends); answer.(p); p end
named = fn name -> p = Node.spawn(b, fn -> Process.register(self(), name); ends.() end); answer.(p); p end

seen = fn reason ->
  p = there.()
  ref = Process.monitor(p)
  send(p, {:end, reason})
  down.({p, ref})
end
show.("M-01", Enum.map([:normal, :shutdown, {:why, 1}, :killed, "text"], seen))
big = Enum.map(1..20000, fn x -> {x, "reason"} end)
show.("M-01", seen.(big) == big)
p = there.()
ref = Process.monitor(p)
Process.exit(p, :kill)
show.("M-01", {down.({p, ref}), mail.(0)})
p =
  Node.spawn(b, fn ->
    receive do
      {:watch, who} ->
        Process.monitor(who)
        send(me, {self(), :watches})

        receive do
          x -> send(me, {self(), x})
        end
    end
  end)
q = spawn(ends)
answer.(q)
send(p, {:watch, q})
show.("M-01", answer.(p))
send(q, {:end, :here})
show.("M-01", case answer.(p) do {:DOWN, ref, :process, ^q, reason} -> {is_reference(ref), node(ref), reason} end)

{dead, ref} = Node.spawn_monitor(b, fn -> :ok end)
down.({dead, ref})
show.("M-02", down.({dead, Process.monitor(dead)}))
{dead, ref} = spawn_monitor(fn -> :ok end)
down.({dead, ref})
show.("M-02", down.({dead, Process.monitor(dead)}))

ref = Process.monitor({:nobody, b})
show.("M-03", receive do {:DOWN, ^ref, kind, object, reason} -> {kind, object, reason} after patience -> :nothing end)
ref = Process.monitor(:nobody)
show.("M-03", receive do {:DOWN, ^ref, kind, object, reason} -> {kind, object, reason} after patience -> :nothing end)
ref = Process.monitor({:nobody, node()})
show.("M-03", receive do {:DOWN, ^ref, kind, object, reason} -> {kind, object, reason} after patience -> :nothing end)
p = named.(:worker)
ref = Process.monitor({:worker, b})
send(p, {:end, :named})
show.("M-03", receive do {:DOWN, ^ref, kind, object, reason} -> {kind, object, reason} after patience -> :nothing end)
p = spawn(fn -> Process.register(self(), :worker); ends.() end)
answer.(p)
ref = Process.monitor(:worker)
send(p, {:end, :named})
show.("M-03", receive do {:DOWN, ^ref, kind, object, reason} -> {kind, object, reason} after patience -> :nothing end)
show.("M-03", fails.(fn -> Process.monitor("worker") end))
show.("M-03", fails.(fn -> Process.monitor({:worker, "b"}) end))

# No longer watched.
p = there.()
ref = Process.monitor(p)
show.("M-08", Process.demonitor(ref))
other = Process.monitor(p)
send(p, {:end, :unseen})
show.("M-08", {down.({p, other}), mail.(0)})
p = there.()
ref = Process.monitor(p)
show.("M-08", {Process.demonitor(ref, [:info]), Process.demonitor(ref, [:info]), Process.demonitor(ref)})
ref = Process.monitor(p)
show.("M-08", {Process.demonitor(ref, [:flush, :info]), Process.demonitor(ref, [:info, :flush])})
# When the answer is already there. Two monitors of one process answer in any order: so, sooner or later.
gone = fn options ->
  p = there.()
  ref = Process.monitor(p)
  other = Process.monitor(p)
  send(p, {:end, :queued})
  down.({p, other})
  {Process.demonitor(ref, options), receive do {:DOWN, ^ref, _, _, x} -> x after 0 -> :nothing end}
end
show.("M-08", await.(fn -> gone.([]) == {true, :queued} end))
show.("M-08", await.(fn -> gone.([:info]) == {false, :queued} end))
show.("M-08", await.(fn -> gone.([:flush, :info]) == {false, :nothing} end))
show.("M-08", Enum.map([[:flush], [:flush], [:flush]], gone))
show.("M-08", Process.demonitor(make_ref()))
spawn(fn -> send(me, {:watched, Process.monitor(me)}); Process.sleep(:infinity) end)
show.("M-08", receive do {:watched, ref} -> Process.demonitor(ref) after patience -> :nothing end)
show.("M-08", Process.demonitor(make_ref(), [:info]))
p =
  Node.spawn(b, fn ->
    send(me, {self(), Process.monitor(me)})

    receive do
      x -> send(me, {self(), x})
    after
      100 -> :ok
    end
  end)
show.("M-08", try do Process.demonitor(answer.(p)) rescue e -> e.__struct__ end)
show.("M-08", fails.(fn -> Process.demonitor(:no_ref) end))
show.("M-08", fails.(fn -> Process.demonitor(p) end))
show.("M-08", fails.(fn -> Process.demonitor(make_ref(), [:nosuch]) end))

p = there.()
refs = Enum.map(1..5, fn _ -> Process.monitor(p) end)
send(p, {:end, :all})
show.("M-09", Enum.map(refs, fn ref -> down.({p, ref}) end))
show.("M-09", {length(Enum.uniq(refs)), mail.(0)})

# The name moves on, the monitor does not.
p = named.(:worker)
ref = Process.monitor({:worker, b})
show.("M-12", :rpc.call(b, Process, :unregister, [:worker]))
q = named.(:worker)
second = Process.monitor({:worker, b})
send(q, {:end, :second})
show.(
  "M-12",
  receive do
    {:DOWN, ^second, _, _, reason} -> reason
    {:DOWN, ^ref, _, _, _} -> :wrong
  after
    patience -> :nothing
  end
)
send(p, {:end, :first})
show.("M-12", receive do {:DOWN, ^ref, _, object, reason} -> {object, reason} after patience -> :nothing end)

{p, ref} = Node.spawn_monitor(b, fn -> Enum.each([1, 2, 3], fn x -> send(me, x) end) end)
show.(
  "M-15",
  {mail.(patience), mail.(patience), mail.(patience), mail.(patience) == {:DOWN, ref, :process, p, :normal}}
)
{p, ref} = Node.spawn_monitor(b, fn -> Enum.each(1..3000, fn x -> send(me, x) end); exit(:last) end)
loop = fn loop, seen ->
  receive do
    {:DOWN, ^ref, :process, ^p, :last} -> Enum.reverse(seen)
    x -> loop.(loop, [x | seen])
  after
    patience -> :nothing
  end
end
show.("M-15", loop.(loop, []) == Enum.to_list(1..3000))

ref = Process.monitor(self())
show.("M-16", {is_reference(ref), Process.demonitor(ref, [:info]), mail.(0)})
show.(
  "M-16",
  down.(
    Node.spawn_monitor(b, fn ->
      Process.monitor(self())

      receive do
        x -> exit({:got, x})
      after
        0 -> exit(:nothing)
      end
    end)
  )
)
