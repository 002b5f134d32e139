"""Nodes in containers find each other without any address, and again after everything that can happen to them."""

import tempfile
import time

import containers
import support
from containers import TICKTIME, Node, run

ONE, TWO, THREE = (f"troupe@node{i}" for i in (1, 2, 3))
JOIN = 2.0  # seconds until a node that starts is known to all
HEAL = 3.0  # seconds until a network that works again is used
NOTICE = 1.25 * TICKTIME + 0.5  # seconds until a silent peer is down; the engine needs some, too


class Nodes(containers.Case):
    def start(self, *services):
        """Starts these, and waits until all list each other."""
        nodes = [self.up(x) for x in services]
        names = [f"troupe@{x}" for x in services]
        self.meet({node: [x for x in names if x != name] for node, name in zip(nodes, names)}, 2 * JOIN)
        return nodes

    def told(self, node, about, what, count):
        """Waits until the node has said so often that `about` is up or down, and returns the times."""
        pattern = f"node {about} is {what}"
        support.wait_until(lambda: len(node.lines(pattern)) >= count,
                           lambda: f"{count} times {pattern!r}\n{node.log()}")
        found = node.lines(pattern)
        self.assertEqual(len(found), count, found)
        return [when for when, _ in found]


class Meeting(Nodes):
    def test_two_nodes_list_each_other(self):
        one = self.up("node1")
        self.assertEqual(one.nodes(), [])
        two = self.up("node2")
        self.meet({one: [TWO], two: [ONE]}, JOIN, since=two.started_at())
        self.assertLess(self.told(one, TWO, "up", 1)[0] - two.started_at(), JOIN)
        self.assertLess(self.told(two, ONE, "up", 1)[0] - two.started_at(), JOIN)

    def test_both_at_once(self):
        one, two = self.up("node1", "node2")
        self.meet({one: [TWO], two: [ONE]}, JOIN, since=max(one.started_at(), two.started_at()))
        self.told(one, TWO, "up", 1)
        self.told(two, ONE, "up", 1)

    def test_a_third_joins_later(self):
        one, two = self.start("node1", "node2")
        three = self.up("node3")
        self.meet({one: [TWO, THREE], two: [ONE, THREE], three: [ONE, TWO]}, JOIN, since=three.started_at())

    def test_another_cookie_stays_out(self):
        one = self.up("node1")
        stranger = run("docker", "run", "-d", "-i", "--name", self.project + "-stranger", "--network", self.network,
                       "--hostname", "stranger", "-e", "TROUPE_COOKIE=another", "-e", "TROUPE_DISCOVER=multicast",
                       self.image).strip()
        stranger = Node(self, stranger).attach()
        two = self.up("node2")
        self.meet({one: [TWO], two: [ONE]}, JOIN, since=two.started_at())
        self.assertEqual(stranger.nodes(), [])
        self.assertEqual(one.lines("node troupe@stranger"), [])

    def test_a_node_of_the_host(self):
        one = self.up("node1")
        gateway = run("docker", "network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", self.network).strip()
        environment = support.clean_environment(tempfile.gettempdir())
        environment.update(TROUPE_COOKIE="compose", TROUPE_DISCOVER="multicast")
        host = support.Piped([support.troupe_path(), "--name", f"host@{gateway}", "--listen", "0.0.0.0", "--epmd-port",
                              str(support.free_port())], environment)
        self.addCleanup(host.stop)
        began = time.time()
        self.assertEqual(host.ask("Node.self()"), f':"host@{gateway}"')
        support.wait_until(lambda: host.ask("Node.list()") == f"[:{ONE}]", lambda: f"{host}", JOIN)
        self.meet({one: [f"host@{gateway}"]}, JOIN, since=began)


