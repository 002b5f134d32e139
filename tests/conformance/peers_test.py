"""Options that say whom a node trusts with what: cookies of single peers, who may connect, what may be spawned."""

import support

A = "a@127.0.0.1"
B = "b@127.0.0.1"
C = "c@127.0.0.1"


def pinged(node):
    return f'Node.ping :"{node}"'


class Cookies(support.Case):
    def test_a_cookie_for_one_peer_is_enough_whoever_dials(self):
        for transport in ("tls", "plain"):
            a, b = f"a-{transport}@127.0.0.1", f"b-{transport}@127.0.0.1"
            x = self.piped(a, "--transport", transport, "--cookie-for", f"{b}=red", cookie="blue")
            y = self.piped(b, "--transport", transport, cookie="red")
            z = self.piped(f"c-{transport}@127.0.0.1", "--transport", transport, cookie="red")
            z.say(pinged(a), ":pang")
            y.say(pinged(a), ":pong")
            y.say(f'Node.disconnect :"{a}"', "true")
            support.wait_until(lambda node=x: node.ask("Node.list") == "[]", "the connection ends")
            x.say(pinged(b), ":pong")
            x.say(f':erlang.get_cookie(:"{b}")', ":red")
            x.say("Node.get_cookie", ":blue")

    def test_the_environment_and_a_file_have_cookies_too(self):
        env = dict(self.env, TROUPE_COOKIE_FOR=f"{B}=red")
        path = f"{self.home}/options"
        with open(path, "w") as f:
            f.write(f"cookie-for = {C}=green\nallow-spawn = none\n")
        a = self.piped(A, "--config", path, env=env)
        a.say(f':erlang.get_cookie(:"{B}")', ":red")
        a.say(f':erlang.get_cookie(:"{C}")', ":green")

    def test_a_cookie_set_at_run_time_counts_from_the_next_connection(self):
        a, b = self.piped(A), self.piped(B)
        a.say(pinged(B), ":pong")
        a.say(f'Node.set_cookie(:"{B}", :third)', "true")
        a.say(pinged(B), ":pong")
        a.say(f'Node.disconnect :"{B}"', "true")
        support.wait_until(lambda: b.ask("Node.list") == "[]", "the connection ends")
        a.say(pinged(B), ":pang")
        b.say(f'Node.set_cookie(:"{A}", :third)', "true")
        a.say(pinged(B), ":pong")


class Connecting(support.Case):
    def test_only_allowed_nodes_connect_in_either_direction(self):
        a = self.piped(A, "--allow", B)
        b, c = self.piped(B), self.piped(C)
        c.say(pinged(A), ":pang")
        support.wait_until(lambda: a.err(), "the acceptor says nothing")
        self.assertIn(f"** Connection attempt from disallowed node {C} **", a.err())
        a.say(pinged(C), ":pang")
        support.wait_until(lambda: f'** Connection attempt with disallowed node :"{C}" **' in a.err(), a.err)
        self.assertEqual(c.err(), "")
        b.say(pinged(A), ":pong")
        a.say(f':net_kernel.allow([:"{C}"])', ":ok")
        c.say(pinged(A), ":pong")

    def test_never_and_once(self):
        self.piped(B)
        never = self.piped(A, "--auto-connect", "never")
        never.say(pinged(B), ":pang")
        never.say(f'Node.connect :"{B}"', "true")
        never.say(pinged(B), ":pong")
        once = self.piped(C, "--auto-connect", "once")
        once.say(pinged(B), ":pong")
        once.say(f'Node.disconnect :"{B}"', "true")
        once.say(pinged(B), ":pang")
        once.say(f'{{Node.connect(:"{B}"), Node.ping(:"{B}")}}', "{true, :pong}")

    def test_names_of_the_port_mapper(self):
        a = self.piped(A)
        self.piped(B)
        a.say('{:ok, x} = :net_adm.names(:"127.0.0.1"); Enum.sort(Enum.map(x, fn {n, _} -> List.to_string(n) end))',
              '["a", "b"]')
        a.say('Enum.sort(:net_adm.world_list([:"127.0.0.1"]))', f'[:"{A}", :"{B}"]')
        a.say("Node.list", f'[:"{B}"]')


class Spawning(support.Case):
    def test_what_may_not_be_spawned_ends_with_notsup(self):
        a = self.piped(A)
        b = self.piped(B, "--allow-spawn", ":erlang.abs,:lists.*")
        a.say(f':rpc.call(:"{B}", :erlang, :abs, [-3])', "3")
        a.say(f':rpc.call(:"{B}", :erlang, :node, [])', "{:badrpc, {:EXIT, :notsup}}")
        a.say(f'{{_, r}} = Node.spawn_monitor(:"{B}", fn -> :ok end); '
              "receive do {:DOWN, ^r, _, p, why} -> {node(p), why} end", f'{{:"{A}", :notsup}}')
        support.wait_until(lambda: b.err(), "nothing is logged")
        self.assertEqual([support.normalise(x) for x in b.err().splitlines()],
                         [f'TIME [warning] ** Node :"{A}" may not spawn :erlang.node/0 here **'])
        b.say("self() == spawn(fn -> :ok end)", "false")


if __name__ == "__main__":
    support.main()
