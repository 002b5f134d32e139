"""The samples do what their opening comments say."""

import pathlib
import re
import signal

import epmd_test
import support


class Samples(support.Case):
    def sample(self, name, node, *args):
        path = pathlib.Path(support.troupe_path()).with_name(name)
        if not path.exists():
            self.skipTest(f"{path} is not built")
        return self.keep(support.Piped([str(path), "--name", node, "--cookie", "monster", "--epmd-port",
                                        str(self.epmd_port), *args], self.env))

    def registered(self, name, host):
        """Waits until the port mapper of the host knows the name."""
        support.wait_until(lambda: name in (epmd_test.names_at(self.epmd_port, host) or ()), f"{name} is not registered")

    def test_chat(self):
        self.env["XDG_RUNTIME_DIR"] = self.home
        bob = self.sample("troupe-chat", "bob@127.0.0.2", "--discover", "local")
        ada = self.sample("troupe-chat", "ada@127.0.0.1", "--discover", "local")
        support.wait_until(lambda: "* bob@127.0.0.2 came" in ada.out(), lambda: str(ada))
        support.wait_until(lambda: "* ada@127.0.0.1 came" in bob.out(), lambda: str(bob))
        ada.write("hello\n")
        support.wait_until(lambda: "ada@127.0.0.1: hello" in bob.out(), lambda: str(bob))
        bob.write("hi ada\n")
        support.wait_until(lambda: "bob@127.0.0.2: hi ada" in ada.out(), lambda: str(ada))
        bob.stop()
        support.wait_until(lambda: "* bob@127.0.0.2 left" in ada.out(), lambda: str(ada))

    def test_ping_pong(self):
        pong = self.sample("troupe-ping-pong", "pong@127.0.0.2")
        self.registered("pong", "127.0.0.2")
        ping = self.sample("troupe-ping-pong", "ping@127.0.0.1")
        self.assertEqual(ping.wait(), 0)
        lines = re.sub(r"\d+ us", "N us", ping.out()).splitlines()
        self.assertEqual(lines, [f"{i}: pong@127.0.0.2 answered after N us" for i in (1, 2, 3)] + ["it ended: normal"])
        self.assertEqual(pong.err() + ping.err(), "")

    def test_ping_pong_without_the_other_one(self):
        ping = self.sample("troupe-ping-pong", "ping@127.0.0.1")
        self.assertEqual(ping.wait(), 0)
        self.assertEqual(ping.out(), "it ended: noproc\n")

    def test_map_reduce(self):
        boss = self.bosses_team()
        boss.write("to be or not to be\nwhether tis nobler in the mind\n")
        boss.end_input()
        self.assertEqual(boss.wait(), 0)
        counted = [f"1 {x}" for x in ("in", "mind", "nobler", "not", "or", "the", "tis", "whether")]
        self.assertEqual(boss.out().splitlines(), ["2 be", "2 to"] + counted)

    def test_map_reduce_goes_on_without_a_node(self):
        boss = self.bosses_team()
        idle = int(support.wait_until(lambda: re.match(r"\d+$", self.at_boss("length(Process.list())")), "no answer")[0])
        self.team[1].signal(signal.SIGSTOP)
        boss.write("a\n" * 20)
        boss.end_input()
        # Some lines are with the node that stands still by then; what comes later is given out without it.
        support.wait_until(lambda: self.at_boss(f"length(Process.list()) >= {idle + 6}") == "true", lambda: str(boss))
        self.team[1].signal(signal.SIGKILL)
        self.assertEqual(boss.wait(), 0)
        lines = boss.out().splitlines()
        self.assertEqual(lines[-1], "20 a")
        self.assertEqual(set(lines[:-1]), {"* two@127.0.0.3 is lost, another does its work"})
        self.assertLessEqual(len(lines[:-1]), 10)

    def bosses_team(self):
        """The one who counts, when it knows both who work for it; `at_boss` evaluates there."""
        self.env["XDG_RUNTIME_DIR"] = self.home
        self.team = [self.sample("troupe-map-reduce", x, "--discover", "local")
                     for x in ("one@127.0.0.2", "two@127.0.0.3")]
        boss = self.sample("troupe-map-reduce", "boss@127.0.0.1", "--discover", "local")
        self.watcher = self.piped("watcher@127.0.0.1", "--hidden")
        self.watcher.ask("me = self()")
        both = '[:"one@127.0.0.2", :"two@127.0.0.3"]'
        support.wait_until(lambda: self.at_boss("Enum.sort(Node.list())") == both, lambda: f"{boss}\n{self.watcher}")
        return boss

    def at_boss(self, text):
        return self.watcher.ask(f'Node.spawn(:"boss@127.0.0.1", fn -> send(me, {{:said, {text}}}) end); '
                                'receive do {:said, x} -> x after 300 -> :nothing end')

    def test_failover(self):
        self.env["XDG_RUNTIME_DIR"] = self.home
        ada = self.sample("troupe-failover", "ada@127.0.0.1", "--discover", "local")
        support.wait_until(lambda: "* ada@127.0.0.1 serves" in ada.out(), lambda: str(ada))
        bob = self.sample("troupe-failover", "bob@127.0.0.2", "--discover", "local")
        support.wait_until(lambda: "* bob@127.0.0.2 stands by for ada@127.0.0.1" in bob.out(), lambda: str(bob))
        bob.write("hello\n")
        support.wait_until(lambda: "bob@127.0.0.2 says hello" in ada.out(), lambda: str(ada))
        served = bob.out().count("* bob@127.0.0.2 serves")
        ada.stop()
        support.wait_until(lambda: bob.out().count("* bob@127.0.0.2 serves") > served, lambda: str(bob))
        bob.write("again\n")
        support.wait_until(lambda: "bob@127.0.0.2 says again" in bob.out(), lambda: str(bob))


if __name__ == "__main__":
    support.main()
