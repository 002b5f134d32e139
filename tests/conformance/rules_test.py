"""What scenarios and the table of rules say of each other, and that what the table names exists."""

import re
import unittest

import scenario
import support

TESTS = support.ROOT / "tests"
RULE = re.compile(r"^[A-Z]+-[0-9]+[A-Za-z]*$")


def rows():
    """The lines of tables in RULES.md: rule, text."""
    result = []
    for line in (TESTS / "RULES.md").read_text().splitlines():
        if m := re.match(r"\| ([A-Z]+-[0-9]+[A-Za-z]*) \| (.*) \|$", line):
            result.append((m[1], m[2]))
    return result


def cases():
    """Names of all tests, in C++ and in Python."""
    names = set()
    for path in TESTS.rglob("*_test.cpp"):
        # A long name is a literal in several pieces.
        for m in re.finditer(r'TEST_CASE(?:_FIXTURE)?\((?:\w+,)?\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', path.read_text()):
            names.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', m[1])).replace('\\"', '"'))
    for path in TESTS.rglob("*_test.py"):
        group = ""
        for line in path.read_text().splitlines():
            if m := re.match(r"class (\w+)", line):
                group = m[1]
            elif m := re.match(r"    def (test_\w+)", line):
                names.add(f"{path.stem}.{group}.{m[1]}")
    return names


def played(name):
    """The rules whose lines the original's record of a scenario has."""
    lines = [re.sub(r"^\w+\| ", "", x) for x in scenario.recorded(name)]
    return {x.split(":")[0] for x in lines}


class Rules(unittest.TestCase):
    maxDiff = None

    def nothing(self, wrong):
        self.assertEqual([], sorted(wrong))

    def test_a_scenario_shows_every_rule_that_its_header_names_and_no_other(self):
        wrong = []
        for name in scenario.scenarios():
            if not (scenario.FOLDER / f"{name}.out").exists():
                wrong.append(f"{name}.out is missing: scenario.py --record {name}")
                continue
            named = set(scenario.header(name)["Rules"].split())
            wrong += [f"{name}.exs names {x}, which {name}.out does not show" for x in named - played(name)]
            wrong += [f"{name}.out shows {x}, which {name}.exs does not name" for x in played(name) - named]
        self.nothing(wrong)

    def test_every_record_has_its_scenario(self):
        self.nothing({x.name for x in scenario.FOLDER.glob("*.out") if not x.with_suffix(".exs").exists()})

    def test_the_table_names_what_there_is(self):
        known = cases()
        wrong = []
        for rule, text in rows():
            for name in re.findall(r"`([^`]+)`", text):
                if m := re.fullmatch(r"scenarios/(\w+)\.exs", name):
                    if not (scenario.FOLDER / f"{m[1]}.exs").exists():
                        wrong.append(f"{rule}: there is no {name}")
                    elif rule not in scenario.header(m[1])["Rules"].split():
                        wrong.append(f"{rule}: {name} does not name it")
                elif name not in known and not (TESTS / name).is_file():
                    wrong.append(f"{rule}: there is no test or file `{name}`")
        self.nothing(wrong)

    def test_the_table_has_every_rule_once_and_every_scenario_of_it(self):
        table = rows()
        names = [x for x, _ in table]
        wrong = [f"{x} stands there more than once" for x in set(names) if names.count(x) > 1]
        wrong += [f"{x}: nothing shows it, and there is no reason" for x, text in table if not text.strip()]
        texts = dict(table)
        for name in scenario.scenarios():
            for rule in scenario.header(name)["Rules"].split():
                if not RULE.match(rule):
                    wrong.append(f"{name}.exs: {rule} is no rule")
                elif f"`scenarios/{name}.exs`" not in texts.get(rule, ""):
                    wrong.append(f"{rule}: its line does not name scenarios/{name}.exs")
        self.nothing(wrong)

    def test_pending_scenarios_exist(self):
        import scenario_test
        self.nothing(set(scenario_test.PENDING) - set(scenario.scenarios()))


if __name__ == "__main__":
    support.main()
