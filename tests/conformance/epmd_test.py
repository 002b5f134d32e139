"""Names at the port mapper: a real epmd lists our nodes, a real Erlang node sees those that ours lists."""

import shutil
import signal
import socket
import struct
import subprocess

import raw_peer
import support


def names_at(port, host="127.0.0.1"):
    """What a port mapper lists, by its own protocol; None when there is none."""
    try:
        with socket.create_connection((host, port), 2) as s:
            s.sendall(struct.pack(">HB", 1, 110))
            answer = b""
            while data := s.recv(4096):
                answer += data
    except OSError:
        return None
    return sorted(line.split()[1] for line in answer[4:].decode().splitlines())


class PortMapper(support.Case):
    def erlang(self, program):
        if not shutil.which(program):
            self.skipTest(f"{program} is not installed")

    def run_to_end(self, *command):
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=20)
        return done.stdout.decode() + done.stderr.decode()

    def start_epmd(self):
        epmd = subprocess.Popen(["epmd", "-port", str(self.epmd_port)], env=self.env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        child = self.keep(support.Child(epmd))
        support.wait_until(lambda: names_at(self.epmd_port) is not None, "epmd serves")
        return child

    def test_a_real_epmd_lists_our_nodes(self):
        self.erlang("epmd")
        epmd = self.start_epmd()
        a, b = self.piped("a@127.0.0.1"), self.piped("b@127.0.0.1")
        said = self.run_to_end("epmd", "-port", str(self.epmd_port), "-names")
        self.assertRegex(said, rf"(?m)^epmd: up and running on port {self.epmd_port} with data:$")
        self.assertRegex(said, r"(?m)^name a at port \d+$")
        self.assertRegex(said, r"(?m)^name b at port \d+$")
        a.say('Node.ping :"b@127.0.0.1"', ":pong")
        a.end_input()
        self.assertEqual(a.wait(), 0)
        support.wait_until(lambda: names_at(self.epmd_port) == ["b"], "a node that stopped is not listed")
        epmd.stop()
        support.wait_until(lambda: names_at(self.epmd_port) == ["b"], "our node takes over from epmd", 2)

    def test_a_name_that_a_real_epmd_knows_is_in_use(self):
        self.erlang("epmd")
        self.start_epmd()
        self.piped("a@127.0.0.1")
        status, out, err = self.run_troupe(name="a@127.0.0.1", input="")
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err, "troupe: the name a@127.0.0.1 seems to be in use by another node\n")

    def test_a_real_erlang_node_sees_our_names(self):
        self.erlang("erl")
        self.piped("a@127.0.0.1"), self.piped("b@127.0.0.1")
        self.env["ERL_EPMD_PORT"] = str(self.epmd_port)
        said = self.run_to_end("erl", "-noshell", "-eval", 'io:format("~p~n", [net_adm:names("127.0.0.1")]), halt().')
        self.assertRegex(said.strip(), r'^\{ok,\[\{"[ab]",\d+\},\{"[ab]",\d+\}\]\}$')
        self.assertIn('"a"', said)
        self.assertIn('"b"', said)

    def test_an_erlang_node_registers_with_ours_and_is_told_apart(self):
        self.erlang("erl")
        a = self.piped("a@127.0.0.1")
        self.env["ERL_EPMD_PORT"] = str(self.epmd_port)
        erl = self.keep(support.Piped(["erl", "-noinput", "-name", "erl@127.0.0.1", "-setcookie", "monster",
                                       "-start_epmd", "false"], self.env))
        support.wait_until(lambda: names_at(self.epmd_port) == ["a", "erl"], lambda: f"erl is listed\n{erl}")
        a.say('Node.ping :"erl@127.0.0.1"', ":pang")
        said = self.run_to_end("erl", "-noshell", "-name", "x@127.0.0.1", "-setcookie", "monster", "-start_epmd", "false",
                               "-eval", "io:format(\"~p~n\", [net_adm:ping('a@127.0.0.1')]), halt().")
        self.assertIn("pang", said)
        support.wait_until(lambda: "foreign_protocol" in a.err(), lambda: f"a stranger is told apart\n{a}")

    def test_the_names_live_on_when_their_server_dies(self):
        nodes = [self.piped(f"{x}@127.0.0.1") for x in "abcd"]
        support.wait_until(lambda: names_at(self.epmd_port) == list("abcd"), "all are listed", 2)
        nodes[0].signal(signal.SIGKILL)
        support.wait_until(lambda: names_at(self.epmd_port) == list("bcd"), lambda: f"now {names_at(self.epmd_port)}", 2)
        nodes[1].say('Node.ping :"d@127.0.0.1"', ":pong")
        serving = names_at(self.epmd_port)
        self.assertEqual(serving, list("bcd"))
        back = self.piped("a@127.0.0.1")
        support.wait_until(lambda: names_at(self.epmd_port) == list("abcd"), "the new life is listed", 2)
        back.say('Node.ping :"b@127.0.0.1"', ":pong")
        for x in nodes[1:]:
            self.assertNotIn("[error]", x.err())

    def test_a_node_that_listens_everywhere_serves_everywhere_unless_there_is_another(self):
        a = self.piped("a@127.0.0.2", "--listen", "0.0.0.0")
        for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            self.assertEqual(names_at(self.epmd_port, address), ["a"])
        b = self.piped("b@127.0.0.3")
        self.assertEqual(names_at(self.epmd_port), ["a", "b"])
        b.say('Node.ping :"a@127.0.0.2"', ":pong")
        a.stop()
        support.wait_until(lambda: names_at(self.epmd_port, "127.0.0.3") == ["b"], "b serves its own address", 2)
        again = self.piped("a@127.0.0.2", "--listen", "0.0.0.0")
        self.assertEqual(names_at(self.epmd_port, "127.0.0.2"), ["a"])
        again.say('Node.ping :"b@127.0.0.3"', ":pong")

    def test_two_addresses_are_two_hosts(self):
        a, b = self.piped("n@127.0.0.1"), self.piped("n@127.0.0.2")
        self.assertEqual(names_at(self.epmd_port), ["n"])
        self.assertEqual(names_at(self.epmd_port, "127.0.0.2"), ["n"])
        self.assertNotEqual(raw_peer.port_of("n@127.0.0.1", self.epmd_port), raw_peer.port_of("n@127.0.0.2", self.epmd_port))
        a.say('Node.ping :"n@127.0.0.2"', ":pong")


if __name__ == "__main__":
    support.main()
