"""Nodes that find each other by what --discover names: seeds, a file, this machine, the peers of last time."""

import os
import pathlib
import signal

import support


class Sources(support.Case):
    def node(self, address, *discover, port=None, alive="n", args=()):
        words = [x for text in discover for x in ("--discover", text)]
        listen = ["--listen", f"{address}:{port}"] if port else []
        return self.piped(f"{alive}@{address}", *words, *listen, "--no-halt", *args)

    def listed(self, node):
        return node.ask('Enum.join(Enum.sort(Node.list()), " ")').strip('"').split()

    def wait_lists(self, node, *names, seconds=support.DEADLINE):
        support.wait_until(lambda: self.listed(node) == sorted(names),
                           lambda: f"{names}: {self.listed(node)}\n{node}", seconds)

    def test_seeds_by_name_by_port_and_by_address(self):
        ports = [support.free_port() for _ in range(2)]
        first = self.node("127.0.0.2", port=ports[0])
        second = self.node("127.0.0.3", port=ports[1])
        third = self.node("127.0.0.4")
        seeds = f"seeds:n@127.0.0.2:{ports[0]},127.0.0.3:{ports[1]},n@127.0.0.4"
        last = self.node("127.0.0.5", seeds)
        self.wait_lists(last, "n@127.0.0.2", "n@127.0.0.3", "n@127.0.0.4")
        self.wait_lists(first, "n@127.0.0.3", "n@127.0.0.4", "n@127.0.0.5")
        for x in (second, third):
            support.wait_until(lambda: "node n@127.0.0.5 is up" in x.err(), x.err)

    def test_a_seed_that_is_not_there_yet_is_tried_until_it_is(self):
        port = support.free_port()
        waits = self.node("127.0.0.2", f"seeds:127.0.0.3:{port}", args=["--log-level", "debug"])
        support.wait_until(lambda: "connect_failed" in waits.err(), waits.err)
        self.node("127.0.0.3", port=port)
        self.wait_lists(waits, "n@127.0.0.3")

    def test_a_seed_where_another_node_answers_is_told(self):
        port = support.free_port()
        self.node("127.0.0.3", port=port)
        node = self.node("127.0.0.2", f"seeds:other@127.0.0.3:{port}", args=["--log-level", "debug"])
        support.wait_until(lambda: "wrong_name" in node.err(), node.err)
        self.assertEqual(self.listed(node), [])

    def test_a_file_of_peers_is_watched(self):
        path = pathlib.Path(self.home) / "peers"
        port = support.free_port()
        node = self.node("127.0.0.2", f"file:{path}")
        support.wait_until(lambda: "discovery: file:" in node.err(), node.err)  # There is no such file yet.
        self.node("127.0.0.3", port=port)
        fresh = pathlib.Path(self.home) / "fresh"
        fresh.write_text(f"# peers\nn@127.0.0.3:{port}\n")
        os.rename(fresh, path)
        self.wait_lists(node, "n@127.0.0.3", seconds=5)
        self.assertIn("works again", node.err())
        path.write_text("n@127.0.0.3:port\n")
        support.wait_until(lambda: f"{path}:1" in node.err(), node.err)
        self.assertEqual(self.listed(node), ["n@127.0.0.3"])

    def test_nodes_of_one_machine_meet_by_their_user(self):
        self.env["XDG_RUNTIME_DIR"] = self.home
        first = self.node("127.0.0.2", "local")
        second = self.node("127.0.0.3", "local")
        self.wait_lists(first, "n@127.0.0.3", seconds=5)
        self.wait_lists(second, "n@127.0.0.2", seconds=5)
        stranger = self.keep(support.Piped(
            self.command("--discover", "local", name="n@127.0.0.4", cookie="kookaburra"), self.env))
        stranger.say("Node.self()", ':"n@127.0.0.4"')
        support.wait_until(lambda: "auth_mismatch" in first.err(), first.err)
        self.assertEqual(self.listed(first), ["n@127.0.0.3"])

    def test_the_peers_of_last_time_are_tried_first(self):
        path = pathlib.Path(self.home) / "cache"
        ports = [support.free_port() for _ in range(2)]
        first = self.node("127.0.0.2", f"cache:{path}", f"seeds:127.0.0.3:{ports[1]}", port=ports[0])
        second = self.node("127.0.0.3", port=ports[1])
        self.wait_lists(first, "n@127.0.0.3")
        first.signal(signal.SIGTERM)
        first.process.wait(support.DEADLINE)
        self.assertIn("n@127.0.0.3", path.read_text())
        self.wait_lists(second)
        again = self.node("127.0.0.2", f"cache:{path}", port=ports[0])
        self.wait_lists(again, "n@127.0.0.3", seconds=5)

    def test_bad_words_are_refused_with_what_would_be_right(self):
        for words, says in [(["--discover", "smoke"], "--discover 'smoke' is unknown: give auto, none, multicast"),
                            (["--discover", "seeds:b@h:99999"], "b@h:99999"),
                            (["--connect", "maybe"], "--connect 'maybe' is unknown: give all, seeds, lazy or none")]:
            status, _, err = self.run_troupe(*words, name="n@127.0.0.2")
            self.assertEqual(status, 2, err)
            self.assertIn(says, err)

    def test_a_node_at_a_loopback_address_looks_for_nobody_by_itself(self):
        del self.env["TROUPE_DISCOVER"]
        self.env["XDG_RUNTIME_DIR"] = self.home
        first, second = self.node("127.0.0.2"), self.node("127.0.0.3")
        self.assertEqual(second.ask(':net_adm.ping(:"n@127.0.0.9")'), ":pang")  # Takes longer than finding would.
        self.assertEqual(self.listed(first), [])


if __name__ == "__main__":
    support.main()
