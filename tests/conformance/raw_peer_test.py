"""The program against a peer that is nothing but bytes: the handshake, every frame, and every refusal."""

import os
import re
import select
import socket
import struct
import time

import raw_peer
import support
from raw_peer import Atom, Peer, Ref, Rejected

A = "a@127.0.0.1"
RAW = "raw@127.0.0.9"


class RawCase(support.Case):
    def node(self, *args, transport="plain", name=A, cookie="monster"):
        """A node at a known port."""
        port = support.free_port()
        node = self.piped(name, "--transport", transport, "--listen", f"127.0.0.1:{port}", *args, cookie=cookie)
        node.address = ("127.0.0.1", port)
        return node

    def dial(self, node, name=RAW, **options):
        peer = Peer.dial(node.address, name, **options)
        self.addCleanup(peer.close)
        return peer

    def wire(self, node, timeout=10.0):
        wire = raw_peer.Wire(socket.create_connection(node.address, 10), timeout)
        self.addCleanup(wire.close)
        return wire

    def log_lines(self, node, pattern):
        return [x for x in node.err().splitlines() if re.search(pattern, x)]

    def wait_for_log(self, node, pattern, count=1):
        support.wait_until(lambda: len(self.log_lines(node, pattern)) >= count,
                           lambda: f"no {count} lines with {pattern!r}\n{node}")


