"""Networks made of namespaces: hosts, joined by bridges, on which the real program runs.

Needs root, `ip` and `nft`. Every bridge has a namespace of its own, so nothing of this machine's network is
touched. All names begin with `troupe-t`; what a test made is removed after it, also when it failed, and what a
test that was killed left behind is removed by the next one.
"""

import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import support

PREFIX = "troupe-t"
GROUP, GROUP6, PORT = "239.255.84.82", "ff12::8452", 14369  # of discovery/troupe/discovery/multicast_options.hpp
COMMAND_SECONDS = 10
CLONE_NEWNET = 0x40000000
GOODBYE, KIND_AT = 4, 5  # The kind of an announcement, and where it stands; see discovery/PROTOCOL.md.


def ip(*args):
    return subprocess.run(["ip", *args], check=True, capture_output=True, text=True, timeout=COMMAND_SECONDS).stdout


def why_impossible():
    """Returns why there can be no namespaces here, or nothing."""
    for tool in ("ip", "nft"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    probe = f"{PREFIX}{os.getpid()}-probe"
    try:
        ip("netns", "add", probe)
        try:
            nft(probe, "add table bridge t; add table inet t")
        finally:
            ip("netns", "del", probe)
    except (OSError, subprocess.SubprocessError) as x:
        return f"no network namespaces with nft: {getattr(x, 'stderr', '') or x}"
    return None


def why_no_discovery():
    """Returns why the program cannot be tested, or nothing."""
    help_text = subprocess.run([support.troupe_path(), "--help"], capture_output=True, text=True,
                               timeout=COMMAND_SECONDS).stdout
    return None if "--discover" in help_text else "the program has no --discover"


def nft(namespace, text):
    subprocess.run(["ip", "netns", "exec", namespace, "nft", text], check=True, capture_output=True, text=True,
                   timeout=COMMAND_SECONDS)


def remove_leftovers():
    """Namespaces of tests that were killed: those whose process is no more."""
    for line in ip("netns", "list").splitlines():
        m = re.match(rf"({PREFIX}(\d+)-\S+)", line)
        if m and not pathlib.Path(f"/proc/{m.group(2)}").exists():
            subprocess.run(["ip", "netns", "del", m.group(1)], capture_output=True, timeout=COMMAND_SECONDS)


def inside(namespace, make):
    """Calls `make` in a thread that is in the namespace; what sockets it makes stay there."""
    result = []

    def run():
        try:
            with open(f"/run/netns/{namespace}") as f:
                if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            result.append((make(), None))
        except Exception as x:  # goes to the caller
            result.append((None, x))

    t = threading.Thread(target=run)
    t.start()
    t.join(COMMAND_SECONDS)
    value, error = result[0]
    if error:
        raise error
    return value


class Network:
    """The hosts and bridges of one test."""

    def __init__(self, case):
        self.namespaces = []
        self.serial = 0
        case.addCleanup(self.remove)

    def remove(self):
        for name in reversed(self.namespaces):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=COMMAND_SECONDS)
        self.namespaces.clear()

    def namespace(self, name):
        full = f"{PREFIX}{os.getpid()}-{name}"
        ip("netns", "add", full)
        self.namespaces.append(full)
        ip("-n", full, "link", "set", "lo", "up")
        return full

    def segment(self, name="net"):
        full = self.namespace(name)
        ip("-n", full, "link", "add", "troupe-t0", "type", "bridge", "mcast_snooping", "0")
        ip("-n", full, "link", "set", "troupe-t0", "up")
        return full

    def host(self, name, segment=None, *addresses):
        full = self.namespace(name)
        if segment:
            self.plug(full, segment, *addresses)
        return full

    def plug(self, host, segment, *addresses, interface="eth0"):
        """A cable; returns the name of its end at the bridge."""
        self.serial += 1
        port = f"port{self.serial}"
        ip("link", "add", interface, "netns", host, "type", "veth", "peer", "name", port, "netns", segment)
        ip("-n", segment, "link", "set", port, "master", "troupe-t0", "up")
        for address in addresses:
            ip("-n", host, "addr", "add", address, "dev", interface, *(["nodad"] if ":" in address else []))
        ip("-n", host, "link", "set", interface, "up")
        return port

    def drop(self, segment, rule, name="t"):
        """Drops what `rule` matches of all that crosses the bridge, until `pass_all`."""
        nft(segment, f"add table bridge {name}; "
                     f"add chain bridge {name} f {{ type filter hook forward priority 0; }}; "
                     f"add rule bridge {name} f {rule} drop")

    def pass_all(self, segment, name="t"):
        nft(segment, f"delete table bridge {name}")

    def count(self, host, rule):
        """Counts what `rule` matches of all that leaves a host; `counted` reads it."""
        nft(host, f"add table inet c; add chain inet c o {{ type filter hook output priority 0; }}; "
                  f"add rule inet c o {rule} counter")

    def counted(self, host):
        out = subprocess.run(["ip", "netns", "exec", host, "nft", "-j", "list", "table", "inet", "c"], check=True,
                             capture_output=True, text=True, timeout=COMMAND_SECONDS).stdout
        return sum(y["counter"]["packets"] for x in json.loads(out)["nftables"] for y in x.get("rule", {}).get("expr", [])
                   if "counter" in y)


