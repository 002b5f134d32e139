"""Every scenario shows here what it showed on the original, with both transports, and what a live original shows."""

import shutil
import unittest

import scenario
import support

# Scenarios that only the original plays yet, and what is missing here.
PENDING = {
    "adm": ":net_adm.names",
    "aliases": ":erlang.alias, :erlang.monitor/3",
    "allow": ":net_kernel.allow",
    "alone_global": ":global",
    "alone_settings": ":net_kernel.get_net_ticktime, Node.set_cookie",
    "auto_connect_never": "--auto-connect",
    "auto_connect_once": "--auto-connect",
    "connect_all": "--connect-all",
    "connect_all_names": "--connect-all, :global",
    "global": ":global",
    "global_disconnect": ":global.disconnect",
    "global_locks": ":global",
    "global_resolvers": ":global",
    "global_split": ":global",
    "hidden_services": ":global",
    "monitor_node_options": "errors of :net_kernel.monitor_nodes, Node.monitor/3",
    "monitor_nodes": "the order of what :net_kernel.monitor_nodes tells",
    "nodes_info": ":erlang.nodes/2",
    "overlap": "the prevention of overlapping partitions",
    "overlap_allowed": "--prevent-overlapping-partitions",
    "pids_info": "Process.info",
    "set_cookie": "Node.set_cookie",
    "spawn_fresh": "Process.put, Process.info",
    "spawn_options": ":erlang.spawn_opt",
    "spawn_request": ":erlang.spawn_request",
    "tick_settings": ":net_kernel.set_net_ticktime",
    "timers_remote": "Process.send_after",
    "world": ":net_adm.world_list, :net_adm.ping_list",
}


class Scenarios(unittest.TestCase):
    maxDiff = None

    def shows(self, name, original, *more):
        self.assertEqual("\n".join(scenario.play(name, original, *more)), "\n".join(scenario.recorded(name)))


def add(name):
    def pending(self):
        if name in PENDING:
            self.skipTest(f"not here yet: {PENDING[name]}")

    def test_tls(self):
        pending(self)
        self.shows(name, False)

    def test_plain(self):
        pending(self)
        self.shows(name, False, "--transport", "plain")

    def test_original(self):
        if not shutil.which("elixir"):
            self.skipTest("elixir is not installed")
        self.shows(name, True)

    for kind, f in (("tls", test_tls), ("plain", test_plain), ("original", test_original)):
        setattr(Scenarios, f"test_{name}_{kind}", f)


for _name in scenario.scenarios():
    add(_name)

if __name__ == "__main__":
    support.main()
