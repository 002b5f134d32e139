"""Plays what compose/README.md shows, on the image that compose/Dockerfile builds.

In a block, `$ ` begins a command; one that opens a console gets a terminal, which is left before a `## ` and a
`down`. A line with the prompt of a console is typed into that one. All other lines are what comes: of a console
exactly, of a command among others, after waiting; `...` stands for anything.
"""

import os
import re
import shlex
import time

import containers
import support

README = containers.ROOT / "compose/README.md"
PROMPT = re.compile(r"(troupe\(([^)]*)\)\d+>) (.*)")
WAIT = 2.5 * containers.TICKTIME


def matches(wanted, line):
    """Whether a line is as in the README, where `...` and the numbers of processes may differ."""
    pattern = re.escape(support.normalise(wanted)).replace(r"\.\.\.", ".*")
    return re.fullmatch(pattern, support.normalise(line)) is not None


def steps(text):
    """Pairs of a command, or of a line with a prompt, and the lines that follow it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for line in block.splitlines():
            if line.startswith("$ ") or PROMPT.match(line):
                found.append((line, []))
            else:
                found[-1][1].append(line)
    return found


class Readme(containers.Case):
    image = containers.BUILT

    def setUp(self):
        super().setUp()
        del self.environment["TROUPE_TICKTIME"]  # The README sets it where it wants to.
        self.directory = containers.ROOT
        self.terminals = []
        self.retried = set()  # Terminals whose prompts have other numbers than in the README.

    def test_every_block(self):
        sections = README.read_text().split("\n## ")
        played = 0
        for section in sections:
            self.directory = containers.ROOT
            if "cd compose" not in section:
                self.directory = containers.ROOT / "compose"
            for line, wanted in steps(section):
                self.play(line, wanted)
                played += 1
            self.leave()
        self.assertGreater(played, 15)

    def play(self, line, wanted):
        typed = PROMPT.match(line)
        if typed:
            self.type(typed, wanted)
        elif line.startswith("$ cd "):
            self.directory = containers.ROOT / line[5:]
        elif re.search(r"^\$ docker compose .*\b(run|exec) ", line):
            self.terminals.append(self.open(line[2:]))
        else:
            if line.endswith(" down"):
                self.leave()
            self.run_until(line[2:], wanted)

    def command(self, line):
        """What is run for a command of the README: for this project, and with what is installed here."""
        line = line.replace("docker compose", shlex.join(containers.compose_command()))
        line = line.replace("docker run --rm troupe ", f"docker run --rm {self.image} ")
        return ["bash", "-c", line.replace("compose_default", self.network)]

    def open(self, line):
        before = os.getcwd()
        os.chdir(self.directory)
        try:
            terminal = support.Terminal(self.command(line), self.environment)
        finally:
            os.chdir(before)
        self.addCleanup(terminal.stop)
        terminal.prompt(seconds=30)
        return terminal

    def type(self, typed, wanted):
        """Types again, with the same number in the prompt of the README, until the answer is right."""
        name = typed[2].replace("...", "")
        fitting = [x for x in self.terminals if f"troupe({name}" in x.prompt()]
        self.assertEqual(len(fitting), 1, typed[0])
        terminal = fitting[0]
        self.assertTrue(matches(typed[1], terminal.prompt()) or terminal in self.retried, (typed[1], str(terminal)))
        deadline = time.monotonic() + WAIT
        while True:
            said = self.answer(terminal, typed[3], len(wanted))
            if len(said) == len(wanted) and all(any(matches(x, y) for y in said) for x in wanted):
                return
            self.retried.add(terminal)
            self.assertLess(time.monotonic(), deadline, f"{typed[0]}\n{wanted}, but {said}\n{terminal}")

    def answer(self, terminal, line, count):
        """Types, and returns what stands between this prompt and the next: at least `count` lines."""
        prompt = terminal.prompt()
        first = len(terminal.lines())

        def answered():
            lines = terminal.lines()
            return terminal.prompt() != prompt and len(lines) - first - 1 >= count

        terminal.type(line)
        support.wait_until(answered, lambda: f"no answer\n{terminal}", 5)
        return terminal.lines()[first:-1]

    def run_until(self, line, wanted):
        deadline = time.monotonic() + WAIT
        while True:
            text = containers.run(*self.command(line), env=self.environment, cwd=self.directory)
            lines = [re.sub(r"\x1b\[[0-9;]*m", "", x).rpartition("| ")[2] for x in text.splitlines()]
            missing = [x for x in wanted if not any(matches(x.rpartition("| ")[2], y) for y in lines)]
            if not missing:
                return
            self.assertLess(time.monotonic(), deadline, f"{line}: no {missing} in\n{text}")
            time.sleep(0.1)

    def leave(self):
        for terminal in self.terminals:
            terminal.write("\x04")
            self.assertEqual(terminal.wait(), 0, str(terminal))
        self.terminals = []


if __name__ == "__main__":
    containers.main()