class Listener:
    """Hears what is sent to the group in a namespace, with the time at which it came."""

    def __init__(self, case, host, interface="eth0"):
        def make():
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((GROUP, PORT))
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex(interface)))
            s.settimeout(0.1)
            return s

        self.socket = inside(host, make)
        self.packets = []
        self.closing = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        case.addCleanup(self.stop)

    def run(self):
        while not self.closing:
            try:
                data, source = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            self.packets.append((time.monotonic(), data, source))

    def stop(self):
        self.closing = True
        self.thread.join(2)
        self.socket.close()

    def of_kind(self, kind):
        return [t for t, data, _ in list(self.packets) if len(data) > KIND_AT and data[KIND_AT] == kind]


# Sends for some seconds, each packet of `packets` (in hex) in turn and garbage in between, at a given rate.
FLOOD = """
import json, os, socket, struct, sys, time
group, port, interface, rate, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), float(sys.argv[5])
packets = [bytes.fromhex(x) for x in json.load(sys.stdin)]
packets = [y for x in packets for y in (x, os.urandom(150))] or [os.urandom(150) for _ in range(50)]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), socket.if_nametoindex(interface)))
s.connect((group, port))
send, sent, began = s.send, 0, time.monotonic()
while (now := time.monotonic() - began) < seconds:
    if sent > now * rate:
        time.sleep(0.0005)
        continue
    for i in range(100):
        try:
            send(packets[(sent + i) % len(packets)])
        except OSError:
            pass
    sent += 100
print(sent)
"""


def flood(host, packets, rate, seconds, senders=2, interface="eth0"):
    """Starts the senders; returns a function that waits for them and returns how many packets were sent."""
    given = json.dumps([x.hex() for x in packets])
    args = ["ip", "netns", "exec", host, support.sys.executable, "-c", FLOOD, GROUP, str(PORT), interface,
            str(rate / senders), str(seconds)]
    children = [subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(senders)]
    for x in children:
        x.stdin.write(given)
        x.stdin.close()

    def finish():
        sent = 0
        for x in children:
            try:
                x.wait(seconds + COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                x.kill()
                x.wait()
            sent += int(x.stdout.read() or 0)
            x.stdout.close()
        return sent

    return finish


class Case(support.Case):
    """A test with a network of its own."""

    def setUp(self):
        why = why_impossible() or why_no_discovery()
        if why:
            self.skipTest(why)
        super().setUp()
        remove_leftovers()
        self.net = Network(self)  # Its cleanup is the last: the nodes have ended by then.

    def node(self, host, name, *args, cookie="monster", listen="0.0.0.0", discover="multicast"):
        """Starts a node and does not wait; `started` does. Without `listen` it listens on its name's address only."""
        command = ["ip", "netns", "exec", host, support.troupe_path(), "--name", name, "--epmd-port", str(self.epmd_port),
                   "--cookie", cookie, "--discover", discover, "--no-halt", *[str(x) for x in args]]
        if listen:
            command += ["--listen", listen]
        child = self.keep(support.Piped(command, self.env))
        child.name = name
        child.began = time.monotonic()
        child.write("Node.self()\n")
        child.ready_at = None
        return child

    def started(self, *nodes, seconds=support.DEADLINE):
        """Waits until all listen, as an answer to the first line shows; returns when the last one was seen to."""
        def all_ready():
            for x in nodes:
                if x.ready_at is None and "\n" in x.out():
                    x.ready_at = time.monotonic()
                    x.mark = len(x.out())
                elif x.ready_at is None and x.process.poll() is not None:
                    raise AssertionError(f"the program ended with {x.process.poll()}\n{x}")
            return all(x.ready_at is not None for x in nodes)

        support.wait_until(all_ready, lambda: f"not started: {[str(x) for x in nodes if x.ready_at is None]}", seconds)
        return max(x.ready_at for x in nodes)

    def listed(self, node):
        return node.ask('Enum.join(Enum.sort(Node.list()), " ")').strip('"').split()

    def meshed(self, nodes, since, seconds, what, pause=0.01):
        """Waits until each node lists all others; returns how long after `since` that was. Fails above `seconds`."""
        waiting = list(nodes)

        def done():
            time.sleep(pause)
            waiting[:] = [x for x in waiting if self.listed(x) != sorted(y.name for y in nodes if y is not x)]
            return not waiting

        # Longer than is allowed, so that a failure tells how long it took.
        patience = since + 3 * seconds + 5 - time.monotonic()
        support.wait_until(done, lambda: f"{what}: {[(x.name, self.listed(x), x.err()) for x in waiting]}", patience)
        took = time.monotonic() - since
        print(f"{what}: {took:.2f} s", flush=True)
        self.assertLessEqual(took, seconds, what)
        return took

    def wait_lists(self, expected, seconds, what):
        """Waits until each node lists just these; `expected` is pairs of a node and names."""
        waiting = list(expected)

        def done():
            waiting[:] = [(x, names) for x, names in waiting if self.listed(x) != sorted(names)]
            return not waiting

        began = time.monotonic()
        support.wait_until(done, lambda: f"{what}: {[(x.name, self.listed(x), names) for x, names in waiting]}", seconds)
        return time.monotonic() - began

    def stays(self, expected, seconds, what):
        """For so long each node lists just these."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for x, names in expected:
                self.assertEqual(self.listed(x), sorted(names), f"{what}: {x.name}")
            time.sleep(0.1)

    def lines(self, node, pattern):
        return re.findall(pattern, node.err(), re.M)

    @staticmethod
    def cpu_seconds(node):
        fields = pathlib.Path(f"/proc/{node.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def end(node, number=signal.SIGTERM):
        node.signal(number)
        return time.monotonic()