class Loss(Nodes):
    def test_a_killed_node_is_back_in_a_new_life(self):
        one, two = self.start("node1", "node2")
        self.shell_of_two(one, two)
        killed = time.time()
        two.docker("kill")
        self.meet({one: []}, 1 + JOIN)
        self.assertLess(self.told(one, TWO, "down", 1)[0] - killed, 1)
        two.docker("start")
        two.attach()
        self.meet({one: [TWO], two: [ONE]}, JOIN, since=two.started_at())
        self.told(one, TWO, "up", 2)
        # Host and name are the same, and mostly the number of the process: the creation always differs.
        self.shell_of_two(one, two)
        self.assertEqual(one.ask("first == second"), "false")
        one.ask("send(first, :old)")
        one.ask("send(second, :new)")
        self.assertEqual(two.ask("receive do x -> x after 2000 -> :none end"), ":new")

    def shell_of_two(self, one, two):
        """Binds `first`, and from then on `second`, to the process behind the input of node 2."""
        two.ask("Process.register(self(), :shell)")
        one.ask(f'send({{:shell, :"{TWO}"}}, {{:who, self()}})')
        two.ask("receive do {:who, asker} -> send(asker, {:me, self()}) end")
        name = "first" if self.known == 0 else "second"
        self.known += 1
        said = one.ask(f"{name} = receive do {{:me, pid}} -> pid after 2000 -> :none end")
        self.assertRegex(said, r"^#PID<\d+\.\d+\.\d+>$")

    known = 0

    def test_a_stopped_node_says_goodbye(self):
        one, two = self.start("node1", "node2")
        began = time.time()
        two.docker("stop")
        self.assertLess(time.time() - began, 2)
        self.assertEqual(two.inspect(".State.ExitCode"), 0)
        self.assertLess(self.told(one, TWO, "down", 1)[0] - began, 1)

    def test_without_an_init_process_it_stops_too(self):
        name = self.project + "-bare"
        run("docker", "run", "-d", "--name", name, "--hostname", "bare", self.image)
        support.wait_until(lambda: "name troupe at port" in run("docker", "exec", name, "troupe-healthy", check=False),
                           "the node answers")
        began = time.time()
        run("docker", "stop", name)
        self.assertLess(time.time() - began, 2)
        self.assertEqual(Node(self, name).inspect(".State.ExitCode"), 0)

    def test_a_frozen_node_is_down_and_comes_back(self):
        one, two = self.start("node1", "node2")
        began = time.time()
        two.docker("pause")
        self.addCleanup(run, "docker", "unpause", two.container, check=False)
        self.assertLess(self.told(one, TWO, "down", 1)[0] - began, NOTICE)
        self.assertEqual(one.nodes(), [])
        two.docker("unpause")
        self.meet({one: [TWO], two: [ONE]}, HEAL)
        self.told(one, TWO, "up", 2)
        self.told(two, ONE, "down", 1)

    def test_a_partition_heals(self):
        one, two = self.start("node1", "node2")
        run("docker", "network", "disconnect", self.network, two.container)
        began = time.time()
        self.meet({one: [], two: []}, NOTICE)
        self.assertLess(self.told(one, TWO, "down", 1)[0] - began, NOTICE)
        self.assertLess(self.told(two, ONE, "down", 1)[0] - began, NOTICE)
        run("docker", "network", "connect", self.network, two.container)
        self.meet({one: [TWO], two: [ONE]}, HEAL)
        for node, other in ((one, TWO), (two, ONE)):
            self.told(node, other, "up", 2)
            self.told(node, other, "down", 1)

    def test_a_node_comes_back_with_another_address(self):
        one, two = self.start("node1", "node2")
        before = two.address(self.network)
        run("docker", "network", "disconnect", self.network, two.container)
        run("docker", "run", "-d", "--name", self.project + "-squatter", "--network", self.network, "--entrypoint",
            "sleep", self.image, "600")
        self.meet({one: [], two: []}, NOTICE)
        run("docker", "network", "connect", self.network, two.container)
        self.assertNotEqual(two.address(self.network), before)
        self.meet({one: [TWO], two: [ONE]}, HEAL)

    def test_two_sides_of_a_partition_go_on(self):
        one, two, three = self.start("node1", "node2", "node3")
        run("docker", "network", "disconnect", self.network, three.container)
        self.meet({one: [TWO], two: [ONE], three: []}, NOTICE)
        run("docker", "network", "connect", self.network, three.container)
        self.meet({one: [TWO, THREE], two: [ONE, THREE], three: [ONE, TWO]}, HEAL)
        self.assertEqual(one.lines(f"node {TWO} is down"), [])


