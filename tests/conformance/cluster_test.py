"""Ten nodes that find each other, and how they notice that one is gone."""

import re
import signal
import time

import support

NODES = 10
TICKTIME = 2.0


class Cluster(support.Case):
    def name(self, i):
        return f"n@127.0.0.{i + 1}"

    def start(self, *args):
        """Ten nodes, connected all with all although each only pings the one before it."""
        nodes = [self.piped(self.name(i), *args, ready=False) for i in range(NODES)]
        for i, node in enumerate(nodes):
            node.say("Node.self()", f':"{self.name(i)}"')
        return nodes

    def ping_neighbours(self, nodes):
        for i, node in enumerate(nodes[1:], 1):
            node.say(f'Node.ping :"{self.name(i - 1)}"', ":pong")

    def others(self, i, gone=()):
        names = sorted(self.name(j) for j in range(NODES) if j != i and j not in gone)
        return names

    def listed(self, node):
        return node.ask('Enum.join(Enum.sort(Node.list()), " ")').strip('"').split()

    def wait_for_all(self, nodes, gone, seconds, what):
        waiting = set(range(NODES)) - set(gone)
        began = time.monotonic()
        took = {}

        def done():
            for i in list(waiting):
                if self.listed(nodes[i]) == self.others(i, gone):
                    took[i] = time.monotonic() - began
                    waiting.discard(i)
            return not waiting

        support.wait_until(done, lambda: f"{what}: {[(self.name(i), self.listed(nodes[i])) for i in waiting]}", seconds)
        return took

    def test_a_mesh_closes_itself_and_a_death_is_seen(self):
        nodes = self.start()
        began = time.monotonic()
        self.ping_neighbours(nodes)
        self.wait_for_all(nodes, (), 5 - (time.monotonic() - began), "all list nine others")
        for i, node in enumerate(nodes):
            if i != 4:
                node.say(f'Node.monitor(:"{self.name(4)}", true)', "true")
        nodes[4].signal(signal.SIGKILL)
        self.wait_for_all(nodes, (4,), 1, "all miss the one that was killed")
        for i, node in enumerate(nodes):
            if i != 4:
                node.say("receive do m -> m after 1000 -> :none end", f'{{:nodedown, :"{self.name(4)}"}}')
        again = self.piped(self.name(4))
        nodes[4] = again
        nodes[0].say(f'Node.ping :"{self.name(4)}"', ":pong")
        self.wait_for_all(nodes, (), 5, "all list the new life")
        for node in nodes:
            self.assertEqual(node.err(), "")

    def test_a_frozen_node_is_down_and_comes_back(self):
        nodes = self.start("--ticktime", TICKTIME)
        self.ping_neighbours(nodes)
        self.wait_for_all(nodes, (), 5, "all list nine others")
        for i, node in enumerate(nodes):
            if i != 7:
                node.say(f'Node.monitor(:"{self.name(7)}", true)', "true")
                node.write("receive do {:nodedown, _} -> 1 end\n")
        nodes[7].signal(signal.SIGSTOP)
        began = time.monotonic()
        waiting = {i for i in range(NODES) if i != 7}
        took = {}

        def all_saw_it():
            for i in list(waiting):
                if re.search(r"^\d+$", nodes[i].out()[nodes[i].mark:], re.M):
                    took[i] = time.monotonic() - began
                    waiting.discard(i)
            return not waiting

        support.wait_until(all_saw_it, lambda: f"not seen by {waiting}", 2 * TICKTIME)
        for i, seconds in took.items():
            self.assertTrue(0.75 * TICKTIME <= seconds <= 1.25 * TICKTIME + 0.15, (i, took))
            nodes[i].expect("1")
            self.assertEqual(len(re.findall(r'\*\* Node :"n@127\.0\.0\.8" not responding \*\*', nodes[i].err())), 1)
            self.assertIn("** Removing (timedout) connection **", nodes[i].err())
        nodes[7].signal(signal.SIGCONT)
        nodes[0].say("Node.list() == []", "false")
        support.wait_until(lambda: nodes[0].ask(f'Node.ping :"{self.name(7)}"') == ":pong", "the node answers again", 5)
        self.wait_for_all(nodes, (), 5, "all list nine others again")

    def test_a_wrong_cookie(self):
        for transport in ("tls", "plain"):
            a = self.piped(f"{transport}-a@127.0.0.1", "--transport", transport)
            b = self.piped(f"{transport}-b@127.0.0.1", "--transport", transport, cookie="other")
            b.say(f'Node.ping :"{transport}-a@127.0.0.1"', ":pang")
            b.say("Node.list", "[]")
            support.wait_until(lambda: a.err(), "the acceptor says nothing")
            a.say("Node.list", "[]")
            lines = [support.normalise(x) for x in a.err().splitlines()]
            self.assertEqual(len(lines), 1, lines)
            self.assertRegex(lines[0], r"^TIME \[error\] \*\* Connection attempt from node 127\.0\.0\.1:\d+ "
                                       r"\(.* does not know the cookie\) rejected\. Invalid challenge reply\. \*\*$")
            self.assertEqual(b.err(), "")


if __name__ == "__main__":
    support.main()
