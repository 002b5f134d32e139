#!/usr/bin/env python3
"""Plays a session on two nodes, each on a pseudo terminal of its own, and checks every answer.

    play.py --check PROGRAM   exits with 1 when an answer is wrong, and says which
    play.py --show PROGRAM    the same, at a pace for reading
    play.py --stay PROGRAM    the same, then connects this terminal with the first node

What is checked is the screen, as a user sees it. Only Python's standard library is needed.
"""

import argparse
import os
import re
import signal
import sys
import time

from pseudo_terminal import Console, Failure, free_port, hand_over

ONE, TWO = "multinode@127.0.0.1", "multinode@127.0.0.2"
PID = r"#PID<\d+\.\d+\.\d+>"
OWN_PID = r"#PID<0\.\d+\.\d+>"


def exactly(text):
    return re.escape(text)


# Terminal, what is typed, the lines that come (patterns; in any order), and what waits for more input.
SESSION = [
    (ONE, ":erlang.nodes", [exactly("[]")]),
    (ONE, f'Node.ping :"{TWO}"', [":pong"]),
    (ONE, ":erlang.nodes", [exactly(f'[:"{TWO}"]')]),
    (TWO, ":erlang.nodes", [exactly(f'[:"{ONE}"]')]),
    (ONE, f'Node.spawn :"{TWO}", fn -> IO.puts :erlang.node end', [PID, exactly(TWO)]),
    (ONE, 'Node.ping :"nosuch@127.0.0.2"', [":pang"]),
    (ONE, f'Node.spawn :"{TWO}", fn -> n = IO.gets("name? "); '
          'IO.puts("hello " <> String.trim(n) <> " from #{node()}") end',
     [PID], ("name? ", "joe", [exactly(f"hello joe from {TWO}")])),
    (TWO, "Process.register(self(), :shell)", ["true"]),
    (ONE, f'send({{:shell, :"{TWO}"}}, {{:hello, self()}})', [r"\{:hello, " + OWN_PID + r"\}"]),
    (TWO, "flush()", [r"\{:hello, " + PID + r"\}", ":ok"]),
]


class Player:
    """Types into consoles, shows their screens, compares."""

    def __init__(self, consoles, pace):
        self.consoles = consoles
        self.pace = pace

    def play(self, where, text, wanted, question=None):
        console = self.consoles[where]
        prompt, before = console.current_line(), len(console.lines())
        console.type(text, self.pace)
        if question:
            self.answer(console, question, before)
            wanted = wanted + [re.escape(question[0] + question[1])] + question[2]
        console.wait(lambda: self.is_complete(console, before, wanted), f"the answer to {text}")
        answer = console.lines()[before:-1]
        for line in [f"{prompt} {text}"] + answer:
            print(f"{console.label} {line}", flush=True)
        if not match_all(answer, wanted):
            raise Failure(f"{where}: the answer to {text}\n  is     {answer}\n  not as {wanted}")
        time.sleep(20 * self.pace)

    def is_complete(self, console, before, wanted):
        answer = console.lines()[before:-1]
        return console.at_prompt() and len(answer) >= len(wanted)

    def answer(self, console, question, before):
        """Somebody asks on this terminal: waits until it does, and types."""
        asked, reply, _ = question
        console.wait(lambda: console.current_line() == asked.rstrip(), f"the question {asked!r}")
        console.type(reply, self.pace)


def match_all(lines, patterns):
    """Whether each line matches a pattern of its own, and none is left."""
    left = list(patterns)
    for line in lines:
        found = next((p for p in left if re.fullmatch(p, line)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def start_consoles(program, pace):
    port = str(free_port("127.0.0.1", "127.0.0.2"))
    consoles = {}
    for number, name in ((1, ONE), (2, TWO)):
        shown = f"troupe --name {name} --cookie monster"
        print(f"terminal {number}: $ {shown}", flush=True)
        console = Console([program, "--name", name, "--cookie", "monster", "--epmd-port", port],
                          f"{number}|", f"troupe({name})")
        consoles[name] = console
    for console in consoles.values():
        console.wait(console.at_prompt, "the first prompt")
        for line in console.lines()[:-1]:
            print(console.label, line)
        time.sleep(20 * pace)
    return consoles


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    for option in ("check", "show", "stay"):
        mode.add_argument(f"--{option}", action="store_true")
    parser.add_argument("program")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pace = 0 if args.check else 0.02
    consoles = {}
    try:
        print("Two nodes on this machine; the port mapper they share is one of them, on a free port.")
        consoles = start_consoles(os.path.abspath(args.program), pace)
        player = Player(consoles, pace)
        for step in SESSION:
            player.play(*step)
        print(f"All {len(SESSION)} answers are right.", flush=True)
        if args.stay:
            print(f"You are on terminal 1 now, in the console of {ONE}. Ctrl-D leaves.", flush=True)
            hand_over(consoles[ONE])
        for console in consoles.values():
            console.leave()
        return 0
    except Failure as failure:
        print(f"WRONG: {failure}", file=sys.stderr)
        for console in consoles.values():
            print(f"The screen of terminal {console.label[0]}:", file=sys.stderr)
            for line in console.lines():
                print(f"    {line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for console in consoles.values():
            console.end()


if __name__ == "__main__":
    sys.exit(main())
