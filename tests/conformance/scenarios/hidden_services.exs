# Rules: HID-05
# Nodes: b, h hidden
[b, h] = Enum.map([:b, :h], on)
Enum.each([b, h], &Node.ping/1)
show.("HID-05", :global.register_name(:me, self()))
show.("HID-05", {await.(fn -> is_pid(:rpc.call(b, :global, :whereis_name, [:me])) end), :rpc.call(h, :global, :whereis_name, [:me])})
