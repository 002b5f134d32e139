# Rules: SP-07 SP-08 SP-08e SP-08g SP-09
# Nodes: b, c
b = on.(:b)
c = on.(:c)
gone = on.(:nosuch)
me = self()
patience = 5000
fails = fn f -> try do f.() rescue e -> e.__struct__ end end
request = fn node, f, options -> :erlang.spawn_request(node, :erlang, :apply, [f, []], options) end
says = fn -> send(me, {:said, self()}) end
sleeps = fn -> Process.sleep(:infinity) end

ref = request.(b, says, [])
show.("SP-07", {is_reference(ref), node(ref)})
p = receive do {:spawn_reply, ^ref, :ok, p} -> p after patience -> :nothing end
show.("SP-07", {node(p), mail.(patience) == {:said, p}})
# The reply comes before anything that the process says.
ref = request.(b, says, [])
show.(
  "SP-07",
  case {mail.(patience), mail.(patience)} do
    {{:spawn_reply, ^ref, :ok, p}, {:said, p}} -> :in_order
    x -> x
  end
)
ref = request.(b, fn -> exit(:soon) end, [:monitor])
show.(
  "SP-08g",
  case {mail.(patience), mail.(patience)} do
    {{:spawn_reply, ^ref, :ok, p}, {:DOWN, ^ref, :process, p, reason}} -> reason
    x -> x
  end
)
Process.flag(:trap_exit, true)
ref = request.(b, fn -> exit(:soon) end, [:link])
show.(
  "SP-07",
  case {mail.(patience), mail.(patience)} do
    {{:spawn_reply, ^ref, :ok, p}, {:EXIT, p, reason}} -> reason
    x -> x
  end
)
ref = :erlang.spawn_request(b, says)
show.(
  "SP-07",
  case {mail.(patience), mail.(patience)} do
    {{:spawn_reply, ^ref, :ok, p}, {:said, p}} -> :in_order
    x -> x
  end
)
ref = :erlang.spawn_request(says)
show.(
  "SP-07",
  case {mail.(patience), mail.(patience)} do
    {{:spawn_reply, ^ref, :ok, p}, {:said, p}} -> node(p)
    x -> x
  end
)
ref = request.(b, sleeps, [:monitor])
p = receive do {:spawn_reply, ^ref, :ok, p} -> p after patience -> :nothing end
show.("SP-08g", {Process.demonitor(ref, [:info]), Process.exit(p, :kill), mail.(50)})

ref = request.(gone, says, [])
show.("SP-08", mail.(patience) == {:spawn_reply, ref, :error, :noconnection})
ref = request.(gone, says, [:link, :monitor])
show.("SP-08", mail.(patience) == {:spawn_reply, ref, :error, :noconnection})
ref = request.(b, says, [:nosuch])
show.("SP-08", mail.(patience) == {:spawn_reply, ref, :error, :badopt})
ref = request.(node(), says, [:nosuch])
show.("SP-08", mail.(patience) == {:spawn_reply, ref, :error, :badopt})
show.("SP-08", fails.(fn -> request.(b, says, [:link | :improper]) end))
show.("SP-08", fails.(fn -> request.("b", says, []) end))
show.("SP-08", mail.(50))

reply = fn node, options ->
  ref = request.(node, sleeps, options)
  receive do
    {tag, ^ref, :ok, p} -> Process.exit(p, :kill); {tag, :ok}
    {tag, ^ref, :error, reason} -> {tag, reason}
  after 50 -> :nothing
  end
end
patient = fn node, options ->
  ref = request.(node, sleeps, options)
  receive do
    {tag, ^ref, :ok, p} -> Process.exit(p, :kill); {tag, :ok}
    {tag, ^ref, :error, reason} -> {tag, reason}
  after patience -> :nothing
  end
end
show.("SP-08e", [
  patient.(b, reply: :yes),
  reply.(b, reply: :no),
  reply.(b, reply: :error_only),
  patient.(b, reply: :success_only)
])
show.("SP-08e", [
  patient.(gone, reply: :yes),
  reply.(gone, reply: :no),
  patient.(gone, reply: :error_only),
  reply.(gone, reply: :success_only)
])
show.("SP-08e", [patient.(b, [reply_tag: :mine]), patient.(gone, [reply_tag: {:any, "term"}])])

# Abandoned before the reply: none comes, and a child that is linked is told. Who asked stands still until the child
# is ready to hear it.
parent =
  Node.spawn(c, fn ->
    parent = self()
    send(me, {:connected, Node.connect(b)})
    receive do :ask -> :ok end
    unlinked = request.(b, fn -> send(me, {:lives, self()}) end, [])

    linked =
      request.(
        b,
        fn ->
          Process.flag(:trap_exit, true)
          send(me, :ready)

          send(
            me,
            {:child,
             receive do
               {:EXIT, from, reason} -> {from == parent, reason}
             after
               patience -> :nothing
             end}
          )
        end,
        [:link]
      )

    send(me, {:abandoned, :erlang.spawn_request_abandon(unlinked), :erlang.spawn_request_abandon(linked)})
    receive do x -> send(me, {:wrong, x}) end
  end)

show.("SP-09", mail.(patience))
tell.("freeze b")
send(parent, :ask)
show.("SP-09", mail.(patience))
tell.("freeze c")
tell.("thaw b")
show.("SP-09", receive do {:lives, p} -> node(p) after patience -> :nothing end)
show.("SP-09", mail.(patience))
tell.("thaw c")
show.("SP-09", mail.(patience))
show.("SP-09", mail.(100))
ref = request.(b, sleeps, [])
receive do {:spawn_reply, ^ref, :ok, _} -> :ok after patience -> :nothing end
show.("SP-09", :erlang.spawn_request_abandon(ref))
show.("SP-09", mail.(0))
