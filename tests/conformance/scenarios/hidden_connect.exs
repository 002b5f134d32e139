# Rules: HID-08
# Nodes: b
b = on.(:b)
show.("HID-08", {:net_kernel.hidden_connect_node(b), Node.list(), Node.list(:hidden)})
show.("HID-08", {:rpc.call(b, Node, :list, []), :rpc.call(b, Node, :list, [:hidden])})
show.("HID-08", {:net_kernel.hidden_connect_node(b), :net_kernel.hidden_connect_node(on.(:nosuch))})
