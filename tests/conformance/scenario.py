"""Plays one scenario, a script in Elixir, on the original or on this project, and returns what it showed.

A scenario is scenarios/NAME.exs; what the original showed is recorded in scenarios/NAME.out. Its opening comment says

    # Rules: CONN-01 CONN-02        of the semantics that it shows
    # Nodes: b, c hidden ticktime=4 peers that run before it starts; their options are those of OPTIONS below
    # Self: ticktime=4              options of the node `a` that runs the script; `alone`: it has no name

Names stand for NAME@127.0.0.1. The script prints lines `RULE: value`, which are compared, and `@order`, which the
driver carries out and answers with a line:

    @start b [options]   starts a node and waits until it runs code
    @kill b              SIGKILL, and waits until it is gone
    @freeze b            SIGSTOP
    @thaw b              SIGCONT
    @gone b              waits until it has ended by itself
    @type a TEXT         types this line instead of an answer
    @eof a TEXT          types this, in which \\n is a line break, and ends the input, instead of an answer

Everything else that a program prints, as lines of its log, does not count. Numbers of processes, references and
functions vary: they are counted in the order in which they appear.

    python3 scenario.py --record [NAME...]    plays scenarios on the original and records what they show
    python3 scenario.py NAME [troupe|original] [OPTION...]
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import support

FOLDER = pathlib.Path(__file__).resolve().parent / "scenarios"
COOKIE = "monster"
DEADLINE = 60.0
READY = 'IO.puts("ready")'
LINE = re.compile(r"^[A-Z]+-[0-9]+[A-Za-z]*: ")
# How an option of a node is said to the original's `--erl`, and to this project's program.
OPTIONS = {
    "hidden": ("-hidden", "--hidden"),
    "ticktime": ("-kernel net_ticktime {}", "--ticktime {}"),
    "cookie": ("-setcookie {}", "--cookie {}"),
    "auto_connect": ("-kernel dist_auto_connect {}", "--auto-connect {}"),
    "connect_all": ("-connect_all {}", "--connect-all {}"),
    "overlap": ("-kernel prevent_overlapping_partitions {}", "--prevent-overlapping-partitions {}"),
}


def scenarios():
    return sorted(x.stem for x in FOLDER.glob("*.exs") if x.stem != "prelude")


def header(name):
    """The fields of the opening comment."""
    fields = {"Rules": "", "Nodes": "", "Self": ""}
    for line in (FOLDER / f"{name}.exs").read_text().splitlines():
        if not line.startswith("#"):
            break
        if m := re.match(r"# (Rules|Nodes|Self): (.*)", line):
            fields[m[1]] = f"{fields[m[1]]} {m[2]}".strip()
    return fields


def normalise(lines):
    """Numbers that vary, counted in the order in which they appear."""
    seen = {}

    def count(m):
        kind = m[1] + ("0" if m[1] == "PID" and m[2].startswith("0.") else "")
        numbers = seen.setdefault(m[1], {})
        number = numbers.setdefault(m[2], len(numbers) + 1)
        return f"#{kind}<{number}>"

    result = []
    for line in lines:
        line = re.sub(r"#Function<[^>]*>", "#Function<>", line)
        result.append(re.sub(r"#(PID|Reference|Port)<([0-9.]+)>", count, line))
    return result


def frozen(pid):
    """Whether all threads have stopped; on a busy machine some run on for a while."""
    states = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        states.append(path.read_text().rpartition(")")[2].split()[0])
    return all(x == "T" for x in states)


class Player:
    """Runs the nodes of one scenario; `original` or this project with more options of its program."""

    def __init__(self, original, *more):
        self.original = original
        self.more = more
        self.home = tempfile.mkdtemp(prefix="troupe-scenario-")
        self.port = support.free_port()
        self.env = support.clean_environment(self.home, ERL_EPMD_PORT=str(self.port), ELIXIR_ERL_OPTIONS="")
        self.nodes = {}
        self.epmd = None
        if original:
            self.epmd = support.Child(subprocess.Popen(["epmd", "-port", str(self.port)], env=self.env))

    def command(self, node, given, script):
        options = {"cookie": COOKIE}
        alone = "alone" in given
        for word in given:
            if word == "alone":
                continue
            key, _, value = word.partition("=")
            if key not in OPTIONS:
                raise ValueError(f"unknown option {word}: one of {', '.join(sorted(OPTIONS))}")
            options[key] = value
        name = f"{node}@127.0.0.1"
        if alone:
            options = {}
        said = [OPTIONS[key][0 if self.original else 1].format(value) for key, value in options.items()]
        if self.original:
            command = ["elixir", "--erl", " ".join(said)] + ([] if alone else ["--name", name])
            return command + (["-e", f'Code.eval_file("{script}")'] if script else ["--no-halt", "-e", READY])
        command = [support.troupe_path(), "--epmd-port", str(self.port), *self.more]
        command += [] if alone else ["--name", name]
        command += [word for x in said for word in x.split()]
        return command + (["--eval-file", str(script)] if script else ["--no-halt", "-e", READY])

    def start(self, node, given=(), script=None):
        if node in self.nodes:
            self.nodes[node].stop()
        self.nodes[node] = support.Piped(self.command(node, given, script), self.env)
        if not script:
            support.wait_until(lambda: "ready\n" in self.nodes[node].out(),
                               lambda: f"{node} did not start\n{self.nodes[node]}")

    def obey(self, order):
        """Returns what to type then."""
        verb, node, *given = order.split()
        if verb == "start":
            self.start(node, given)
            return "done\n"
        child = self.nodes[node]
        if verb in ("type", "eof"):
            text = order.split(" ", 2)[2]
            return text + "\n" if verb == "type" else text.replace("\\n", "\n")
        if verb == "kill":
            child.stop()
        elif verb == "freeze":
            child.signal(support.signal.SIGSTOP)
            support.wait_until(lambda: frozen(child.pid), f"{node} did not freeze")
        elif verb == "thaw":
            child.signal(support.signal.SIGCONT)
        elif verb == "gone":
            child.wait()
        else:
            raise ValueError(f"unknown order @{order}")
        return "done\n"

    def play(self, name):
        """Returns the lines that the scenario shows, normalised; first those of the script, then those of peers."""
        fields = header(name)
        text = (FOLDER / f"{name}.exs").read_text()
        if not self.original and 'tell.("kill' in text and ":net_adm" not in text:
            # It serves the port mapper, which would move while others are asking when its node is killed.
            self.start("mapper", ["hidden"])
        for spec in filter(None, (x.split() for x in fields["Nodes"].split(","))):
            self.start(spec[0], spec[1:])
        script = pathlib.Path(self.home) / f"{name}.exs"
        prelude = "\n".join(x for x in (FOLDER / "prelude.exs").read_text().splitlines() if not x.startswith("#"))
        script.write_text(prelude + "\n" + text)
        self.start("a", fields["Self"].split(), script)
        main, done = self.nodes["a"], 0

        def orders():
            return [x[1:] for x in main.out().split("\n")[:-1] if x.startswith("@")]

        while True:
            support.wait_until(lambda: main.process.poll() is not None or len(orders()) > done,
                               lambda: f"{name} did not end\n{main}", DEADLINE)
            if len(orders()) <= done:
                break
            order = orders()[done]
            main.write(self.obey(order))
            if order.startswith("eof"):
                main.end_input()
            done += 1
        if main.wait() != 0:
            raise AssertionError(f"{name} failed with status {main.process.returncode}\n{main}")
        lines = [x for x in main.out().split("\n") if LINE.match(x)]
        for node in sorted(set(self.nodes) - {"a"}):
            self.nodes[node].stop()  # All that it printed has been read then.
            lines += [f"{node}| {x}" for x in self.nodes[node].out().split("\n") if LINE.match(x)]
        return normalise(lines)

    def stop(self):
        for child in self.nodes.values():
            child.stop()
        if self.epmd:
            self.epmd.stop()
        shutil.rmtree(self.home, True)


def play(name, original, *more):
    player = Player(original, *more)
    try:
        return player.play(name)
    finally:
        player.stop()


def recorded(name):
    """What the original showed, without the line that says which original."""
    return (FOLDER / f"{name}.out").read_text().splitlines()[1:]


def version():
    said = subprocess.run(["elixir", "--version"], capture_output=True, check=True).stdout.decode()
    return f"# Erlang/OTP {re.search(r'OTP ([0-9]+)', said)[1]}, Elixir {re.search(r'Elixir ([0-9.]+)', said)[1]}"


def record(names):
    for name in names or scenarios():
        lines = play(name, True)
        (FOLDER / f"{name}.out").write_text("\n".join([version(), *lines]) + "\n")
        print(f"{name}: {len(lines)} lines")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        record(sys.argv[2:])
    elif len(sys.argv) > 1:
        print("\n".join(play(sys.argv[1], sys.argv[2:3] == ["original"], *sys.argv[3:])))
    else:
        print(__doc__)
