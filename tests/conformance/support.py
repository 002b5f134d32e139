"""What the conformance tests share: the program `troupe`, piped or on a terminal, and waiting.

The program is the one that TROUPE_BIN names, or the newest below build/. Nothing here sleeps but
`wait_until`; every child is ended by its process id.
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77  # Exit status of a file that could not test anything.
DEADLINE = 15.0  # Of what should take far less than a second.


def troupe_path():
    given = os.environ.get("TROUPE_BIN")
    if given:
        return given
    found = sorted(ROOT.glob("build/*/bin/troupe"), key=lambda x: x.stat().st_mtime)
    if not found:
        print("SKIPPED: there is no program: set TROUPE_BIN, or build it")
        sys.exit(SKIPPED)
    return str(found[-1])


def wait_until(condition, what, seconds=DEADLINE):
    """Waits until `condition()` is true and returns its value; fails with `what`, which may be a function."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.01)


_given_ports = set()


def free_port(host="0.0.0.0"):
    """A port that is free on every address of this machine, and is given out once."""
    while True:
        with socket.socket() as s:
            s.bind((host, 0))
            port = s.getsockname()[1]
        # Below the range that the system takes for outgoing connections, which could take it back.
        port = 10000 + port % 20000
        if port in _given_ports:
            continue
        try:
            with socket.socket() as s:
                s.bind((host, port))
        except OSError:
            continue
        _given_ports.add(port)
        return port


def clean_environment(home, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("TROUPE_")}
    # Nodes of one test must not meet those of another.
    env.update(HOME=str(home), TERM="xterm", LC_ALL="C.UTF-8", TROUPE_DISCOVER="none", **more)
    return env


def normalise(text):
    """What varies from run to run becomes a star."""
    text = re.sub(r"#PID<0\.[0-9.]+>", "#PID<0.*>", text)
    text = re.sub(r"#PID<[1-9][0-9.]*>", "#PID<*>", text)
    text = re.sub(r"#Reference<[0-9.]+>", "#Reference<*>", text)
    text = re.sub(r"#Function<[^>]*>", "#Function<*>", text)
    return re.sub(r"\d\d:\d\d:\d\d\.\d\d\d", "TIME", text)


