"""Nodes that find each other by multicast, on networks of namespaces: meshes, losses, splits, strangers.

Times count from the moment at which the last node is seen to listen: it answers a line on its standard input
then. Each test prints what it measured.
"""

import time

import netns_support as netns
import support

NET = "10.77.0.{}"
FLOOD_RATE, FLOOD_SECONDS = 100_000, 3


class Discovery(netns.Case):
    def nodes(self, segment, count, *args, first=1, **more):
        """So many nodes, each on a host of its own."""
        result = []
        for i in range(first, first + count):
            address = NET.format(i)
            host = self.net.host(f"h{i}", segment, f"{address}/24")
            result.append(self.node(host, f"n{i}@{address}", *args, **more))
            result[-1].host = host
        return result

    def test_three_nodes_without_a_default_route_are_meshed_at_once(self):
        nodes = self.nodes(self.net.segment(), 3)
        self.meshed(nodes, self.started(*nodes), 0.5, "3 nodes meshed")
        self.assertEqual(netns.ip("-n", nodes[0].host, "route", "show", "default"), "")

    def test_ten_nodes_are_meshed_although_a_fifth_of_all_packets_is_lost(self):
        segment = self.net.segment()
        self.net.drop(segment, "meta l4proto udp numgen random mod 100 < 20")
        nodes = self.nodes(segment, 10)
        self.meshed(nodes, self.started(*nodes), 3, "10 nodes with 20 % loss meshed")

    def test_the_first_packets_may_all_be_lost(self):
        segment = self.net.segment()
        self.net.drop(segment, "meta l4proto udp")
        nodes = self.nodes(segment, 3)
        began = self.started(*nodes)
        time.sleep(max(0.0, began + 0.3 - time.monotonic()))
        self.net.pass_all(segment)
        self.meshed(nodes, began, 1.2, "3 nodes meshed, the first 0.3 s lost")

    def test_a_node_on_two_networks_meets_peers_on_both(self):
        left, right = self.net.segment("left"), self.net.segment("right")
        # As a and c cannot meet, the one that b has known for less long would have to leave (rule MESH-09).
        partly = ["--prevent-overlapping-partitions", "false"]
        a = self.node(self.net.host("a", left, "10.77.1.1/24"), "a@10.77.1.1", *partly)
        c = self.node(self.net.host("c", right, "10.77.2.3/24"), "c@10.77.2.3", *partly)
        middle = self.net.host("b", left, "10.77.1.2/24")
        self.net.plug(middle, right, "10.77.2.2/24", interface="eth1")
        b = self.node(middle, "b@10.77.1.2", *partly)
        self.started(a, b, c)
        expected = [(a, [b.name]), (b, [a.name, c.name]), (c, [b.name])]
        took = self.wait_lists(expected, 3, "the node in the middle connects both")
        print(f"two networks: {took:.2f} s")
        self.stays(expected, 2, "nothing flaps")

    def test_an_interface_that_appears_late_is_used(self):
        segment = self.net.segment()
        host = self.net.host("late")
        late = self.node(host, "late@localhost")  # Where its port mapper is.
        nodes = self.nodes(segment, 2) + [late]
        self.started(*nodes)
        self.meshed(nodes[:2], time.monotonic(), 1, "2 nodes meshed")
        self.assertEqual(self.listed(late), [])
        time.sleep(4)  # The hellos of the start are over.
        began = time.monotonic()
        self.net.plug(host, segment, "10.77.0.9/24")
        self.meshed(nodes, began, 1, "a late interface")

    def test_clusters_and_cookies_on_one_network_never_mix(self):
        segment = self.net.segment()
        groups = [self.nodes(segment, 2, first=1), self.nodes(segment, 2, "--cluster", "other", first=3),
                  self.nodes(segment, 2, first=5, cookie="kookaburra")]
        self.started(*[x for group in groups for x in group])
        expected = [(x, [y.name for y in group if y is not x]) for group in groups for x in group]
        self.wait_lists(expected, 3, "each finds its own")
        self.stays(expected, 3, "none finds another")
        for x in groups[0] + groups[2]:
            self.assertEqual(len(self.lines(x, r"auth_mismatch.*another cookie")), 1, x)
        for x in groups[1]:
            self.assertEqual(self.lines(x, r"auth_mismatch"), [], x)

    def test_a_split_is_seen_once_and_heals(self):
        segment = self.net.segment()
        nodes = self.nodes(segment, 4, "--ticktime", "1", listen=None)
        self.meshed(nodes, self.started(*nodes), 1, "4 nodes meshed")
        halves = nodes[:2], nodes[2:]
        # Each cable's end at the bridge is called port1, port2 and so on.
        ports = [{f"port{nodes.index(x) + 1}" for x in half} for half in halves]
        for number, (one, other) in enumerate([ports, ports[::-1]]):
            self.net.drop(segment, f"iifname {{ {', '.join(one)} }} oifname {{ {', '.join(other)} }}", f"t{number}")
        expected = [(x, [y.name for y in half if y is not x]) for half in halves for x in half]
        took = self.wait_lists(expected, 5, "each half lists itself")
        print(f"the split is seen: {took:.2f} s")
        self.stays(expected, 3, "while the split lasts")
        for half, others in (halves, halves[::-1]):
            for x in half:
                for y in others:
                    self.assertEqual(len(self.lines(x, rf"{y.name}\S* is down")), 1, x)
                for y in half:
                    self.assertEqual(self.lines(x, rf"{y.name}\S* is down"), [], x)
        healed = time.monotonic()
        self.net.pass_all(segment, "t0")
        self.net.pass_all(segment, "t1")
        self.meshed(nodes, healed, 3, "the split healed")

    def test_a_flood_of_strange_packets_costs_little(self):
        segment = self.net.segment()
        nodes = self.nodes(segment, 2)
        listener = netns.Listener(self, nodes[0].host)
        self.meshed(nodes, self.started(*nodes), 1, "2 nodes meshed")
        support.wait_until(lambda: len(listener.packets) >= 3, "packets to replay")
        listener.stop()
        attacker = self.net.host("attacker", segment, "10.77.0.66/24")
        before = [self.cpu_seconds(x) for x in nodes]
        began = time.monotonic()
        finish = netns.flood(attacker, [data for _, data, _ in listener.packets], FLOOD_RATE, FLOOD_SECONDS)
        slowest = 0.0
        while time.monotonic() - began < FLOOD_SECONDS:
            for x, y in (nodes, nodes[::-1]):
                asked = time.monotonic()
                self.assertEqual(self.listed(x), [y.name])
                slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.1)
        sent = finish()
        lasted = time.monotonic() - began
        shares = [(self.cpu_seconds(x) - y) / lasted for x, y in zip(nodes, before)]
        print(f"flood: {sent / FLOOD_SECONDS:.0f} packets a second of {FLOOD_RATE}; share of a core "
              f"{', '.join(f'{x:.2f}' for x in shares)}; slowest answer {slowest:.3f} s")
        for x in shares:
            self.assertLessEqual(x, 0.35)
        self.assertLessEqual(slowest, 1)
        for x in nodes:
            self.assertEqual(self.lines(x, r"is down|crashed"), [], x)
        more = self.nodes(segment, 1, first=9)
        self.meshed(nodes + more, self.started(*more), 1, "a node that comes after the flood")

    def test_a_goodbye_is_heard_at_once(self):
        nodes = self.nodes(self.net.segment(), 3, "--log-level", "debug")
        listener = netns.Listener(self, nodes[0].host)
        self.meshed(nodes, self.started(*nodes), 1, "3 nodes meshed")
        ended = self.end(nodes[2])
        name = nodes[2].name

        def all_saw_it():
            return all(self.lines(x, rf"discovery: left .*{name}") for x in nodes[:2])

        support.wait_until(all_saw_it, lambda: f"not seen: {[x.err() for x in nodes[:2]]}", 2)
        took = time.monotonic() - ended
        nodes[2].wait(5)
        goodbyes = listener.of_kind(netns.GOODBYE)
        print(f"goodbye: seen by all after {took:.3f} s; on the wire after "
              f"{', '.join(f'{t - ended:.3f}' for t in goodbyes)} s")
        self.assertLessEqual(took, 0.1)
        self.assertEqual(len(goodbyes), 3)
        self.assertLessEqual(goodbyes[-1] - goodbyes[0], 0.1)

    def test_fifty_nodes_in_one_namespace(self):
        segment = self.net.segment()
        host = self.net.host("many", segment, "10.77.0.1/24")
        self.net.count(host, "meta l4proto udp")
        nodes = [self.node(host, f"n{i:02}@10.77.0.1", "--transport", "plain") for i in range(50)]
        began = self.started(*nodes, seconds=60)
        self.meshed(nodes, began, 3, "50 nodes on one host meshed", pause=0.05)
        time.sleep(4)  # The hellos of the start are over.
        before, since = self.net.counted(host), time.monotonic()
        time.sleep(10)
        rate = (self.net.counted(host) - before) / (time.monotonic() - since)
        print(f"50 nodes send {rate:.1f} packets a second")
        self.assertLessEqual(rate, 15)
        self.assertGreater(rate, 1)

    def test_a_network_with_ipv6_only(self):
        segment = self.net.segment()
        nodes = []
        for i in range(1, 4):
            host = self.net.host(f"h{i}", segment, f"2001:db8::{i}/64")
            nodes.append(self.node(host, f"n{i}@localhost", listen="::"))  # Where its port mapper is.
        self.meshed(nodes, self.started(*nodes), 1, "3 nodes meshed over IPv6")

    def test_a_network_without_any_configuration(self):
        segment = self.net.segment()
        nodes = [self.node(self.net.host(f"h{i}", segment), f"n{i}@localhost", listen="::") for i in range(1, 4)]
        # The system checks for about two seconds whether a link-local address is free.
        self.meshed(nodes, self.started(*nodes), 3, "3 nodes meshed over link-local addresses")

    def test_a_packet_filter_in_the_way_is_told(self):
        segment = self.net.segment()
        nodes = self.nodes(segment, 1)
        netns.nft(nodes[0].host, "add table inet f; add chain inet f i { type filter hook input priority 0; }; "
                                 f"add rule inet f i udp dport {netns.PORT} drop")
        self.started(*nodes)

        def told():
            return self.lines(nodes[0], r"discovery: multicast: .*eth0.*own packets are not heard back")

        support.wait_until(told, lambda: nodes[0].err(), 2)
        self.stays([(nodes[0], [])], 2, "alone")
        self.assertEqual(len(told()), 1, nodes[0])
        netns.nft(nodes[0].host, "delete table inet f")
        nodes += self.nodes(segment, 1, first=2)
        self.meshed(nodes, self.started(*nodes), 1, "2 nodes meshed after the filter is gone")


if __name__ == "__main__":
    support.main()
