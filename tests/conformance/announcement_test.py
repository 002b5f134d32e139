"""The golden announcements against an encoder of their own."""

import struct
import unittest

from raw_announcement import (ANNOUNCE, CHALLENGE, CREATION, GOODBYE, HELLO, HIDDEN, NAME, NONCE, REPLY, RESPONSE,
                              SHORT_NAMES, SUMMARY, TO, endpoint, field, packet)
import support

GOLDEN = support.ROOT / "tests" / "conformance" / "golden"
A = dict(instance=0x0102030405060708, incarnation=1790000000000, wall_ms=1790000012345)
B = dict(instance=0x1112131415161718, incarnation=1789999999000, wall_ms=1790000012345)
SELF = field(NAME, b"a@10.0.0.7") + field(CREATION, struct.pack(">I", 0x01020304))
SEES = field(SUMMARY, struct.pack(">IQ", 2, 0xa1a2a3a4a5a6a7a8))
PLACES = endpoint("10.0.0.7", 9100) + endpoint("fe80::7", 9100)
NONCE_BYTES = bytes(range(16))


def golden(name):
    lines = (GOLDEN / f"announcement_{name}.hex").read_text().splitlines()
    return bytes.fromhex("".join(line.split("#")[0] for line in lines))


class AnnouncementTest(unittest.TestCase):
    def check(self, name, data):
        self.assertEqual(golden(name).hex(" "), data.hex(" "))

    def test_hello(self):
        self.check("hello", packet(HELLO, SELF + PLACES, sequence=1, interval=25, **A))

    def test_announce(self):
        self.check("announce", packet(ANNOUNCE, SELF + SEES + PLACES, flags=HIDDEN | SHORT_NAMES, sequence=7,
                                      interval=25, **A))

    def test_reply(self):
        to_b = field(TO, struct.pack(">Q", B["instance"]))
        self.check("reply", packet(REPLY, SELF + SEES + to_b + PLACES, sequence=8, interval=25, **A))

    def test_goodbye(self):
        self.check("goodbye", packet(GOODBYE, SELF, sequence=9, **A))

    def test_challenge(self):
        to_a = field(TO, struct.pack(">Q", A["instance"]))
        self.check("challenge", packet(CHALLENGE, to_a + field(NONCE, NONCE_BYTES), sequence=3, **B))

    def test_response(self):
        to_b = field(TO, struct.pack(">Q", B["instance"]))
        self.check("response", packet(RESPONSE, SELF + to_b + field(NONCE, NONCE_BYTES) + PLACES, sequence=10,
                                      interval=25, **A))


if __name__ == "__main__":
    unittest.main()
