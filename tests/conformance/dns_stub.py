"""A DNS server for tests, over UDP and TCP, that answers as it is told to, rightly or wrongly.

Written from RFC 1035, 2782, 3596 and 6891, independently of the resolver it tests. As a program it
serves a few names of .test for trying things by hand:

    dns_stub.py [ADDRESS [PORT]]
"""

import errno
import ipaddress
import random
import socket
import struct
import sys
import threading
import time

A, CNAME, SOA, AAAA, SRV, OPT = 1, 5, 6, 28, 33, 41
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5


def encode_name(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.strip(".").split(".") if x) + b"\0"


def decode_name(data, at):
    labels = []
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode())
        at += 1 + data[at]
    return ".".join(labels).lower(), at + 1


def a(*addresses):
    """Records of addresses, of either family."""
    all = [ipaddress.ip_address(x) for x in addresses]
    return [(A if x.version == 4 else AAAA, x.packed) for x in all]


def srv(port, target):
    return (SRV, struct.pack(">HHH", 0, 0, port) + encode_name(target))


def cname(target):
    return (CNAME, encode_name(target))


class Zone:
    """What is said of one name. `records` may be changed while the server runs."""

    def __init__(self, records=(), ttl=5, rcode=NOERROR, silent=False, cut=False, some=0, garbage=None,
                 wrong_id=False, delay=0.0):
        self.records = list(records)
        self.ttl = ttl
        self.rcode = rcode
        self.silent = silent  # No answer at all.
        self.cut = cut  # Over UDP only the bit that says so: ask again over TCP.
        self.some = some  # So many of the records, at random.
        self.garbage = garbage  # These bytes behind the id and question: "header" or "noise".
        self.wrong_id = wrong_id
        self.delay = delay


class Stub:
    """Serves `zones`, by name, until it is stopped; `asked` has (name, type, "udp" or "tcp", EDNS size)."""

    def __init__(self, zones, address="127.0.0.1", port=0):
        self.zones = zones
        self.asked = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.udp, self.tcp = self.bound(family, address, port)
        self.address, self.port = self.udp.getsockname()[:2]
        self.tcp.listen()
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.serve_udp, self.serve_tcp)]
        for t in self.threads:
            t.start()

    @staticmethod
    def bound(family, address, port):
        """Sockets of both kinds with one port: a free one, when `port` is 0, which others may have for one kind."""
        for left in reversed(range(100)):
            udp = socket.socket(family, socket.SOCK_DGRAM)
            tcp = socket.socket(family, socket.SOCK_STREAM)
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                udp.bind((address, port))
                tcp.bind((address, udp.getsockname()[1]))
                return udp, tcp
            except OSError as x:
                udp.close()
                tcp.close()
                if port or not left or x.errno != errno.EADDRINUSE:
                    raise

    def __str__(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def stop(self):
        for s in (self.udp, self.tcp):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve_udp(self):
        while True:
            try:
                query, peer = self.udp.recvfrom(65536)
            except OSError:
                return
            if not query:
                return
            answer, delay = self.answer(query, "udp")
            if answer is not None:
                threading.Timer(delay, self.udp.sendto, (answer, peer)).start() if delay \
                    else self.udp.sendto(answer, peer)

    def serve_tcp(self):
        while True:
            try:
                peer, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        """All questions that come over one connection."""
        with peer:
            peer.settimeout(5)
            try:
                while head := peer.recv(2, socket.MSG_WAITALL):
                    answer, _ = self.answer(peer.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL), "tcp")
                    if answer is not None:
                        peer.sendall(struct.pack(">H", len(answer)) + answer)
            except (OSError, struct.error):
                pass

    def answer(self, query, how):
        ident, _, questions, _, _, extra = struct.unpack(">6H", query[:12])
        name, at = decode_name(query, 12)
        kind = struct.unpack(">H", query[at:at + 2])[0]
        question, rest = query[12:at + 4], query[at + 4:]
        edns = struct.unpack(">H", rest[3:5])[0] if extra and rest[0] == 0 else 0
        self.asked.append((name, kind, how, edns))
        zone = self.zones.get(name)
        if zone is None:
            return self.message(ident, NXDOMAIN, question, []), 0
        if zone.silent:
            return None, 0
        if zone.garbage == "noise":
            return bytes(random.randrange(256) for _ in range(60)), zone.delay
        if zone.garbage == "header":  # The question is right and the answer ends too early.
            return struct.pack(">6H", ident, 0x8180, 1, 9, 0, 0) + question + b"\xc0\x0c\0\1\0", zone.delay
        if zone.cut and how == "udp":
            return self.message(ident, NOERROR, question, [], cut=True), zone.delay
        records = [x for x in zone.records if x[0] in (kind, CNAME)]
        if zone.some:
            records = random.sample(records, min(zone.some, len(records)))
        if zone.wrong_id:
            ident ^= 1
        return self.message(ident, zone.rcode, question, records, zone.ttl), zone.delay

    @staticmethod
    def message(ident, rcode, question, records, ttl=0, cut=False):
        authority = b""
        if not records:  # Of a negative answer, as a real server would.
            data = encode_name("ns.test") + encode_name("root.test") + struct.pack(">5I", 1, 60, 60, 60, 60)
            authority = b"\xc0\x0c" + struct.pack(">HHIH", SOA, 1, 60, len(data)) + data
        message = struct.pack(">6H", ident, 0x8180 | (0x0200 if cut else 0) | rcode, 1, len(records),
                              1 if authority else 0, 0) + question
        for kind, data in records:
            message += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data
        return message + authority


def samples():
    some = a(*(f"127.0.0.{i}" for i in range(101, 116)))
    return {
        "app.test": Zone(a("127.0.0.2", "127.0.0.3"), ttl=3600),
        "zero.test": Zone(a("127.0.0.2"), ttl=0),
        "six.test": Zone(a("fd00::1", "fd00::2")),
        "nodata.test": Zone(),
        "servfail.test": Zone(rcode=SERVFAIL),
        "refused.test": Zone(rcode=REFUSED),
        "silent.test": Zone(silent=True),
        "cut.test": Zone(a(*(f"10.1.{i // 250}.{i % 250 + 1}" for i in range(1000))), cut=True),
        "some.test": Zone(some, some=5),
        "noise.test": Zone(garbage="noise"),
        "header.test": Zone(garbage="header"),
        "wrongid.test": Zone(a("127.0.0.2"), wrong_id=True),
        "_troupe._tcp.app.test": Zone([srv(9101, "n1.test"), srv(9102, "n2.test")]),
        "n1.test": Zone(a("127.0.0.2")),
        "n2.test": Zone(a("127.0.0.3", "fd00::3")),
        "alias.test": Zone([cname("app.test")] + a("127.0.0.9"), ttl=7),
    }


if __name__ == "__main__":
    stub = Stub(samples(), *sys.argv[1:2], *[int(x) for x in sys.argv[2:3]])
    print(f"serving at {stub}", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        stub.stop()
