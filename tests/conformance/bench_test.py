"""The benchmark runs, says what it measured in three forms, and refuses what it does not know."""

import json
import pathlib
import shutil
import subprocess

import support


class Benchmark(support.Case):
    def bench(self, *args):
        program = pathlib.Path(support.troupe_path()).with_name("troupe-bench")
        done = subprocess.run([program, *args], env=self.env, capture_output=True, timeout=100)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_every_workload_runs(self):
        file, chart = pathlib.Path(self.home, "all.json"), pathlib.Path(self.home, "all.svg")
        status, out, err = self.bench("--quick", "--transport", "plain", "--against", "raw", "--json", file, "--plot", chart)
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"(?m)^round trip, one pair +[0-9.]+ [mun]?s +[0-9.]+ [mun]?s +[0-9.]+$")
        self.assertNotIn(": it said", out)
        cells = json.loads(file.read_text())
        ours = [x for x in cells if x["contender"] == "troupe plain"]
        self.assertGreaterEqual(len(ours), 16)
        for x in ours:
            self.assertEqual(len(x["rounds"]), 1, f"{x}\n{out}")
            self.assertGreater(x["rounds"][0]["value"], 0, x)
        self.assertTrue(chart.read_text().startswith("<svg"))

    def test_against_erlang(self):
        args = ("--quick", "--transport", "tls", "--against", "erlang", "--workloads", "rtt-1,spawn")
        status, out, err = self.bench(*args)
        self.assertEqual(status, 0, err)
        if not shutil.which("erl"):
            self.assertIn("without Erlang: erl is not installed", err)
            self.skipTest("erl is not installed")
        self.assertRegex(out, r"(?m)^remote spawn, one after another +[0-9.]+ [mun]s +[0-9.]+ [mun]s +[0-9.]+$")

    def test_mistakes_are_named(self):
        for args, what in ((("--workloads", "rtt-7"), "--workloads rtt-7: must be of rtt-1, rtt-16"),
                           (("--against", "ergo"), "--against ergo: must be raw, erlang"),
                           (("--rounds", "0"), "--rounds 0: must be between 1 and 1000"),
                           (("--transport", "udp"), "--transport udp: must be tls, plain or both"),
                           (("--fast",), "fast")):
            status, out, err = self.bench(*args)
            self.assertEqual((status, out), (2, ""))
            self.assertIn(what, err)


if __name__ == "__main__":
    support.main()
