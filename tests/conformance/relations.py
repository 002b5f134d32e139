"""A thousand links and a thousand monitors across two nodes, in both directions, and what their loss tells.

On each node the process that reads the test's lines has started processes on the other node, is linked with all of
them and watches all of them. When the nodes lose each other, it gets an exit signal and a DOWN of each; each of its
own node's processes that the other node started gets an exit signal, too, and says so. Nothing may come twice.
"""

import threading
import time

import support

COUNT = 1000

PRELUDE = """
Process.register(self(), :shell)
Process.flag(:trap_exit, true)
idle = fn -> Process.flag(:trap_exit, true); for _ <- 1..2, do: (receive do x -> send(:shell, {:heard, x}) end) end
take = fn n, patience -> Enum.reduce_while(1..n, [], fn _, all -> receive do x -> {:cont, [x | all]} after patience -> {:halt, all} end end) end
ends = fn all, theirs, refs -> {Enum.sort(for {:EXIT, who, _} <- all, do: who) == Enum.sort(theirs), Enum.sort(for {:DOWN, ref, :process, _, _} <- all, do: ref) == Enum.sort(refs)} end
reasons = fn all -> {Enum.uniq(for {:EXIT, _, why} <- all, do: why), Enum.uniq(for {:DOWN, _, :process, _, why} <- all, do: why)} end
"""


class End:
    """A node, as one end of all the relations; `node` has `ask`, `write` and a name of Elixir's."""

    def __init__(self, node, name, other):
        self.node = node
        self.name = name
        self.other = other
        self.seen = None
        node.ask(f'other = :"{other}"; :ok')
        for line in PRELUDE.strip().splitlines():
            node.ask(line)

    def ask(self, line, seconds=60):
        return self.node.ask(line, seconds)

    def relate(self):
        """Starts the processes on the other node, links and watches them."""
        assert self.ask(f"theirs = for _ <- 1..{COUNT}, do: Node.spawn_link(other, idle); length(theirs)") == str(COUNT)
        self.watch()

    def watch(self):
        assert self.ask("refs = for x <- theirs, do: Process.monitor(x); length(refs)") == str(COUNT)

    def expect_loss(self):
        """Begins to wait for the first thing that tells of the loss; `loss` goes on."""
        self.seen = None

        def wait():
            try:
                if self.ask("first = receive do x -> x after 60000 -> :nothing end; :seen", 70) == ":seen":
                    self.seen = time.monotonic()
            except (AssertionError, OSError):
                pass  # The node has ended, which `loss` tells if it should not have.

        self.waiting = threading.Thread(target=wait, daemon=True)
        self.waiting.start()

    def loss(self, case, began, kept=True):
        """All of what the loss tells came, once, with its reason; returns how long the first of it took. `kept`: the
        processes of this node that the other one started were told, too."""
        self.waiting.join(60)
        case.assertIsNotNone(self.seen, f"{self.name} saw nothing\n{self.node}")
        count = 3 * COUNT if kept else 2 * COUNT
        case.assertEqual(self.ask(f"told = [first | take.({count - 1}, 5000)] ++ take.(10, 300); length(told)"), str(count))
        case.assertEqual(self.ask("ends.(told, theirs, refs)"), "{true, true}")
        case.assertEqual(self.ask("reasons.(told)"), "{[:noconnection], [:noconnection]}")
        heard = self.ask("length(for {:heard, {:EXIT, _, :noconnection}} <- told, do: 1)")
        case.assertEqual(heard, str(COUNT if kept else 0))
        return self.seen - began

    def nothing_more(self, case):
        case.assertEqual(self.ask("take.(10, 300)"), "[]")


def related(case, first, second, names):
    """Both ends, after all relations are there."""
    ends = [End(first, *names), End(second, *reversed(names))]
    for x in ends:
        x.relate()
    for x in ends:
        x.nothing_more(case)
    for x in ends:
        x.expect_loss()
    return ends


def report(what, *times):
    print(f"{what}: seen after {', '.join(f'{x:.2f}' for x in times)} s", flush=True)


def connected_again(case, ends):
    for x in ends:
        support.wait_until(lambda: x.ask("Node.ping(other)") == ":pong", f"{x.name} reaches {x.other} again")
        x.nothing_more(case)
