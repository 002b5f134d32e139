# Rules: L-01 L-02 L-03 L-03c L-07 L-08 L-14 L-16 L-21
# Nodes: b, c
b = on.(:b)
c = on.(:c)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
exit_of = fn pid -> receive do {:EXIT, ^pid, reason} -> reason after patience -> :nothing end end
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
# Ends with the reason that it is told; answers everything else.
ends = fn ->
  loop = fn loop -> receive do {:end, reason} -> exit(reason); {from, x} -> send(from, {self(), x}); loop.(loop) end end
  loop.(loop)
end
# Does what it is told, and tells exit signals when it traps them.
acts = fn traps -> fn ->
  Process.flag(:trap_exit, traps)
  send(me, {self(), :acts})
  loop = fn loop ->
    receive do
      {:do, f} -> send(me, {self(), f.()})
      {:EXIT, from, reason} -> send(me, {self(), {:EXIT, from, reason}})
    end
    loop.(loop)
  end
  loop.(loop)
end end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end
# A process of this node that acts.
here = fn traps -> {p, ref} = spawn_monitor(acts.(traps)); answer.(p); {p, ref} end
there = fn node, traps -> {p, ref} = Node.spawn_monitor(node, acts.(traps)); answer.(p); {p, ref} end
lives = fn pid -> act.(pid, fn -> :lives end) end

# A process there ends; the one here traps.
Process.flag(:trap_exit, true)
p = Node.spawn(b, ends)
show.("L-01", Process.link(p))
send(p, {:end, {:why, 1}})
show.("L-01", exit_of.(p))
show.("L-01", Process.link(Node.spawn_link(b, ends)))
p = Node.spawn_link(b, ends)
send(p, {:end, :shutdown})
show.("L-01", exit_of.(p))
# The one here does not.
{p, ref} = here.(false)
q = Node.spawn(b, ends)
show.("L-01", act.(p, fn -> Process.link(q) end))
send(q, {:end, {:why, 2}})
show.("L-01", down.({p, ref}))
# A process here ends; those there trap, and do not.
{p, ref} = there.(b, false)
{t, _} = there.(b, true)
q = spawn(ends)
show.("L-01", {act.(p, fn -> Process.link(q) end), act.(t, fn -> Process.link(q) end)})
send(q, {:end, {:why, 3}})
show.("L-01", down.({p, ref}))
show.("L-01", answer.(t) == {:EXIT, q, {:why, 3}})

# The reason :normal.
p = Node.spawn_link(b, ends)
send(p, {:end, :normal})
show.("L-02", exit_of.(p))
{p, _} = here.(false)
q = Node.spawn(b, ends)
show.("L-02", act.(p, fn -> Process.link(q) end))
ref = Process.monitor(q)
send(q, {:end, :normal})
show.("L-02", {down.({q, ref}), lives.(p)})
{p, _} = there.(b, false)
{t, _} = there.(b, true)
{q, ref} = spawn_monitor(ends)
show.("L-02", {act.(p, fn -> Process.link(q) end), act.(t, fn -> Process.link(q) end)})
send(q, {:end, :normal})
show.("L-02", {down.({q, ref}), answer.(t) == {:EXIT, q, :normal}, lives.(p)})

# Processes that are dead.
{dead, ref} = Node.spawn_monitor(b, fn -> :ok end)
down.({dead, ref})
show.("L-03", {Process.link(dead), exit_of.(dead)})
{p, ref} = here.(false)
show.("L-03", act.(p, fn -> Process.link(dead) end))
show.("L-03", down.({p, ref}))
{dead, ref} = spawn_monitor(fn -> :ok end)
down.({dead, ref})
show.("L-03c", {Process.link(dead), exit_of.(dead)})
{p, _} = here.(false)
show.("L-03c", act.(p, fn -> try do Process.link(dead) rescue e -> e end end))
show.("L-03c", lives.(p))
show.("L-03", Process.link(self()))