class Handshake(RawCase):
    def test_a_peer_that_proves_the_cookie_is_a_node(self):
        node = self.node()
        peer = self.dial(node)
        self.assertEqual(peer.other["name"], A)
        self.assertEqual(peer.other["versions"], (1, 1))
        self.assertGreater(peer.other["creation"], 3)
        node.say("Node.list", f'[:"{RAW}"]')
        node.say("Node.list(:hidden)", "[]")
        self.assertTrue(peer.is_alive())
        peer.close()
        support.wait_until(lambda: node.ask("Node.list") == "[]", "the node is gone")
        self.assertEqual(node.err(), "")

    def test_a_hidden_peer_is_listed_as_hidden(self):
        node = self.node()
        self.dial(node, flags=1)
        node.say("Node.list", "[]")
        node.say("Node.list(:hidden)", f'[:"{RAW}"]')

    def test_the_node_dials_a_peer(self):
        node = self.node()
        peer, answer = self.be_dialled(node, lambda p: p.accept())
        self.assertIsNone(answer)
        ping = peer.wait_for(raw_peer.PING)
        peer.put(bytes([raw_peer.PONG]) + peer.out.ref(ping["ref"]))
        node.expect(":pong")
        node.say("Node.list", f'[:"raw@127.0.0.1"]')

    def be_dialled(self, node, act, name="raw@127.0.0.1"):
        """The node pings raw@127.0.0.1, which does what `act` says; returns the peer and what it raised."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        registered = raw_peer.register("raw", listener.getsockname()[1], self.epmd_port)
        self.addCleanup(registered.close)
        node.write('Node.ping :"raw@127.0.0.1"\n')
        listener.settimeout(5)
        peer = Peer(listener.accept()[0], name)
        self.addCleanup(peer.close)
        try:
            act(peer)
        except (Rejected, raw_peer.Closed) as x:
            return peer, x
        return peer, None

    def test_the_node_refuses_an_acceptor_with_a_wrong_proof(self):
        node = self.node()
        _, answer = self.be_dialled(node, lambda p: p.accept(lie=bytes(32)))
        self.assertEqual(answer.code, raw_peer.COOKIE_MISMATCH)
        node.expect(":pang")

    def test_the_node_refuses_an_acceptor_with_another_name(self):
        node = self.node()
        _, answer = self.be_dialled(node, lambda p: p.accept(), name="other@127.0.0.1")
        self.assertEqual(answer.code, raw_peer.WRONG_NAME)
        node.expect(":pang")

    def test_an_acceptor_that_says_nothing_is_given_up(self):
        node = self.node()
        began = time.monotonic()
        self.be_dialled(node, lambda p: None)
        node.expect(":pang")
        self.assertTrue(6 < time.monotonic() - began < 9)

    def test_a_wrong_cookie_is_told_and_logged_once(self):
        node = self.node()
        peer = Peer(socket.create_connection(node.address), RAW, cookie="wrong")
        self.addCleanup(peer.close)
        peer.say_hello()
        peer.read(4)
        reply = peer.frame_of_handshake(raw_peer.HELLO)[:-32]
        peer.put(bytes([raw_peer.AUTH]) + raw_peer.proof(peer.key, "dialler", "plain", peer.hello, reply))
        with self.assertRaises(Rejected) as refused:
            peer.frame_of_handshake(raw_peer.READY)
        self.assertEqual(refused.exception.code, raw_peer.COOKIE_MISMATCH)
        self.wait_for_log(node, "Connection attempt")
        self.assertEqual([support.normalise(x) for x in node.err().splitlines() if x],
                         [f"TIME [error] ** Connection attempt from node 127.0.0.1:{peer.sock.getsockname()[1]} "
                          f"('{RAW}' does not know the cookie) rejected. Invalid challenge reply. **"])
        node.say("Node.list", "[]")

    def test_a_name_cannot_command_the_terminal_of_who_reads_the_log(self):
        node = self.node()
        peer = Peer(socket.create_connection(node.address), "x@" + "\u009b31m'", cookie="wrong")
        self.addCleanup(peer.close)
        peer.say_hello()
        peer.read(4)
        peer.frame_of_handshake(raw_peer.HELLO)
        peer.put(bytes([raw_peer.AUTH]) + bytes(32))
        self.wait_for_log(node, r"\('x@\\x9B31m\\'' does not know the cookie\)")
        self.assertNotIn("\u009b", node.err())

    def test_wrong_cookies_do_not_fill_the_log(self):
        node = self.node()
        for _ in range(40):
            peer = Peer(socket.create_connection(node.address), RAW, cookie="wrong")
            peer.say_hello()
            peer.read(4)
            peer.frame_of_handshake(raw_peer.HELLO)
            peer.put(bytes([raw_peer.AUTH]) + bytes(32))
            with self.assertRaises(Rejected):
                peer.frame_of_handshake(raw_peer.READY)
            peer.close()
        began = time.monotonic()
        lines = self.log_lines(node, "Connection attempt")
        self.assertTrue(1 <= len(lines) <= 15, lines)
        # What was left out is told with the next line, a second later.
        support.wait_until(lambda: time.monotonic() - began > 1.1, "a second")
        wrong = self.wire(node)
        wrong.write(b"GET / HTTP/1.1\r\n\r\n")
        self.wait_for_log(node, r"\d+ lines about rejected connections were left out")

    def test_another_version_is_told(self):
        self.refused(raw_peer.VERSION_MISMATCH, versions=(2, 3))

    def test_a_newer_node_that_speaks_version_1_too_is_welcome(self):
        node = self.node()
        peer = self.dial(node, versions=(1, 9), features=(1 << 64) - 1, flags=0xFE, more=b"of newer nodes", build_id=b"x" * 20)
        node.say("Node.list", f'[:"{RAW}"]')
        self.assertTrue(peer.is_alive())

    def test_a_name_that_is_none_is_told(self):
        self.refused(raw_peer.INVALID_NAME, "no name")
        self.refused(raw_peer.INVALID_NAME, "a@b@c")
        self.refused(raw_peer.INVALID_NAME, b"\xff\xfe@\x01")
        self.refused(raw_peer.INVALID_NAME, b"a@" + b"x" * 250 + b"\n")

    def test_the_own_name_is_told(self):
        self.refused(raw_peer.SELF_CONNECTION, A)

    def refused(self, code, name=RAW, **hello):
        if not hasattr(self, "refusing"):
            self.refusing = self.node()
        peer = Peer(socket.create_connection(self.refusing.address), RAW)
        self.addCleanup(peer.close)
        peer.hello = raw_peer.hello_body(name, 7, **hello)
        peer.say_hello()
        with self.assertRaises(Rejected) as refused:
            peer.read(4)
            peer.frame_of_handshake(raw_peer.HELLO)
            peer.put(bytes([raw_peer.AUTH]) + bytes(32))
            peer.frame_of_handshake(raw_peer.READY)
        self.assertEqual(refused.exception.code, code)
        self.assertTrue(support.settled(peer.sock, 2))

    def test_a_second_connection_of_the_same_life_is_refused(self):
        node = self.node()
        first = self.dial(node)
        with self.assertRaises(Rejected) as refused:
            self.dial(node)
        self.assertEqual(refused.exception.code, raw_peer.DUPLICATE)
        self.assertTrue(first.is_alive())
        node.say("Node.list", f'[:"{RAW}"]')

    def test_a_newer_life_takes_over(self):
        node = self.node()
        node.say(":net_kernel.monitor_nodes(true)", ":ok")
        first = self.dial(node)
        second = self.dial(node, creation=8)
        self.assertEqual(first.end(), raw_peer.REPLACED)
        self.assertTrue(second.is_alive())
        node.say("Node.list", f'[:"{RAW}"]')
        node.say("flush()", f'{{:nodeup, :"{RAW}"}}', f'{{:nodedown, :"{RAW}"}}', f'{{:nodeup, :"{RAW}"}}', ":ok")

    def test_who_says_nothing_is_dropped_at_the_deadline(self):
        node = self.node()
        silent, half, magic, hello = (self.wire(node) for _ in range(4))
        half.write(b"TR")
        magic.write(b"TRPE\x00\x00")
        hello.write(b"TRPE")
        hello.put(raw_peer.hello_body(RAW, 7))
        began = time.monotonic()
        waiting = {silent: None, half: None, magic: None, hello: None}
        while None in waiting.values() and time.monotonic() < began + 10:
            for wire in select.select([w.sock for w in waiting if waiting[w] is None], [], [], 0.5)[0]:
                owner = next(w for w in waiting if w.sock is wire)
                if not wire.recv(4096):
                    waiting[owner] = time.monotonic() - began
        for took in waiting.values():
            self.assertIsNotNone(took)
            self.assertTrue(6 < took < 8.5, waiting)
        node.say("Node.list", "[]")

    def test_strangers_are_turned_away(self):
        node = self.node()
        erlang = struct.pack(">HcHI", 8, b"n", 5, 0x7499C) + b"x"
        for bytes_, expected in ((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""), (erlang, b""), (b"\x00\x01\x02\x03", b""),
                                 (b"\x16\x03\x01\x00\x05hello", b"\x15\x03\x03\x00\x02\x02\x46")):
            wire = self.wire(node)
            wire.write(bytes_)
            answer = b""
            while True:
                try:
                    data = wire.sock.recv(4096)
                except ConnectionResetError:
                    break
                if not data:
                    break
                answer += data
            self.assertEqual(answer, expected, bytes_)
        self.wait_for_log(node, "foreign_protocol")
        self.wait_for_log(node, "tls_unexpected")
        self.wait_for_log(node, "protocol_violation", 2)
        for line in node.err().splitlines():
            if line:
                self.assertRegex(line, r"^\d\d:\d\d:\d\d\.\d{3} \[error\] \*\* Connection attempt from 127\.0\.0\.1:\d+ rejected: ")
        self.dial(node)

    def test_a_plain_peer_at_a_tls_node(self):
        node = self.node(transport="tls")
        with self.assertRaises(Rejected) as refused:
            self.dial(node)
        self.assertEqual(refused.exception.code, raw_peer.TLS_REQUIRED)
        self.wait_for_log(node, "tls_required")

    def test_a_tls_node_and_a_plain_node_do_not_meet(self):
        secret = self.piped("tls@127.0.0.1")
        plain = self.piped("plain@127.0.0.1", "--transport", "plain")
        plain.say('Node.ping :"tls@127.0.0.1"', ":pang")
        secret.say('Node.ping :"plain@127.0.0.1"', ":pang")
        self.wait_for_log(secret, "tls_required")
        self.wait_for_log(plain, "tls_unexpected")


class Frames(RawCase):
    def setUp(self):
        super().setUp()
        self.at = self.node("--connect-all", "false")  # Else its processes for names say hello, too.
        self.peer = self.dial(self.at)

    def registered(self):
        """The id of a process that is registered as :shell, the node's console."""
        self.at.say("Process.register(self(), :shell)", "true")
        watched = self.peer.make_ref(1000)
        self.peer.send_name(1, "shell", (Atom("hello"), self.peer.pid(1)))
        self.at.say("receive do {:hello, p} -> send(p, self()); :ok end", ":ok")
        got = self.peer.wait_for(raw_peer.SEND)
        (type_name, who), = got["payload"]
        self.assertEqual(type_name, "term")
        return who.id

    def test_a_message_to_a_name_arrives(self):
        self.at.say("Process.register(self(), :shell)", "true")
        terms = (Atom("hello"), 1, -1, 1 << 40, 1.5, "text", [1, 2], (), {Atom("k"): [b"v"]}, self.peer.pid(3),
                 raw_peer.Improper([1], 2), Ref(RAW, 7, 5), -(1 << 63))
        self.peer.send_name(1, "shell", terms)
        self.at.say("receive do m -> m end",
                    '{:hello, 1, -1, 1099511627776, 1.5, "text", [1, 2], {}, %{k: ["v"]},',
                    " #PID<*>, [1 | 2], #Reference<*>, -9223372036854775808}")

    def test_a_message_to_a_pid_comes_back_the_same(self):
        shell = self.registered()
        terms = (Atom("ok"), 300, 2.5, b"bytes", [], (1,), {1: 2}, self.peer.pid(3), Ref(RAW, 7, 5),
                 raw_peer.Pid("c@127.0.0.7", 33, 4))
        self.peer.send(2, shell, (self.peer.pid(2), terms))
        self.at.say("receive do {p, x} -> send(p, x); :ok end", ":ok")
        got = self.peer.wait_for(raw_peer.SEND)
        self.assertEqual(got["to"], self.peer.pid(2))
        self.assertEqual(got["from"].id, shell)
        self.assertEqual(got["payload"], [("term", terms)])

    def test_a_message_to_a_name_over_here(self):
        self.at.say(f'send({{:nobody, :"{RAW}"}}, {{:hello, self()}})', "{:hello, #PID<0.*>}")
        got = self.peer.wait_for(raw_peer.SEND_NAME)
        self.assertEqual(got["name"], "nobody")
        self.assertEqual(got["payload"][0][1][0], "hello")

    def test_messages_to_aliases(self):
        self.at.say(f'x = Process.alias(); send({{:x, :"{RAW}"}}, x); :ok', ":ok")
        alias = self.peer.wait_for(raw_peer.SEND_NAME)["payload"][0][1]
        self.assertEqual(alias.node, A)
        self.peer.send_alias(1, alias, Atom("hello"))
        self.at.say("receive do m -> m end", ":hello")
        self.at.say("Process.unalias(x)", "true")
        self.peer.send_alias(1, alias, Atom("late"))
        self.peer.send_alias(1, Ref(A, self.peer.other["creation"], 1 << 40), Atom("nobody"))
        self.assertTrue(self.peer.is_alive())
        self.at.say("receive do m -> m after 50 -> :none end", ":none")
        mine = self.peer.make_ref(55)
        self.at.say("Process.register(self(), :shell)", "true")
        self.peer.send_name(1, "shell", mine)
        self.at.say("receive do r -> send(r, {:to, 1}) end", "{:to, 1}")
        got = self.peer.wait_for(raw_peer.SEND_ALIAS)
        self.assertEqual((got["ref"], got["payload"]), (mine, [("term", (Atom("to"), 1))]))

    def test_a_message_of_several_fragments(self):
        self.at.say("Process.register(self(), :shell)", "true")
        text = os.urandom(150_000).hex().encode()
        whole = (bytes([raw_peer.SEND_NAME]) + self.peer.out.pid(self.peer.pid(1)) + raw_peer.name("shell")
                 + self.peer.out.payload((Atom("long"), text)))
        parts = [whole[i:i + 65_536] for i in range(0, len(whole), 65_536)]
        for i, part in enumerate(parts):
            flags = (i == 0) | (i == len(parts) - 1) << 1
            head = bytes([raw_peer.FRAGMENT, flags]) + raw_peer.varint(300)
            self.peer.put(head + (raw_peer.varint(len(whole)) if i == 0 else b"") + part)
            self.peer.send_name(2, "nobody", i)  # Others may come between.
        self.at.say("receive do {:long, x} -> byte_size(x) end", "300000")
        self.at.say(f'send({{:nobody, :"{RAW}"}}, String.duplicate("x", 200_000)); :ok', ":ok")
        body = b""
        while True:
            frame = self.peer.next()
            if frame[0] != raw_peer.FRAGMENT:
                continue
            r = raw_peer.Reader(self.peer.inward, frame[2:])
            r.varint()
            if frame[1] & 1:
                total = r.varint()
            body += r.data[r.at:]
            if frame[1] & 2:
                break
        self.assertEqual(len(body), total)
        got = raw_peer.read_frame(self.peer.inward, body)
        self.assertEqual(got["payload"], [("term", b"x" * 200_000)])

    def test_an_unknown_native_function_ends_its_process(self):
        ref = self.peer.make_ref(1)
        self.peer.spawn(5, ref, self.peer.pid(4), key=b"no such function", arguments=(1,), monitor=True)
        reply = self.peer.wait_for(raw_peer.SPAWN_REPLY)
        self.assertEqual((reply["to"], reply["ref"]), (self.peer.pid(5), ref))
        child = reply["value"]
        self.assertEqual((child.node, child.creation), (A, self.peer.other["creation"]))
        down = self.peer.wait_for(raw_peer.DOWN)
        self.assertEqual((down["from"], down["to"], down["ref"]), (child, self.peer.pid(5), ref))
        self.assertEqual(down["reason"][0], "undef")

    def test_an_unknown_function_ends_its_process(self):
        ref = self.peer.make_ref(2)
        self.peer.spawn(5, ref, self.peer.pid(4), module="nomod", function="nofun", arguments=(1,), link=True)
        child = self.peer.wait_for(raw_peer.SPAWN_REPLY)["value"]
        gone = self.peer.wait_for(raw_peer.EXIT_LINKED)
        self.assertEqual((gone["from"], gone["to"]), (child, self.peer.pid(5)))
        self.assertEqual(gone["reason"][0], "undef")
        where = gone["reason"][1][0]
        self.assertEqual(where[:3], ("nomod", "nofun", [1]))
        # Its end is a line on the terminal of its group leader's node, which is ours.
        self.peer.wait_for(raw_peer.SEND_NAME, lambda x: x["name"] == "logger")

    def test_a_function_of_another_build_is_refused(self):
        self.peer.spawn(5, self.peer.make_ref(3), self.peer.pid(4), key=b"a lambda", same_build=True)
        self.assertEqual(self.peer.wait_for(raw_peer.SPAWN_REPLY)["value"], "other_build")

    def test_a_process_writes_to_its_group_leader_over_here(self):
        self.peer.spawn(5, self.peer.make_ref(4), self.peer.pid(4), module="Elixir.IO", function="puts",
                        arguments=("over there",), monitor=True)
        child = self.peer.wait_for(raw_peer.SPAWN_REPLY)["value"]
        asked = self.peer.wait_for(raw_peer.SEND)
        self.assertEqual((asked["from"], asked["to"]), (child, self.peer.pid(4)))
        (_, request), = asked["payload"]
        self.assertEqual((request[0], request[1], request[3]),
                         ("io_request", child, (Atom("put_chars"), Atom("unicode"), b"over there\n")))
        self.peer.send(4, child.id, (Atom("io_reply"), request[2], Atom("ok")))
        self.assertEqual(self.peer.wait_for(raw_peer.DOWN)["reason"], "normal")

    def test_monitors(self):
        self.at.say("p = spawn(fn -> receive do :end -> exit(:done) end end)", "#PID<0.*>")
        self.at.say("Process.register(p, :worker)", "true")
        by_name, by_pid, gone = (self.peer.make_ref(i) for i in (11, 12, 13))
        self.peer.pair(raw_peer.MONITOR, 5, raw_peer.NO_PID, raw_peer.name("worker") + self.peer.out.ref(by_name))
        self.peer.pair(raw_peer.MONITOR, 5, raw_peer.NO_PID, raw_peer.name("nobody") + self.peer.out.ref(gone))
        down = self.peer.wait_for(raw_peer.DOWN)
        self.assertEqual((down["ref"], down["reason"], down["name"]), (gone, "noproc", "nobody"))
        self.at.say(f'send({{:x, :"{RAW}"}}, p); :ok', ":ok")
        worker = self.peer.wait_for(raw_peer.SEND_NAME)["payload"][0][1]
        self.peer.monitor(6, worker, by_pid)
        self.peer.monitor(6, worker, self.peer.make_ref(14))
        self.peer.monitor(6, worker, self.peer.make_ref(14), kind=raw_peer.DEMONITOR)
        self.peer.send_name(6, "worker", Atom("end"))
        ends = [self.peer.wait_for(raw_peer.DOWN) for _ in range(2)]
        self.assertEqual({(x["ref"], x["reason"], x["to"].id) for x in ends}, {(by_name, "done", 5), (by_pid, "done", 6)})
        self.assertTrue(self.peer.is_alive())
        self.assertFalse([x for x in self.peer.seen if x["kind"] == raw_peer.DOWN])
        self.peer.monitor(6, worker, self.peer.make_ref(15))
        self.assertEqual(self.peer.wait_for(raw_peer.DOWN)["reason"], "noproc")

    def test_links(self):
        shell = self.registered()
        self.at.say("Process.flag(:trap_exit, true)", "false")
        us = self.peer.their_pid(shell)
        self.peer.pair(raw_peer.LINK, 5, us)
        self.peer.exit_linked(5, us, Atom("broken"))
        self.at.say("receive do m -> m end", "{:EXIT, #PID<*>, :broken}")
        self.peer.pair(raw_peer.LINK, 6, us)
        self.peer.pair(raw_peer.UNLINK, 6, us, raw_peer.varint(41))
        ack = self.peer.wait_for(raw_peer.UNLINK_ACK)
        self.assertEqual((ack["number"], ack["to"]), (41, self.peer.pid(6)))
        self.peer.pair(raw_peer.LINK, 7, us)
        self.peer.close()
        self.at.say("receive do m -> m end", "{:EXIT, #PID<*>, :noconnection}")
        self.at.say("receive do m -> m after 100 -> :none end", ":none")

    def test_a_link_to_a_process_that_is_gone(self):
        shell = self.registered()
        self.peer.pair(raw_peer.LINK, 5, self.peer.their_pid(shell + 100_000))
        gone = self.peer.wait_for(raw_peer.EXIT_LINKED)
        self.assertEqual((gone["to"], gone["reason"]), (self.peer.pid(5), "noproc"))

    def test_the_node_links_and_is_told(self):
        self.at.say("Process.flag(:trap_exit, true)", "false")
        shell = self.registered()
        self.peer.send(9, shell, self.peer.pid(9))
        self.at.say("receive do p -> Process.link(p); Process.monitor(p); :ok end", ":ok")
        self.assertEqual(self.peer.wait_for(raw_peer.LINK)["to"], self.peer.pid(9))
        asked = self.peer.wait_for(raw_peer.MONITOR)
        us = self.peer.their_pid(shell)
        self.peer.exit_linked(9, us, (Atom("shutdown"), 1))
        self.peer.pair(raw_peer.DOWN, 9, us, raw_peer.name("nil") + self.peer.out.ref(asked["ref"])
                       + self.peer.out.term(Atom("gone")))
        self.at.say("receive do m -> m end", "{:EXIT, #PID<*>, {:shutdown, 1}}")
        self.at.say("receive do m -> m end", "{:DOWN, #Reference<*>, :process, #PID<*>, :gone}")

    def test_an_exit_signal(self):
        shell = self.registered()
        self.at.say("Process.flag(:trap_exit, true)", "false")
        self.peer.exit(5, self.peer.their_pid(shell), Atom("why"))
        self.at.say("receive do m -> m end", "{:EXIT, #PID<*>, :why}")

    def test_what_is_for_an_earlier_life_reaches_nobody(self):
        shell = self.registered()
        earlier = raw_peer.Pid(A, self.peer.other["creation"] ^ 1, shell)
        self.peer.pair(raw_peer.SEND, 5, earlier, raw_peer.varint(0) + self.peer.out.payload(Atom("ghost")))
        self.peer.monitor(5, earlier, self.peer.make_ref(77))
        self.assertEqual(self.peer.wait_for(raw_peer.DOWN)["reason"], "noproc")
        self.at.say("receive do m -> m after 50 -> :none end", ":none")

    def test_a_frame_of_a_newer_version_is_skipped(self):
        for kind in (35, 100, 254):
            self.peer.put(bytes([kind]) + b"whatever it may be")
        self.assertTrue(self.peer.is_alive())
        self.at.say("Node.list", f'[:"{RAW}"]')

    def test_names_get_numbers(self):
        self.at.say("Process.register(self(), :shell)", "true")
        self.peer.put(bytes([raw_peer.NAMES]) + b"\x05shell" + b"\x04term" + b"\x05known")
        self.peer.put(bytes([raw_peer.SEND_NAME]) + self.peer.out.pid(self.peer.pid(1)) + b"\x03\x00" + b"\x01" + b"\x03\x01" + b"\x03\x02")
        self.at.say("receive do m -> m end", ":known")

    def test_what_breaks_the_rules_ends_the_connection(self):
        us = raw_peer.Ends((RAW, 7), (A, 0))
        other = raw_peer.Pid("other@127.0.0.1", 3, 4)
        long_tuple = b"\x0b\x01" * 600 + b"\x0d\x00"
        broken = {
            "an unknown tag": bytes([raw_peer.NODES]) + b"\x63",
            "a frame that ends early": bytes([raw_peer.SEND_NAME]) + us.pid(raw_peer.Pid(RAW, 7, 1)) + b"\x04\xff",
            "a frame that ends late": bytes([raw_peer.PING]) + us.ref(Ref(RAW, 7, 1)) + b"\x00",
            "a count above the bytes": bytes([raw_peer.NODES]) + b"\x0d\xff\xff\xff\x0f",
            "a number of more than 64 bits": bytes([raw_peer.NODES]) + b"\x01" + b"\xff" * 9 + b"\x02",
            "a number in too many bytes": bytes([raw_peer.NODES]) + b"\x01\x80\x00",
            "a name without a number": bytes([raw_peer.NODES]) + b"\x03\x05",
            "nesting": bytes([raw_peer.NODES]) + long_tuple,
            "a sender of another node": bytes([raw_peer.LINK]) + us.pid(other) + b"\x06\x08",
            "a spawn for another node's process": bytes([raw_peer.SPAWN]) + us.pid(other) + us.ref(Ref(RAW, 7, 1))
                                                  + b"\x00\x00" + us.pid(other) + b"\x01x" + b"\x0b\x00",
            "a message to another node": bytes([raw_peer.SEND]) + b"\x05\x05" + us.pid(other) + b"\x00\x00",
            "a spawn of an unknown form": bytes([raw_peer.SPAWN]) + b"\x05\x05\x08\x09\x09\x00\x05\x05\x0b\x00",
            "an alias of another node": bytes([raw_peer.SEND_ALIAS]) + b"\x05\x05" + us.ref(Ref("other@127.0.0.1", 3, 4)) + b"\x00",
            "a signal that never travels": bytes([32]) + us.ref(Ref(RAW, 7, 1)),
            "a kind below 16": b"\x08",
            "kind 0": b"\x00",
            "a hello in between": raw_peer.hello_body(RAW, 7),
            "a fragment without a first": bytes([raw_peer.FRAGMENT, 0, 1]) + b"x",
            "a fragment with an unknown flag": bytes([raw_peer.FRAGMENT, 5, 1, 9]) + b"x",
            "a fragment of 2^62 bytes": bytes([raw_peer.FRAGMENT, 1, 1]) + raw_peer.varint(1 << 62) + b"x",
        }
        self.peer.close()
        for what, frame in broken.items():
            with self.subTest(what):
                peer = self.dial_again()
                peer.put(frame)
                code = peer.end()
                self.assertIn(code, (raw_peer.PROTOCOL_VIOLATION, raw_peer.FRAME_TOO_LARGE))
        peer = self.dial_again()
        peer.write(struct.pack(">I", 1 << 31))
        self.assertEqual(peer.end(), raw_peer.FRAME_TOO_LARGE)
        peer = self.dial_again()
        peer.write(bytes(4))
        self.assertEqual(peer.end(), raw_peer.PROTOCOL_VIOLATION)
        self.at.say("1 + 1", "2")

    def dial_again(self):
        """As soon as the connection before is forgotten."""
        def attempt():
            try:
                return self.dial(self.at)
            except Rejected:
                return None

        return support.wait_until(attempt, "the earlier connection is still there")

    def test_a_goodbye_ends_the_connection(self):
        self.peer.put(bytes([raw_peer.GOODBYE, raw_peer.SHUTTING_DOWN]))
        support.wait_until(lambda: self.at.ask("Node.list") == "[]", "the node is gone")
        self.assertTrue(support.settled(self.peer.sock, 2))
        self.assertEqual(self.at.err(), "")

    def test_a_node_that_stops_says_goodbye(self):
        self.at.end_input()
        self.assertEqual(self.peer.end(), raw_peer.SHUTTING_DOWN)
        self.assertEqual(self.at.wait(5), 0)

    def test_disconnect_says_goodbye(self):
        self.at.say(f'Node.disconnect(:"{RAW}")', "true")
        self.assertEqual(self.peer.end(), 14)

    def test_the_nodes_that_a_peer_knows_are_dialled(self):
        other = self.piped("other@127.0.0.1", "--transport", "plain")
        names = [Atom("other@127.0.0.1"), Atom("nosuch@127.0.0.1"), Atom("x")]
        self.peer.put(bytes([raw_peer.NODES]) + self.peer.out.term(names))
        at = self.node(name="at@127.0.0.1")
        peer = self.dial(at)
        peer.put(bytes([raw_peer.NODES]) + peer.out.term(names))
        support.wait_until(lambda: "other@127.0.0.1" in at.ask("Node.list"), "the third node is dialled")
        other.say("Node.list", '[:"at@127.0.0.1"]')  # The one that does not connect to all has not come.


class Ticks(RawCase):
    def test_ticks_keep_a_silent_connection(self):
        node = self.node("--ticktime", "0.8", "--connect-all", "false")
        peer = self.dial(node, ticktime=60_000)
        stop = time.monotonic() + 2.5
        while time.monotonic() < stop:
            if select.select([peer.sock], [], [], 0.15)[0]:
                body = peer.next()
                self.assertEqual(body, bytes([raw_peer.TICK]))
                peer.ticks += 1
            peer.put(bytes([raw_peer.TICK]))
        self.assertGreater(peer.ticks, 4)
        node.say("Node.list", f'[:"{RAW}"]')

    def test_a_silent_peer_is_down_after_the_ticktime(self):
        node = self.node("--ticktime", "1")
        began = time.monotonic()
        peer = self.dial(node)
        self.assertEqual(peer.end(), 15)
        took = time.monotonic() - began
        self.assertTrue(0.95 < took < 1.6, took)
        self.wait_for_log(node, r"Node :\"raw@127\.0\.0\.9\" not responding")
        self.assertIn("** Removing (timedout) connection **", node.err())
        node.say("Node.list", "[]")


if __name__ == "__main__":
    support.main()
