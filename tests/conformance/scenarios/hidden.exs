# Rules: HID-01 HID-02 HID-03 HID-04 HID-05 HID-06
# Nodes: b, h hidden, g hidden
[a, b, h, g] = Enum.map([:a, :b, :h, :g], on)
me = self()
lists = fn -> {Node.list(), Node.list(:hidden), Node.list(:connected)} end
:net_kernel.monitor_nodes(true)
for {type, i} <- [visible: 1, hidden: 2, all: 3] do
  spawn(fn ->
    :net_kernel.monitor_nodes(true, node_type: type)
    send(me, :ready)
    receive do {kind, node, info} -> send(me, {i, type, kind, node, info}) after 5000 -> send(me, {i, type, :nothing}) end
  end)
  mail.(5000)
end
show.("HID-01", {Node.ping(h), lists.()})
show.("HID-04", Enum.sort([mail.(5000), mail.(5000)]))
show.("HID-04", {Node.ping(b), mail.(5000), mail.(5000)})
show.("HID-02", {:rpc.call(h, Node, :list, []), :rpc.call(h, Node, :list, [:hidden])})
# The hidden node dials.
show.("HID-02", :erpc.call(h, fn -> {Node.ping(:"b@127.0.0.1"), Node.list(), Enum.sort(Node.list(:hidden))} end))
show.("HID-02", :rpc.call(b, Node, :list, [:hidden]))
show.("HID-03", {Node.ping(g), mail.(300), Enum.sort(Node.list(:hidden)), Node.list()})
show.("HID-03", :rpc.call(g, Node, :list, [:connected]))
show.("HID-03", {Enum.sort(:rpc.call(h, Node, :list, [:connected])), Enum.sort(:rpc.call(b, Node, :list, [:connected]))})
{results, bad} = :rpc.multicall(:erlang, :node, [])
show.("HID-05", {Enum.sort(results), bad})
# All else works.
p = Node.spawn(h, fn ->
  Process.register(self(), :echo)
  receive do {:from, x} -> send(x, {:echo, node()}) end
  receive do :crash -> exit(:crashed) end
end)
send(p, {:from, self()})
show.("HID-06", {node(p), mail.(5000)})
Process.flag(:trap_exit, true)
r = Process.monitor({:echo, h})
Process.link(p)
send({:echo, h}, :crash)
show.("HID-06", Enum.sort([elem(mail.(5000), 0), elem(mail.(5000), 0)]))
show.("HID-06", {is_reference(r), Node.monitor(h, true), Node.disconnect(h), mail.(5000)})
show.("HID-06", :erpc.call(h, fn -> node() end))
