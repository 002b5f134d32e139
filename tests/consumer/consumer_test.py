#!/usr/bin/env python3
"""Installs the build into a fresh prefix, builds the hello sample against that alone, and runs it.

    consumer_test.py BUILD_DIR CXX_COMPILER
"""

import pathlib
import random
import socket
import subprocess
import sys
import tempfile

PATIENCE = 30  # seconds for the two nodes; installing and compiling have CTest's limit
WANTED = "hello from multinode@127.0.0.2\n"


def step(*command):
    print("$", *command, flush=True)
    subprocess.run([str(x) for x in command], check=True, stdin=subprocess.DEVNULL)


def free_port():
    """A port that nobody has on either address, below those of outgoing connections."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            for host in ("127.0.0.1", "127.0.0.2"):
                with socket.socket() as probe:
                    probe.bind((host, port))
            return port
        except OSError:
            continue


def main():
    build, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]
    source = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory(prefix="troupe-consumer-") as folder:
        prefix, out = pathlib.Path(folder, "prefix"), pathlib.Path(folder, "build")
        step("cmake", "--install", build, "--prefix", prefix)
        step("cmake", "-S", source, "-B", out, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
             f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}", *sanitizer(build))
        step("cmake", "--build", out)
        return run(out / "consumer")


def sanitizer(build):
    """The installed libraries need it at link time."""
    for line in (build / "CMakeCache.txt").read_text().splitlines():
        if line.startswith("TROUPE_SANITIZE:") and not line.endswith("="):
            return ["-DCMAKE_CXX_FLAGS=-fsanitize=" + line.split("=", 1)[1]]
    return []


def run(program):
    options = ["--cookie", "monster", "--epmd-port", str(free_port())]
    peer = subprocess.Popen([program, "--name", "multinode@127.0.0.2", *options],
                            stdin=subprocess.DEVNULL)
    try:
        # The peer may need a moment: a node that is not there yet is an answer without the line.
        for _ in range(10):
            done = subprocess.run([program, "--name", "multinode@127.0.0.1", *options],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=PATIENCE)
            if done.stdout == WANTED and done.returncode == 0:
                break
        print(f"status {done.returncode}, printed {done.stdout!r}", done.stderr, flush=True)
    finally:
        peer.terminate()
        try:
            peer.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            peer.kill()
    if peer.returncode != 0:
        print(f"the peer ended with status {peer.returncode}, not 0")
    return 0 if done.stdout == WANTED and done.returncode == 0 and peer.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
