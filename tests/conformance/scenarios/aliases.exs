# Rules: MSG-18 M-13
# Nodes: b
b = on.(:b)
me = self()
patience = 5000
answer = fn pid -> receive do {^pid, x} -> x after patience -> :nothing end end
# Does what it is told, and says when.
acts = fn ->
  loop = fn loop -> receive do {:do, f} -> send(me, {self(), f.()}); loop.(loop); {:end, reason} -> exit(reason) end end
  loop.(loop)
end
act = fn pid, f -> send(pid, {:do, f}); answer.(pid) end
p = Node.spawn(b, acts)

alias_ = :erlang.alias()
show.("MSG-18", {is_reference(alias_), node(alias_)})
show.("MSG-18", {act.(p, fn -> send(alias_, :one); :sent end), mail.(patience)})
show.("MSG-18", {send(alias_, :here), mail.(patience)})
show.("MSG-18", {:erlang.unalias(alias_), :erlang.unalias(alias_)})
show.("MSG-18", {act.(p, fn -> send(alias_, :two); :sent end), mail.(0)})
show.("MSG-18", {send(alias_, :here), mail.(0)})
alias_ = :erlang.alias([:reply])
show.("MSG-18", {act.(p, fn -> send(alias_, :three); send(alias_, :four); :sent end), mail.(patience), mail.(0)})
show.("MSG-18", send(make_ref(), :nobody))

ref = :erlang.monitor(:process, p, alias: :reply_demonitor)
show.("M-13", {act.(p, fn -> send(ref, :first); send(ref, :second); :sent end), mail.(patience), mail.(0)})
send(p, {:end, :unseen})
show.("M-13", mail.(50))
p = Node.spawn(b, acts)
ref = :erlang.monitor(:process, p, alias: :demonitor)
show.("M-13", {act.(p, fn -> send(ref, :first); send(ref, :second); :sent end), mail.(patience), mail.(patience)})
show.("M-13", {Process.demonitor(ref), act.(p, fn -> send(ref, :third); :sent end), mail.(0)})
ref = :erlang.monitor(:process, p, alias: :explicit_unalias)
show.("M-13", {Process.demonitor(ref), act.(p, fn -> send(ref, :first); :sent end), mail.(patience)})
show.("M-13", {:erlang.unalias(ref), act.(p, fn -> send(ref, :second); :sent end), mail.(0)})
ref = :erlang.monitor(:process, p, tag: :mine)
other = :erlang.monitor(:process, p, tag: {:any, "term"}, alias: :reply_demonitor)
send(p, {:end, :seen})
show.("M-13", receive do {:mine, ^ref, :process, ^p, reason} -> reason after patience -> :nothing end)
show.("M-13", receive do {{:any, "term"}, ^other, :process, ^p, reason} -> reason after patience -> :nothing end)
ref = :erlang.monitor(:process, {:nobody, on.(:nosuch)}, tag: :far)
show.("M-13", receive do {:far, ^ref, :process, object, reason} -> {object, reason} after patience -> :nothing end)
show.("M-13", try do :erlang.monitor(:process, p, [:nosuch]) rescue e -> e.__struct__ end)
show.("M-13", mail.(0))
