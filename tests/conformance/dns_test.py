"""Nodes that find each other by DNS: names with many addresses, services, and servers that fail."""

import os
import signal
import time

import dns_stub
import support
from dns_stub import Zone, a, srv

PORT = support.free_port()
NODES = ["127.0.0.2", "127.0.0.3", "127.0.0.4"]


class Dns(support.Case):
    def serve(self, **zones):
        """A server for these names below .test."""
        stub = dns_stub.Stub({f"{name}.test": zone for name, zone in zones.items()})
        self.addCleanup(stub.stop)
        return stub

    def node(self, address, what, stub, *args, alive="n", port=PORT):
        return self.piped(f"{alive}@{address}", "--listen", f"{address}:{port}", "--discover", f"dns:{what}",
                          "--dns-server", str(stub), *args)

    def listed(self, node):
        return node.ask('Enum.join(Enum.sort(Node.list()), " ")').strip('"').split()

    def meshed(self, nodes, seconds=support.DEADLINE):
        """`nodes` by name: each lists all others."""
        def done():
            return all(self.listed(x) == sorted(set(nodes) - {name}) for name, x in nodes.items())

        began = time.monotonic()
        support.wait_until(done, lambda: "a mesh:\n" + "\n".join(str(x) for x in nodes.values()), seconds)
        print(f"{len(nodes)} nodes meshed: {time.monotonic() - began:.2f} s")

    def start_all(self, what, stub, addresses=NODES):
        return {f"n@{x}": self.node(x, what, stub) for x in addresses}

    def test_a_name_with_many_addresses_makes_a_mesh(self):
        stub = self.serve(app=Zone(a(*NODES), ttl=3600))
        self.meshed(self.start_all(f"app.test:{PORT}", stub))
        self.assertIn(("app.test", dns_stub.A), {x[:2] for x in stub.asked})
        self.assertIn(("app.test", dns_stub.AAAA), {x[:2] for x in stub.asked})
        self.assertTrue(all(x[3] >= 1232 for x in stub.asked), "every question has EDNS")

    def test_names_are_made_of_a_base_and_the_addresses(self):
        stub = self.serve(app=Zone(a(*NODES)))
        self.meshed(self.start_all("n@app.test", stub))

    def test_port_mappers_tell_the_ports_that_nobody_gave(self):
        stub = self.serve(app=Zone(a(*NODES)))
        self.meshed(self.start_all("app.test", stub))

    def test_services_have_their_ports(self):
        ports = {x: support.free_port() for x in NODES}
        zones = {f"n{i}": Zone(a(x)) for i, x in enumerate(NODES)}
        zones["_troupe._tcp.app"] = Zone([srv(ports[x], f"n{i}.test") for i, x in enumerate(NODES)])
        stub = self.serve(**zones)
        self.meshed({f"n@{x}": self.node(x, "_troupe._tcp.app.test", stub, port=ports[x]) for x in NODES})

    def test_an_answer_that_is_cut_is_asked_for_again_over_tcp(self):
        stub = self.serve(app=Zone(a(*NODES), cut=True))
        self.meshed(self.start_all(f"app.test:{PORT}", stub))
        self.assertIn("tcp", {x[2] for x in stub.asked})

    def test_answers_with_5_of_15_at_random_add_up(self):
        addresses = [f"127.0.0.{i}" for i in range(2, 17)]
        stub = self.serve(app=Zone(a(*addresses), some=5, ttl=0))
        self.meshed(self.start_all(f"app.test:{PORT}", stub, addresses[:5]), 30)

    def test_a_name_that_appears_later_is_found_in_about_a_second(self):
        stub = self.serve()
        nodes = self.start_all(f"app.test:{PORT}", stub)
        first = next(iter(nodes.values()))
        support.wait_until(lambda: len(stub.asked) >= 8, "the name is asked for again and again")
        self.assertEqual(self.listed(first), [])
        stub.zones["app.test"] = Zone(a(*NODES))
        self.meshed(nodes, 5)

    def test_errors_part_nobody_and_are_over_when_the_server_is_well(self):
        zone = Zone(a(*NODES[:2]), ttl=0)
        stub = self.serve(app=zone)
        nodes = self.start_all(f"app.test:{PORT}", stub, NODES[:2])
        self.meshed(nodes)
        for trouble in (dict(rcode=dns_stub.SERVFAIL, records=[]), dict(rcode=dns_stub.NXDOMAIN, records=[]),
                        dict(rcode=dns_stub.NOERROR, records=[]), dict(garbage="header")):
            for key, value in trouble.items():
                setattr(zone, key, value)
            asked = len(stub.asked)
            support.wait_until(lambda: len(stub.asked) >= asked + 4, f"asked on after {trouble}", 30)
            for name, node in nodes.items():
                self.assertEqual(self.listed(node), sorted(set(nodes) - {name}))
        zone.garbage, zone.records = None, a(*NODES)
        nodes[f"n@{NODES[2]}"] = self.node(NODES[2], f"app.test:{PORT}", stub)
        self.meshed(nodes, 45)

    def test_a_node_that_comes_back_at_its_address_is_connected_again(self):
        stub = self.serve(app=Zone(a(*NODES)))
        nodes = self.start_all(f"app.test:{PORT}", stub)
        self.meshed(nodes)
        gone = nodes.pop(f"n@{NODES[2]}")
        os.kill(gone.pid, signal.SIGKILL)
        gone.wait()
        self.meshed(nodes, 5)
        nodes[f"n@{NODES[2]}"] = self.node(NODES[2], f"app.test:{PORT}", stub)
        self.meshed(nodes)

    def test_a_silent_server_does_not_hold_up_the_node(self):
        stub = self.serve(app=Zone(silent=True))
        node = self.node(NODES[0], f"app.test:{PORT}", stub)
        began = time.monotonic()
        node.say("1 + 1", "2")
        node.end_input()
        self.assertEqual(node.wait(), 0)
        self.assertLess(time.monotonic() - began, 3)


if __name__ == "__main__":
    support.main()
