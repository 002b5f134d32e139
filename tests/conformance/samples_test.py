"""The samples do what their opening comments say."""

import pathlib

import support


class Samples(support.Case):
    def sample(self, name, node, *args):
        path = pathlib.Path(support.troupe_path()).with_name(name)
        if not path.exists():
            self.skipTest(f"{path} is not built")
        return self.keep(support.Piped([str(path), "--name", node, "--cookie", "monster", "--epmd-port",
                                        str(self.epmd_port), *args], self.env))

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

    def test_failover(self):
        self.env["XDG_RUNTIME_DIR"] = self.home
        ada = self.sample("troupe-failover", "ada@127.0.0.1", "--discover", "local")
        support.wait_until(lambda: "* ada@127.0.0.1 serves" in ada.out(), lambda: str(ada))
        bob = self.sample("troupe-failover", "bob@127.0.0.2", "--discover", "local")
        support.wait_until(lambda: "* bob@127.0.0.2 stands by for ada@127.0.0.1" in bob.out(), lambda: str(bob))
        served = bob.out().count("* bob@127.0.0.2 serves")
        ada.stop()
        support.wait_until(lambda: bob.out().count("* bob@127.0.0.2 serves") > served, lambda: str(bob))


if __name__ == "__main__":
    support.main()
