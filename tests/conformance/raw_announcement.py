"""Announcements as discovery/PROTOCOL.md has them, made and read by raw bytes.

Written from the document, with Python's own library: what it shares with the program is the document alone.
"""

import hashlib
import hmac
import ipaddress
import struct

import raw_peer

MAGIC = b"TRPD"
HELLO, ANNOUNCE, REPLY, GOODBYE, CHALLENGE, RESPONSE = range(1, 7)
NAME, CREATION, ENDPOINT, SUMMARY, TO, NONCE = range(1, 7)
HIDDEN, SHORT_NAMES = 1, 2
HEADER = struct.Struct(">4sBBBB8sQQIQHH")
PROOF_BYTES = 16


def discovery_key(cookie):
    return raw_peer.hkdf(raw_peer.master_key(cookie), b"troupe 1 discovery mac")


def cluster_tag(cluster):
    return hashlib.sha256(b"troupe cluster " + cluster.encode()).digest()[:8]


def field(kind, value):
    return struct.pack(">BB", kind, len(value)) + value


def endpoint(host, port):
    return field(ENDPOINT, struct.pack(">H", port) + ipaddress.ip_address(host).packed)


def seal(packet, key):
    return packet + hmac.digest(key, packet, "sha256")[:PROOF_BYTES]


def packet(kind, body=b"", *, cookie="monster", cluster="troupe", flags=0, instance=1, incarnation=0, sequence=1,
           wall_ms=0, interval=0, version=1, key_id=0):
    """A packet of `kind`; `interval` is in units of 100 ms."""
    head = HEADER.pack(MAGIC, version, kind, flags, key_id, cluster_tag(cluster), instance, incarnation, sequence,
                       wall_ms, interval, len(body))
    return seal(head + body, discovery_key(cookie))


def read(data, cookie="monster"):
    """Returns the header's fields and the body's, by kind of field; raises ValueError for a wrong proof."""
    if not hmac.compare_digest(seal(data[:-PROOF_BYTES], discovery_key(cookie)), data):
        raise ValueError("wrong proof")
    names = ("magic", "version", "kind", "flags", "key_id", "tag", "instance", "incarnation", "sequence", "wall_ms",
             "interval", "length")
    head = dict(zip(names, HEADER.unpack(data[:HEADER.size])))
    body = data[HEADER.size:-PROOF_BYTES]
    fields = {}
    while body:
        kind, length = body[0], body[1]
        fields.setdefault(kind, []).append(body[2:2 + length])
        body = body[2 + length:]
    return head, fields