class Image(containers.Case):
    def test_it_has_what_it_needs_and_no_more(self):
        def inside(command):
            return run("docker", "run", "--rm", "--entrypoint", "bash", self.image, "-c", command)

        self.assertNotEqual(inside("id -u").strip(), "0")
        self.assertEqual(inside("type -P c++ g++ gcc cc cmake make git python3 || true"), "")
        self.assertRegex(inside("troupe --version"), r"^troupe \d+\.\d+\.\d+\n$")

    def test_arguments_are_options(self):
        said = run("docker", "run", "--rm", "--hostname", "me", self.image, "-e", "Node.self()")
        self.assertEqual(said, ":troupe@me\n")

    def test_it_knows_whether_it_is_healthy(self):
        node = self.up("node1")
        support.wait_until(lambda: node.inspect(".State.Health.Status") == "healthy",
                           lambda: str(node.inspect(".State.Health")))
        self.assertRegex(run("docker", "exec", node.container, "troupe-healthy"), r"^name troupe at port \d+\n$")
        to_all = 'for x in /proc/[0-9]*; do [ "$(<$x/comm)" != troupe ] || kill -%s "${x#/proc/}"; done'
        run("docker", "exec", node.container, "bash", "-c", to_all % "STOP")
        healthy = run("docker", "exec", node.container, "timeout", "1", "troupe-healthy", check=False)
        run("docker", "exec", node.container, "bash", "-c", to_all % "CONT")
        self.assertEqual(healthy, "")


class Names(Nodes):
    """Nodes that find each other by DNS, and of which there are as many as one likes."""

    files = (containers.DNS_FILE, containers.ROOT / "tests/container/dns.yaml")

    def scale(self, count, known):
        """Lets there be `count` nodes; returns those by container that are not `known`."""
        self.compose("up", "-d", "--no-build", "--scale", f"node={count}")
        return {x: Node(self, x).attach() for x in self.containers("node") if x not in known}

    def meet_all(self, nodes, seconds, since=None):
        names = {node: f"troupe@{x[:12]}" for x, node in nodes.items()}
        self.meet({node: [x for x in names.values() if x != name] for node, name in names.items()}, seconds, since)

    def test_three_become_four_and_two(self):
        nodes = self.scale(3, {})
        self.meet_all(nodes, 2 * JOIN, since=max(x.started_at() for x in nodes.values()))
        more = self.scale(4, nodes)
        self.assertEqual(len(more), 1)
        nodes.update(more)
        self.meet_all(nodes, 2 * JOIN, since=max(x.started_at() for x in nodes.values()))
        self.compose("up", "-d", "--no-build", "--scale", "node=2")
        left = {x: nodes[x] for x in self.containers("node")}
        self.assertEqual(len(left), 2)
        self.meet_all(left, 1)

    def test_a_killed_one_comes_back(self):
        nodes = self.scale(2, {})
        self.meet_all(nodes, 2 * JOIN)
        (_, one), (name, two) = nodes.items()
        two.docker("kill")
        self.meet({one: []}, 1)
        two.docker("start")
        two.attach()
        self.meet_all(nodes, 2 * JOIN, since=two.started_at())
        self.told(one, f"troupe@{name[:12]}", "up", 2)


class Consoles(containers.Case):
    def console(self, *command):
        """A terminal, as that of a user, in which docker compose runs."""
        terminal = support.Terminal(self.compose_line(*command), self.environment)
        self.addCleanup(terminal.stop)
        terminal.prompt(seconds=30)
        return terminal

    def test_run_is_a_console(self):
        self.compose("up", "--no-start", "--no-build")  # Makes the network, for which the two would race.
        one = self.console("run", "--rm", "node1")
        two = self.console("run", "--rm", "node2")
        one.say("Node.self()", ":troupe@node1")
        two.say('Enum.any?(1..200, fn _ -> Process.sleep(10); Node.list() == [:troupe@node1] end)', "true")
        one.say("Node.list()", "[:troupe@node2]")
        one.say("Node.spawn(:troupe@node2, fn -> IO.puts(node()) end)", "#PID<*>", "troupe@node2", in_order=False)
        for terminal in (one, two):
            terminal.write("\x04")
            self.assertEqual(terminal.wait(), 0)
        self.assertEqual(run("docker", "ps", "-q", "--filter", f"name={self.project}"), "")

    def test_exec_is_a_console_beside_a_node(self):
        self.up("node1")
        self.up("node2")
        me = self.console("exec", "node1", "troupe", "--sname", "me")
        me.say("Node.self()", ":me@node1")
        me.say('Enum.any?(1..200, fn _ -> Process.sleep(10); length(Node.list()) == 2 end)', "true")
        me.say("Enum.sort(Node.list())", f"[:{ONE}, :{TWO}]")
        me.write("\x04")
        self.assertEqual(me.wait(), 0)


if __name__ == "__main__":
    containers.main()
