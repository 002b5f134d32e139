"""What the tests of containers share: the engine, projects of docker compose, and nodes in them.

Everything that is made here has a name that begins with `troupe-test`, and is removed when its test ends.
scripts/containers provides an engine where none runs.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/conformance"))

import support  # noqa: E402, from the conformance tests

PREFIX = "troupe-test"
QUICK = PREFIX + ":quick"  # The program that was built here, in the image of compose/Dockerfile.
BUILT = PREFIX + ":built"  # What compose/Dockerfile builds from source.
IMAGE = os.environ.get("TROUPE_TEST_IMAGE", QUICK)
COMPOSE_FILE = ROOT / "compose/compose.yaml"
DNS_FILE = ROOT / "compose/compose.dns.yaml"
TICKTIME = 2.0


def run(*command, seconds=60.0, check=True, **more):
    """Runs a command to its end; returns its output and errors as one text."""
    try:
        done = subprocess.run([str(x) for x in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds, **more)
    except subprocess.TimeoutExpired as x:
        raise AssertionError(f"still running after {seconds} s: {command}; printed {x.stdout!r}") from None
    text = done.stdout.decode("utf-8", "replace")
    if check and done.returncode != 0:
        raise AssertionError(f"status {done.returncode} of {' '.join(map(str, command))}:\n{text}")
    return text


def why_not():
    """Why no containers can run here; empty when they can."""
    if os.environ.get("TROUPE_NO_CONTAINERS"):
        return os.environ["TROUPE_NO_CONTAINERS"]
    if not shutil.which("docker"):
        return "docker is not installed; scripts/containers run COMMAND sees to it"
    try:
        answer = subprocess.run(["docker", "version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
    except subprocess.TimeoutExpired:
        return "the Docker engine does not answer within 20 s"
    if answer.returncode != 0:
        return "no Docker engine answers; scripts/containers run COMMAND starts one"
    if not compose_command():
        return "there is neither docker compose nor docker-compose"
    return ""


def compose_command():
    """Compose v2, or docker-compose of Python; none: empty."""
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            if subprocess.run(command + ["version"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                return command
        except OSError:
            pass
    return []


def has_image(name):
    return subprocess.run(["docker", "image", "inspect", name], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def remove_all(prefix):
    """Removes containers and networks whose names begin so."""
    for kind, command in (("ps -aq", "rm -f -v"), ("network ls -q", "network rm")):
        found = run("docker", *kind.split(), "--filter", f"name=^/?{prefix}").split()
        if found:
            run("docker", *command.split(), *found, check=False)


def remove_leftovers():
    """Removes what belongs to tests that were killed: their process ids are in the names, and are free again."""
    names = run("docker", "ps", "-a", "--format", "{{.Names}}") + run("docker", "network", "ls", "--format", "{{.Name}}")
    for number in set(re.findall(f"^{PREFIX}-(\\d+)[-_]", names, re.M)):
        if not pathlib.Path("/proc", number).exists():
            remove_all(f"{PREFIX}-{number}[-_]")


class Node:
    """A node in a container. Its main process is told what to evaluate, as on a pipe; `docker logs` has all that
    it printed in all its lives."""

    def __init__(self, case, container):
        self.case = case
        self.container = container
        self.attached = None

    def inspect(self, path):
        return json.loads(run("docker", "inspect", "-f", "{{json " + path + "}}", self.container))

    def started_at(self):
        """When this life began, in seconds since 1970."""
        return seconds_since_1970(self.inspect(".State.StartedAt"))

    def address(self, network):
        return self.inspect(f'(index .NetworkSettings.Networks "{network}").IPAddress')

    def attach(self):
        """Connects with the input and output of the main process: once in each of its lives."""
        self.attached = support.Piped(["docker", "attach", "--sig-proxy=false", self.container], dict(os.environ))
        self.case.addCleanup(self.attached.stop)
        return self

    def ask(self, line, seconds=support.DEADLINE):
        return self.attached.ask(line, seconds)

    def nodes(self):
        """The other nodes, sorted."""
        return sorted(self.ask('Enum.join(Node.list(), " ")').strip('"').split())

    def lines(self, pattern=""):
        """What it logged: pairs of time and line, those in which `pattern` is found."""
        found = []
        for line in self.log().splitlines():
            when, _, text = line.partition(" ")
            if re.search(pattern, text):
                found.append((seconds_since_1970(when), text))
        return found

    def log(self):
        """All that it printed on standard error, with the time in front."""
        return subprocess.run(["docker", "logs", "-t", self.container], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=True).stderr.decode("utf-8", "replace")

    def docker(self, verb, *arguments):
        return run("docker", verb, *arguments, self.container)


def seconds_since_1970(text):
    when, fraction = re.fullmatch(r"(.*?)(\.\d+)?Z", text).groups()
    whole = datetime.datetime.fromisoformat(when).replace(tzinfo=datetime.timezone.utc).timestamp()
    return whole + float(fraction or 0)


class Case(unittest.TestCase):
    """A test with a project of docker compose of its own, which is gone when the test ends."""

    files = (COMPOSE_FILE, ROOT / "tests/container/nodes.yaml")
    image = IMAGE

    def setUp(self):
        why = why_not()
        if why:
            self.skipTest(why)
        if not has_image(self.image):
            self.skipTest(f"there is no image {self.image}: python3 tests/container/images.py makes it")
        self.project = f"{PREFIX}-{os.getpid()}"
        self.network = self.project + "_default"
        self.environment = support.clean_environment(os.environ.get("HOME", "/"), TROUPE_IMAGE=self.image,
                                                     TROUPE_TICKTIME=str(TICKTIME), COMPOSE_PROJECT_NAME=self.project)
        self.addCleanup(remove_all, self.project + "[-_]")

    def compose_line(self, *arguments):
        """The command line that gives docker compose these arguments."""
        files = [x for file in self.files for x in ("-f", str(file))]
        return compose_command() + files + [str(x) for x in arguments]

    def compose(self, *arguments, **more):
        return run(*self.compose_line(*arguments), env=self.environment, **more)

    def containers(self, service):
        return self.compose("ps", "-q", service).split()

    def up(self, *services):
        """Starts services; returns their nodes, attached."""
        self.compose("up", "-d", "--no-build", "--no-deps", *services)
        nodes = [Node(self, x).attach() for service in services for x in self.containers(service)]
        return nodes if len(nodes) > 1 else nodes[0]

    def meet(self, wanted, seconds, since=None):
        """Waits until each node lists exactly the names it is mapped to; returns how long it took. The limit
        counts from `since`, a time in seconds since 1970, or from now."""
        since = time.time() if since is None else since
        listed = {}

        def done():
            listed.clear()
            listed.update({node: node.nodes() for node in wanted})
            return all(listed[node] == sorted(names) for node, names in wanted.items())

        support.wait_until(done, lambda: "; ".join(
            f"{node.ask('Node.self()')} lists {listed[node]}, not {sorted(names)}\n"
            f"{node.log()}" for node, names in wanted.items() if listed[node] != sorted(names)),
            seconds - (time.time() - since))
        return time.time() - since


def main():
    """Runs the tests of a file, as those of conformance."""
    result = unittest.main(verbosity=2, exit=False).result
    for test, why in result.skipped:
        print(f"SKIPPED: {test.id()}: {why}")
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun and len(result.skipped) == result.testsRun:
        sys.exit(support.SKIPPED)