class Screen:
    """Enough of a terminal to know what a user sees: the escapes that a line editor sends."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = [[]]
        self.y = self.x = 0
        self.held = ""
        self.insert = False

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]

    def feed(self, text):
        text = self.held + text
        self.held = ""
        i = 0
        while i < len(text):
            if text[i] != "\x1b":
                self.put(text[i])
                i += 1
                continue
            m = re.compile(r"\x1b(?:\[([?0-9;]*)([@-~])|[()][0-9A-B]|[=>78DEM])").match(text, i)
            if not m:
                if len(text) - i > 32:
                    raise AssertionError(f"an escape this test does not know: {text[i:i + 32]!r}")
                self.held = text[i:]
                return
            if m.group(2):
                self.control(m.group(2), m.group(1))
            i = m.end()

    def put(self, c):
        if c == "\r":
            self.x = 0
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.x = max(0, self.x - 1)
        elif c == "\t":
            self.x = min(self.columns - 1, self.x + 8 - self.x % 8)
        elif c >= " ":
            if self.x >= self.columns:  # The margin wraps when the next character comes.
                self.x = 0
                self.down()
            row = self.row()
            if self.insert:
                row.insert(self.x, c)
            else:
                row[self.x] = c
            self.x += 1

    def row(self):
        while len(self.rows) <= self.y:
            self.rows.append([])
        row = self.rows[self.y]
        row.extend(" " * (self.x + 1 - len(row)))
        return row

    def down(self):
        self.y += 1
        while len(self.rows) <= self.y:
            self.rows.append([])

    def control(self, command, given):
        numbers = [int(x) if x.isdigit() else 0 for x in given.split(";")]
        n = max(1, numbers[0])
        row = self.row() if command in "KJP@" else None
        if command == "A":
            self.y = max(0, self.y - n)
        elif command == "B":
            self.y += n
        elif command == "C":
            self.x = min(self.columns - 1, self.x + n)
        elif command == "D":
            self.x = max(0, self.x - n)
        elif command == "G":
            self.x = n - 1
        elif command in "KJ":
            if numbers[0] == 1:
                row[:self.x + 1] = " " * (self.x + 1)
            elif numbers[0] == 2:
                row.clear()
            else:
                del row[self.x:]
            if command == "J" and numbers[0] == 0:
                del self.rows[self.y + 1:]
        elif command == "P":
            del row[self.x:self.x + n]
        elif command == "@":
            row[self.x:self.x] = " " * n
        elif command in "hl" and numbers[0] == 4:
            self.insert = command == "h"


class Child:
    """A child process; its end is seen at once, and is made sure of by `stop`."""

    def __init__(self, process):
        self.process = process
        self.pid = process.pid
        self.lock = threading.Lock()
        self.threads = []
        self.closing = False

    def read_from(self, fd, take):
        def run():
            while not self.closing:
                try:
                    if not select.select([fd], [], [], 0.1)[0]:
                        continue  # A read under way would keep a terminal open that is closed here.
                    data = os.read(fd, 65536)
                except (OSError, ValueError):
                    return
                if not data:
                    return
                with self.lock:
                    take(data)

        t = threading.Thread(target=run, daemon=True)
        t.start()
        self.threads.append(t)

    def signal(self, number):
        if self.process.poll() is None:
            os.kill(self.pid, number)

    def wait(self, seconds=DEADLINE):
        """Waits for the end; returns the exit status."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self}") from None
        for t in self.threads:
            t.join(2)
        return status

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL) # Of one that was stopped, too: it does nothing more.
        self.process.wait()
        for t in self.threads:
            t.join(2)
        self.close()

    def close(self):
        pass

    def rss_bytes(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the process has ended")


class Piped(Child):
    """The program without a terminal: lines in, lines out, errors apart."""

    def __init__(self, args, env):
        self.args = args
        super().__init__(subprocess.Popen(args, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE, start_new_session=True))
        self._out = self._err = b""
        self.read_from(self.process.stdout.fileno(), self._take_out)
        self.read_from(self.process.stderr.fileno(), self._take_err)
        self.mark = 0

    def _take_out(self, data):
        self._out += data

    def _take_err(self, data):
        self._err += data

    def out(self):
        with self.lock:
            return self._out.decode("utf-8", "replace")

    def err(self):
        with self.lock:
            return self._err.decode("utf-8", "replace")

    def __str__(self):
        return f"{' '.join(self.args)}\n-- out --\n{self.out()}\n-- err --\n{self.err()}"

    def write(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def say(self, line, *expected, in_order=True, seconds=DEADLINE):
        """Types a line and waits until exactly these lines (normalised) were printed since the last call."""
        self.write(line + "\n")
        return self.expect(*expected, in_order=in_order, seconds=seconds, typed=line)

    def expect(self, *expected, in_order=True, seconds=DEADLINE, typed=""):
        want = list(expected) if in_order else sorted(expected)

        def got():
            text = self.out()[self.mark:]
            lines = normalise(text).split("\n")[:-1] if text.endswith("\n") or not text else None
            return lines if lines is None or in_order else sorted(lines)

        wait_until(lambda: got() == want or self.process.poll() is not None,
                   lambda: f"after {typed!r}: {want} but got {self.out()[self.mark:]!r}\n{self}", seconds)
        if got() != want:
            raise AssertionError(f"after {typed!r}: {want} but the program ended with {self.process.poll()}\n{self}")
        text = self.out()
        said = text[self.mark:]
        self.mark = len(text)
        return said

    def ask(self, line, seconds=DEADLINE):
        """Types a line and returns the one line that answers."""
        self.write(line + "\n")
        wait_until(lambda: "\n" in self.out()[self.mark:] or self.process.poll() is not None,
                   lambda: f"no answer to {line!r}\n{self}", seconds)
        text = self.out()[self.mark:]
        if "\n" not in text:
            raise AssertionError(f"no answer to {line!r}\n{self}")
        end = text.index("\n") + 1
        self.mark += end
        return text[:end - 1]

    def end_input(self):
        self.process.stdin.close()

    def close(self):
        for f in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                f.close()
            except OSError:
                pass


class Terminal(Child):
    """The program on a terminal of its own; `screen` is what its user sees."""

    def __init__(self, args, env, columns=200):
        self.args = args
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.master = master

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        process = subprocess.Popen(args, env=env, stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal)
        os.close(slave)
        super().__init__(process)
        self.screen = Screen(columns)
        self.raw = b""
        self.undecoded = b""
        self.read_from(master, self._take)
        self.mark = 0  # First row that nobody has asked for yet.

    def _take(self, data):
        self.raw += data
        data = self.undecoded + data
        for cut in range(min(4, len(data)) + 1):  # A character may be cut in two.
            try:
                text = data[:len(data) - cut].decode()
            except UnicodeDecodeError:
                continue
            self.undecoded = data[len(data) - cut:]
            return self.screen.feed(text)
        self.undecoded = b""
        self.screen.feed(data.decode("utf-8", "replace"))

    def lines(self):
        with self.lock:
            lines = self.screen.lines()
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def __str__(self):
        return f"{' '.join(self.args)}\n" + "\n".join("| " + x for x in self.lines())

    def write(self, text):
        os.write(self.master, text.encode())

    def type(self, text):
        """Types what a line of an earlier prompt waits for, and does not wait."""
        self.write(text + "\r")

    def prompt(self, pattern=r"^troupe\([^)]*\)\d+>$", seconds=DEADLINE):
        """Waits for a prompt in the last line, and returns it."""
        def at_prompt():
            lines = self.lines()
            return lines[-1] if len(lines) > self.mark and re.search(pattern, lines[-1]) else None

        prompt = wait_until(lambda: at_prompt() or self.process.poll() is not None, lambda: f"no prompt\n{self}", seconds)
        if prompt is True:
            raise AssertionError(f"the program ended with {self.process.poll()}\n{self}")
        return prompt

    def say(self, line, *expected, in_order=True, seconds=DEADLINE):
        """Types a line at the prompt; waits until exactly `expected` (normalised) and a prompt follow it."""
        prompt = self.prompt(seconds=seconds)
        self.mark = len(self.lines()) - 1
        self.type(line)
        return self.expect(f"{prompt} {line}", *expected, in_order=in_order, seconds=seconds)

    def expect(self, *expected, in_order=True, seconds=DEADLINE, prompt=r"^troupe\([^)]*\)\d+>$"):
        """Waits until exactly these lines are on the screen since the last call, with a prompt behind them."""
        want = [normalise(x.rstrip()) for x in expected]
        if not in_order:
            want.sort()

        def got():
            lines = [normalise(x) for x in self.lines()[self.mark:]]
            if not lines or not re.search(prompt, lines[-1]):
                return None
            return lines[:-1] if in_order else sorted(lines[:-1])

        wait_until(lambda: got() == want, lambda: f"expected {want}\nbut got {got()}\n{self}", seconds)
        lines = self.lines()
        said = lines[self.mark:-1]
        self.mark = len(lines) - 1
        return said

    def hang_up(self):
        """The user closes the terminal."""
        self.closing = True
        for t in self.threads:
            t.join(2)
        self.close()

    def close(self):
        if self.master >= 0:
            os.close(self.master)
        self.master = -1


class Case(unittest.TestCase):
    """A test with a port mapper, a home and children of its own."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="troupe-test-")
        self.addCleanup(shutil.rmtree, self.home, True)
        self.epmd_port = free_port()
        self.env = clean_environment(self.home)

    def command(self, *args, name=None, cookie="monster"):
        command = [troupe_path()]
        if name:
            command += ["--name", name, "--epmd-port", str(self.epmd_port)]
        if name and cookie:
            command += ["--cookie", cookie]
        return command + [str(x) for x in args]

    def keep(self, child):
        self.addCleanup(child.stop)
        return child

    def piped(self, name=None, *args, cookie="monster", env=None, ready=True):
        """A node that reads lines from a pipe; `ready`: it has started."""
        child = self.keep(Piped(self.command(*args, name=name, cookie=cookie), env or self.env))
        if ready:
            child.say("Node.self()", ":nonode@nohost" if not name else f':"{name}"')
        return child

    def terminal(self, name=None, *args, cookie="monster", env=None, columns=200, ready=True):
        child = self.keep(Terminal(self.command(*args, name=name, cookie=cookie), env or self.env, columns))
        if ready:
            child.prompt()
        return child

    def run_troupe(self, *args, input=None, env=None, seconds=DEADLINE, name=None, cookie="monster"):
        """Runs the program to its end; returns status, output and errors as text."""
        try:
            done = subprocess.run(self.command(*args, name=name, cookie=cookie), env=env or self.env,
                                  input=input.encode() if input is not None else b"", capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired as x:
            raise AssertionError(f"still running after {seconds} s: {args}; printed {x.stdout!r}, {x.stderr!r}") from None
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def settled(sock, seconds):
    """Whether the other side closed the socket within so many seconds; what it sends is dropped."""
    end = time.monotonic() + seconds
    while True:
        if not select.select([sock], [], [], max(0.0, end - time.monotonic()))[0]:
            return False
        try:
            if not sock.recv(65536):
                return True
        except OSError:
            return True


def main():
    """Runs the tests of a file; says of each that was skipped why, where who runs the file finds it."""
    troupe_path()
    result = unittest.main(verbosity=2, exit=False).result
    for test, why in result.skipped:
        print(f"SKIPPED: {test.id()}: {why}")
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun and len(result.skipped) == result.testsRun:
        sys.exit(SKIPPED)
