"""Discovery where something is wrong: two nodes of one name, a clock that is an hour off, strangers; and the doctor."""

import glob
import subprocess

import netns_support as netns
import support

FAKE_CLOCK = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")


class Faults(netns.Case):
    def host(self, segment, number):
        return self.net.host(f"h{number}", segment, f"10.77.0.{number}/24")

    def doctor(self, host, *args, cookie="monster"):
        done = subprocess.run(["ip", "netns", "exec", host, support.troupe_path(), "doctor", "--name", "probe@localhost",
                               "--listen", "0.0.0.0", "--epmd-port", str(self.epmd_port), "--cookie", cookie, *args],
                              env=self.env, capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def test_of_two_nodes_of_one_name_the_older_keeps_it(self):
        segment = self.net.segment()
        older = self.node(self.host(segment, 1), "twin@localhost")
        other = self.node(self.host(segment, 2), "other@10.77.0.2")
        self.started(older, other)
        self.wait_lists([(older, [other.name]), (other, [older.name])], 3, "the older twin is in")
        younger = self.node(self.host(segment, 3), "twin@localhost")
        self.started(younger)
        support.wait_until(lambda: self.lines(younger, r"discovery: conflict"), younger.err, 5)
        expected = [(older, [other.name]), (other, [older.name]), (younger, [])]
        self.wait_lists(expected, 5, "the younger twin is alone")
        self.stays(expected, 3, "nothing flaps")
        support.wait_until(lambda: self.lines(older, r"discovery: conflict"), older.err, 5)
        self.assertEqual(len(self.lines(younger, r"discovery: conflict")), 1, younger)

    def test_a_clock_that_is_an_hour_off_keeps_nobody_out(self):
        if not FAKE_CLOCK:
            self.skipTest("libfaketime is not installed")
        segment = self.net.segment()
        right = [self.node(self.host(segment, i), f"n{i}@10.77.0.{i}") for i in (1, 2)]
        self.started(*right)
        env, self.env = self.env, {**self.env, "LD_PRELOAD": FAKE_CLOCK[0], "FAKETIME": "+3600s",
                                   "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        wrong = self.node(self.host(segment, 3), "n3@10.77.0.3")
        self.env = env
        self.meshed([*right, wrong], self.started(wrong), 3, "a clock an hour off")
        told = [x for x in [*right, wrong] if self.lines(x, r"discovery: clock_skew")]
        self.assertTrue(told, [x.err() for x in [*right, wrong]])

    def test_the_doctor_sees_interfaces_peers_and_other_cookies(self):
        segment = self.net.segment()
        peer = self.node(self.host(segment, 1), "peer@10.77.0.1")
        stranger = self.node(self.host(segment, 2), "stranger@10.77.0.2", cookie="kookaburra")
        foreign = self.node(self.host(segment, 3), "foreign@10.77.0.3", "--cluster", "other")
        self.started(peer, stranger, foreign)
        status, page = self.doctor(self.host(segment, 4), "--discover", "multicast")
        self.assertEqual(status, 1, page)
        for text in ["probe@localhost", "eth0  10.77.0.4/24", "eth0, IPv4: joined, and a packet came back",
                     "peer@10.77.0.1 at 10.77.0.1", "10.77.0.2 is of this cluster and has another cookie",
                     "other clusters sent", "1 problem:"]:
            self.assertIn(text, page)

    def test_the_doctor_says_why_nothing_can_be_heard(self):
        status, page = self.doctor(self.net.host("alone"), "--discover", "multicast",
                                   "--discover", "seeds:x@127.0.0.1:1", "--discover", "dns:nobody.test:1")
        self.assertEqual(status, 1, page)
        self.assertIn("multicast     ! ", page)
        self.assertIn("x@127.0.0.1:1 at 127.0.0.1:1: node_unreachable", page)
        self.assertIn("nobody.test A: ", page)


if __name__ == "__main__":
    support.main()
