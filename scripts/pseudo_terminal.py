"""A program on a pseudo terminal: what it shows, and typing into it. Standard library only."""

import fcntl
import os
import pty
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import tty

PATIENCE = 20  # seconds for one answer; a ping of a silent node may take 7
COLUMNS, ROWS = 200, 50
SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([@-~])|\x1b[()][0-9A-B]|\x1b[=>78]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]")


class Failure(Exception):
    """Something is not as it should be."""


def free_port(*hosts):
    """A port that nobody has on any of the addresses, below those of outgoing connections."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            for host in hosts:
                with socket.socket() as probe:
                    probe.bind((host, port))
            return port
        except OSError:
            continue


class Screen:
    """The lines of a terminal that is high enough never to scroll."""

    def __init__(self):
        self.lines = [""]
        self.row = self.column = 0
        self.rest = ""

    def feed(self, text):
        text, self.rest = self.rest + text, ""
        cut = text.rfind("\x1b")  # A sequence may come in pieces.
        if cut >= 0 and not SEQUENCE.match(text, cut).group().strip("\x1b"):
            text, self.rest = text[:cut], text[cut:]
        for found in SEQUENCE.finditer(text):
            if found.group(2):
                self.control(found.group(2), found.group(1))
            elif len(found.group()) == 1:
                self.put(found.group())

    def put(self, char):
        if char == "\n":
            self.move_to(self.row + 1, self.column)
        elif char == "\r":
            self.column = 0
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\t":
            self.column = (self.column // 8 + 1) * 8
        elif char >= " " and char != "\x7f":
            if self.column >= COLUMNS:
                self.move_to(self.row + 1, 0)
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + char + line[self.column + 1:]
            self.column += 1

    def control(self, kind, text):
        number = int(text) if text.isdigit() else None
        line = self.lines[self.row]
        if kind == "A":
            self.row = max(0, self.row - (number or 1))
        elif kind == "B":
            self.move_to(self.row + (number or 1), self.column)
        elif kind == "C":
            self.column += number or 1
        elif kind == "D":
            self.column = max(0, self.column - (number or 1))
        elif kind == "G":
            self.column = (number or 1) - 1
        elif kind == "P":
            self.lines[self.row] = line[:self.column] + line[self.column + (number or 1):]
        elif kind == "@":
            self.lines[self.row] = line[:self.column] + " " * (number or 1) + line[self.column:]
        elif kind in "JK":
            self.lines[self.row] = {1: " " * self.column + line[self.column:], 2: ""}.get(
                number, line[:self.column])
            if kind == "J" and not number:
                del self.lines[self.row + 1:]

    def move_to(self, row, column):
        self.lines += [""] * (row + 1 - len(self.lines))
        self.row, self.column = row, column


class Console:
    """A program with a prompt. `label` tells its lines from those of others."""

    def __init__(self, command, label, prompt):
        self.label = label
        self.prompt = re.compile(re.escape(prompt) + r"\d+>$")
        self.screen = Screen()
        self.raw = b""
        self.command = command
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TROUPE_")}
        environment["TERM"] = "xterm"
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def lines(self):
        """What the screen shows, without the blanks at the ends."""
        return [line.rstrip() for line in self.screen.lines[:self.screen.row + 1]]

    def current_line(self):
        return self.lines()[-1]

    def at_prompt(self):
        return bool(self.prompt.match(self.current_line()))

    def read(self, timeout):
        """Takes in what the program printed. Returns whether there was something."""
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # So Linux tells that the other side is closed.
            data = b""
        if not data:
            raise Failure(f"{self.command[0]} ended, with status {self.process.wait(PATIENCE)}")
        self.raw += data
        text = self.raw.decode("utf-8", "ignore")
        self.raw = b""
        self.screen.feed(text)
        return True

    def wait(self, condition, what):
        """Reads until `condition` holds and the screen has been still for a moment."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self.read(0):
                pass
            if condition() and not self.read(0.1):
                return
            if time.monotonic() > deadline:
                raise Failure(f"{what} did not come within {PATIENCE} s")
            self.read(0.1)

    def type(self, text, pace):
        """Types a line; `pace` is the time between keys."""
        for part in text if pace else [text]:
            os.write(self.master, part.encode())
            time.sleep(pace)
        os.write(self.master, b"\r")

    def leave(self):
        """Ctrl-D at the prompt: a console ends with status 0."""
        if self.process.poll() is None:
            os.write(self.master, b"\x04")
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.read(0.1)
            except Failure:
                break
        status = self.process.wait(PATIENCE)
        if status != 0:
            raise Failure(f"the console of terminal {self.label} ended with status {status}, not 0")

    def end(self):
        """Ends the program, whatever state it is in."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.master)


def hand_over(console):
    """Connects our own terminal with the console until it ends."""

    def fit(*_):
        size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(console.master, termios.TIOCSWINSZ, size)

    fit()
    signal.signal(signal.SIGWINCH, fit)
    before = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        os.write(1, (console.current_line() + " ").encode())
        while True:
            ready = select.select([0, console.master], [], [])[0]
            if console.master in ready:
                data = os.read(console.master, 65536)
                if not data:
                    return
                os.write(1, data)
            if 0 in ready:
                os.write(console.master, os.read(0, 4096))
    except OSError:
        return
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        print(flush=True)
