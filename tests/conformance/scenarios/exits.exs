# Rules: L-09 L-10 L-11 L-12 L-13
# Nodes: b
b = on.(:b)
gone = on.(:nosuch)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
down = fn {pid, ref} ->
  receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason after patience -> :nothing end
end
exit_of = fn pid -> receive do {:EXIT, ^pid, reason} -> reason after patience -> :nothing end end
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
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
here = fn traps -> {p, ref} = spawn_monitor(acts.(traps)); answer.(p); {p, ref} end
there = fn traps -> {p, ref} = Node.spawn_monitor(b, acts.(traps)); answer.(p); {p, ref} end
lives = fn pid -> act.(pid, fn -> :lives end) end

{p, ref} = there.(false)
show.("L-09", {Process.exit(p, {:why, 1}), down.({p, ref})})
{p, ref} = there.(true)
show.("L-09", {Process.exit(p, {:why, 2}), answer.(p) == {:EXIT, me, {:why, 2}}, lives.(p)})
{p, ref} = here.(false)
{q, _} = there.(false)
show.("L-09", {act.(q, fn -> Process.exit(p, :from_there) end), down.({p, ref})})
{p, _} = here.(true)
show.("L-09", {act.(q, fn -> Process.exit(p, :from_there) end), answer.(p) == {:EXIT, q, :from_there}})
show.("L-09", {Process.exit(p, :shutdown), answer.(p) == {:EXIT, me, :shutdown}})

{p, ref} = there.(true)
show.("L-10", {Process.exit(p, :kill), down.({p, ref})})
{p, ref} = here.(true)
show.("L-10", {act.(q, fn -> Process.exit(p, :kill) end), down.({p, ref})})
Process.flag(:trap_exit, true)
{p, ref} = there.(true)
show.("L-10", {Process.link(p), Process.exit(p, :kill), down.({p, ref}), exit_of.(p)})
# What is linked to it dies of `killed`, which can be trapped.
{p1, r1} = there.(true)
{p2, r2} = here.(false)
{p3, _} = here.(true)
act.(p2, fn -> Process.link(p1) end)
act.(p3, fn -> Process.link(p1) end)
Process.exit(p1, :kill)
show.("L-10", {down.({p1, r1}), down.({p2, r2}), answer.(p3) == {:EXIT, p1, :killed}, lives.(p3)})

# A process that itself ends with the reason kill.
p = Node.spawn_link(b, fn -> exit(:kill) end)
show.("L-11", exit_of.(p))
show.("L-11", down.(Node.spawn_monitor(b, fn -> exit(:kill) end)))
{p1, r1} = there.(false)
{p2, r2} = here.(false)
{p3, _} = here.(true)
act.(p2, fn -> Process.link(p1) end)
act.(p3, fn -> Process.link(p1) end)
send(p1, {:do, fn -> exit(:kill) end})
show.("L-11", {down.({p1, r1}), down.({p2, r2}), answer.(p3) == {:EXIT, p1, :kill}, lives.(p3)})

{p, _} = there.(false)
show.("L-12", {Process.exit(p, :normal), lives.(p)})
{p, _} = there.(true)
show.("L-12", {Process.exit(p, :normal), answer.(p) == {:EXIT, me, :normal}, lives.(p)})
{p, _} = here.(false)
show.("L-12", {act.(q, fn -> Process.exit(p, :normal) end), lives.(p)})
show.("L-12", down.(Node.spawn_monitor(b, fn -> Process.exit(self(), :normal); send(me, :not_reached) end)))
show.("L-12", down.(spawn_monitor(fn -> Process.exit(self(), :normal); send(me, :not_reached) end)))
{p, _} = there.(true)
show.(
  "L-12",
  act.(p, fn ->
    Process.exit(self(), :normal)

    receive do
      {:EXIT, from, x} -> {from == self(), x}
    after
      patience -> :nothing
    end
  end)
)
show.("L-12", mail.(0))

{dead, ref} = Node.spawn_monitor(b, fn -> :ok end)
down.({dead, ref})
show.("L-13", Process.exit(dead, :why))
{dead, ref} = spawn_monitor(fn -> :ok end)
down.({dead, ref})
show.("L-13", Process.exit(dead, :why))
show.("L-13", Process.exit(Node.spawn(gone, fn -> :ok end), :why))
Process.register(self(), :main)
show.("L-13", fails.(fn -> Process.exit(:main, :why) end))
show.("L-13", fails.(fn -> Process.exit({:main, b}, :why) end))
show.("L-13", fails.(fn -> Process.exit({:main, node()}, :why) end))
show.("L-13", fails.(fn -> Process.link({:main, b}) end))
show.("L-13", fails.(fn -> Process.link(:main) end))
show.("L-13", fails.(fn -> Process.unlink({:main, b}) end))
{p, _} = there.(false)
tell.("kill b")
show.("L-13", {Process.exit(p, :why), Process.unlink(p)})