# Unlinked.
p = Node.spawn_link(b, ends)
ref = Process.monitor(p)
show.("L-07", Process.unlink(p))
send(p, {:end, :unseen})
show.("L-07", {down.({p, ref}), mail.(0)})
show.("L-07", Process.unlink(p))
p = Node.spawn_link(b, ends)
send(p, {:end, :queued})
receive do {:EXIT, ^p, _} = signal -> send(me, signal) after patience -> :nothing end
show.("L-07", Process.unlink(p))
show.("L-07", exit_of.(p))
# The signal is on its way, or was queued: after unlink none comes.
rounds = Enum.map(1..100, fn x ->
  p = Node.spawn_link(b, ends)
  send(p, {:end, x})
  Process.unlink(p)
  receive do {:EXIT, ^p, _} -> :ok after 0 -> :ok end
  ref = Process.monitor(p)
  receive do {:DOWN, ^ref, _, _, _} -> :ok after patience -> show.("L-07", :no_down) end
  receive do {:EXIT, ^p, _} -> 1 after 0 -> 0 end
end)
show.("L-07", Enum.sum(rounds))

# One link for each pair.
p = Node.spawn(b, ends)
show.("L-08", {Process.link(p), Process.link(p), Process.unlink(p)})
ref = Process.monitor(p)
send(p, {:end, :unseen})
show.("L-08", {down.({p, ref}), mail.(0)})
p = Node.spawn_link(b, ends)
Process.link(p)
ref = Process.monitor(p)
send(p, {:end, :once})
show.("L-08", {down.({p, ref}), exit_of.(p), mail.(0)})
{p, ref} = there.(b, false)
show.("L-08", {Process.link(p), act.(p, fn -> Process.link(me) end), act.(p, fn -> Process.unlink(me) end)})
Process.exit(p, :kill)
show.("L-08", {down.({p, ref}), mail.(0)})

# Linked and unlinked quickly.
p = Node.spawn(b, ends)
Enum.each(1..500, fn _ -> Process.link(p); Process.unlink(p) end)
Process.link(p)
send(p, {me, :after_all})
show.("L-21", answer.(p))
ref = Process.monitor(p)
send(p, {:end, :once})
show.("L-21", {down.({p, ref}), exit_of.(p), mail.(0)})
p = Node.spawn_link(b, ends)
Enum.each(1..500, fn _ -> Process.unlink(p); Process.link(p) end)
Process.unlink(p)
ref = Process.monitor(p)
send(p, {:end, :unseen})
show.("L-21", {down.({p, ref}), mail.(0)})

# What is not caught.
p = Node.spawn_link(b, fn -> :erlang.error(:e1) end)
show.("L-14", case exit_of.(p) do {reason, stack} -> {reason, is_list(stack)} end)
p = Node.spawn_link(b, fn -> raise "hell" end)
show.("L-14", case exit_of.(p) do {reason, stack} -> {reason, is_list(stack)} end)
p = Node.spawn_link(b, fn -> throw(:y) end)
show.("L-14", case exit_of.(p) do {reason, stack} -> {reason, is_list(stack)} end)
p = Node.spawn_link(b, :nosuch, :f, [1])
show.("L-14", exit_of.(p))

# One end takes another with it, over nodes.
{p1, r1} = here.(false)
{p2, r2} = there.(b, false)
{p3, r3} = there.(c, false)
{p4, r4} = here.(false)
show.("L-16", {act.(p1, fn -> Process.link(p2) end), act.(p2, fn -> Process.link(p3) end)})
show.("L-16", act.(p3, fn -> Process.link(p4) end))
Process.exit(p1, :falls)
show.("L-16", Enum.map([{p1, r1}, {p2, r2}, {p3, r3}, {p4, r4}], down))
{p1, r1} = here.(false)
{p2, _} = there.(b, true)
{p3, _} = here.(false)
show.("L-16", {act.(p1, fn -> Process.link(p2) end), act.(p3, fn -> Process.link(p2) end)})
Process.exit(p1, :falls)
show.("L-16", {down.({p1, r1}), answer.(p2) == {:EXIT, p1, :falls}, lives.(p2), lives.(p3)})
