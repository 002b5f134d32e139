"""What becomes of a thousand links and a thousand monitors in each direction when a node fails, or the network.

Each test prints how long it took until the first of them fired.
"""

import signal
import time

import netns_support as netns
import relations
import support
from relations import COUNT

TICKTIME = 2.0
NAMES = ("a@127.0.0.1", "b@127.0.0.1")


class Nodes(support.Case):
    def related(self):
        nodes = [self.piped(x, "--ticktime", TICKTIME) for x in NAMES]
        return relations.related(self, *nodes, NAMES)

    def test_a_killed_node_is_lost_at_once(self):
        a, b = self.related()
        began = time.monotonic()
        b.node.signal(signal.SIGKILL)
        relations.report("killed", a.loss(self, began))
        a.nothing_more(self)

    def test_a_stopped_node_says_no_more_than_one_that_is_killed(self):
        a, b = self.related()
        began = time.monotonic()
        b.node.signal(signal.SIGTERM)
        relations.report("stopped", a.loss(self, began))
        self.assertEqual(b.node.wait(), 0)
        a.nothing_more(self)

    def test_a_frozen_node_is_lost_after_the_ticktime(self):
        a, b = self.related()
        began = time.monotonic()
        b.node.signal(signal.SIGSTOP)
        took = a.loss(self, began)
        thawed = time.monotonic()
        b.node.signal(signal.SIGCONT)
        relations.report("frozen", took, b.loss(self, thawed))
        relations.connected_again(self, (a, b))

    def test_a_freeze_that_is_short_is_not_noticed(self):
        a, b = self.related()
        b.node.signal(signal.SIGSTOP)
        time.sleep(0.3 * TICKTIME)
        b.node.signal(signal.SIGCONT)
        c = self.piped("c@127.0.0.1", "--hidden")
        for x in (a, b):
            self.assertEqual(c.ask(f'send({{:shell, :"{x.name}"}}, :fine)'), ":fine")
            x.waiting.join(10)
        for x in (a, b):
            self.assertEqual(x.ask("first"), ":fine")
            x.nothing_more(self)

    def test_a_new_life_has_nothing_of_the_old_one(self):
        a, b = self.related()
        began = time.monotonic()
        b.node.signal(signal.SIGKILL)
        b.node.process.wait()
        b = relations.End(self.piped(NAMES[1], "--ticktime", TICKTIME), *reversed(NAMES))
        relations.report("killed and back", a.loss(self, began))
        a.ask("old = theirs; :ok")
        a.relate()
        number = 'fn x -> Enum.at(String.split(inspect(x), "."), 1) end'
        self.assertEqual(a.ask("Enum.any?(old, fn x -> x in theirs end)"), "false")
        self.assertGreater(int(a.ask(f"n = {number}; taken = Enum.map(theirs, n); "
                                     "length(Enum.filter(old, fn x -> n.(x) in taken end))")), COUNT // 2)
        # All that one can do to a process is done to those of the old life.
        self.assertEqual(a.ask("gone = for x <- old, do: Process.monitor(x); length(gone)"), str(COUNT))
        self.assertEqual(a.ask("for x <- old, do: Process.link(x); :ok"), ":ok")
        self.assertEqual(a.ask("for x <- old, do: (send(x, :old); Process.exit(x, :kill); Process.exit(x, :old)); :ok"), ":ok")
        self.assertEqual(a.ask(f"told = take.({2 * COUNT}, 5000) ++ take.(10, 300); length(told)"), str(2 * COUNT))
        self.assertEqual(a.ask("reasons.(told)"), "{[:noproc], [:noproc]}")
        self.assertEqual(a.ask("Enum.sort(for {:EXIT, x, _} <- told, do: x) == Enum.sort(old)"), "true")
        self.assertEqual(a.ask("Enum.sort(for {:DOWN, x, _, _, _} <- told, do: x) == Enum.sort(gone)"), "true")
        # Behind that, to each of the new life: it is the first thing that they hear.
        self.assertEqual(a.ask("for x <- theirs, do: send(x, :new); :ok"), ":ok")
        self.assertEqual(b.ask(f"told = take.({COUNT}, 5000) ++ take.(10, 300); Enum.uniq(told)"), "[heard: :new]")
        self.assertEqual(b.ask("length(told)"), str(COUNT))
        a.nothing_more(self)

    def test_disconnecting_is_a_loss_for_both(self):
        a, b = self.related()
        began = time.monotonic()
        # From a third process: those that read lines wait.
        c = self.piped("c@127.0.0.1", "--hidden")
        self.assertEqual(c.ask(f'Node.spawn(:"{NAMES[0]}", fn -> Node.disconnect(:"{NAMES[1]}") end); :ok'), ":ok")
        relations.report("disconnected", a.loss(self, began), b.loss(self, began))
        relations.connected_again(self, (a, b))


class Network(netns.Case):
    def related(self):
        self.segment = self.net.segment()
        names = [f"n{i}@10.77.0.{i}" for i in (1, 2)]
        nodes = []
        for i, name in enumerate(names, 1):
            host = self.net.host(f"h{i}", self.segment, f"10.77.0.{i}/24")
            nodes.append(self.node(host, name, "--ticktime", TICKTIME, discover="none"))
        self.started(*nodes)
        return relations.related(self, *nodes, names)

    def lose(self, what, rule):
        ends = self.related()
        began = time.monotonic()
        self.net.drop(self.segment, rule)
        relations.report(what, *[x.loss(self, began) for x in ends])
        for x in ends:
            self.assertEqual(x.ask("Node.list()"), "[]")
        self.net.pass_all(self.segment)
        relations.connected_again(self, ends)

    def test_a_cut_is_a_loss_for_both(self):
        self.lose("cut", "meta protocol ip")

    def test_a_cut_in_one_direction_is_a_loss_for_both(self):
        self.lose("cut in one direction", 'iifname "port1"')


if __name__ == "__main__":
    support.main()
