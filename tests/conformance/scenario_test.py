"""Every scenario shows here what it showed on the original, with both transports, and what a live original shows."""

import shutil
import unittest

import scenario
import support

# Scenarios that only the original plays yet, and what is missing here.
PENDING = {}


class Scenarios(unittest.TestCase):
    maxDiff = None

    def shows(self, name, original, *more):
        self.assertEqual("\n".join(scenario.play(name, original, *more)), "\n".join(scenario.recorded(name)))


def add(name):
    def pending(self):
        if name in PENDING:
            self.skipTest(f"not here yet: {PENDING[name]}")

    def test_tls(self):
        pending(self)
        self.shows(name, False)

    def test_plain(self):
        pending(self)
        self.shows(name, False, "--transport", "plain")

    def test_original(self):
        if not shutil.which("elixir"):
            self.skipTest("elixir is not installed")
        self.shows(name, True)

    for kind, f in (("tls", test_tls), ("plain", test_plain), ("original", test_original)):
        setattr(Scenarios, f"test_{name}_{kind}", f)


for _name in scenario.scenarios():
    add(_name)

if __name__ == "__main__":
    support.main()
