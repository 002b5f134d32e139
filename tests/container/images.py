#!/usr/bin/env python3
"""Makes the images that the tests of containers use, and removes them.

    images.py quick     the program that TROUPE_BIN names, in the image of compose/Dockerfile: seconds
    images.py built     all that compose/Dockerfile does, the compiler included: minutes
    images.py remove    removes both, and what tests left behind; with TROUPE_KEEP_IMAGES=yes the images stay
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import containers
import support
from containers import BUILT, PREFIX, QUICK, ROOT

STAGES = [f"{PREFIX}:runtime", f"{PREFIX}:builder"]
CACHE = f"{PREFIX}:ccache"
# What makes a compiler's run the same here and there; .ci/run has them, too.
CCACHE_SHARED = ["CCACHE_NOHASHDIR=1", "CCACHE_COMPILERCHECK=content", "CCACHE_SLOPPINESS=locale",
                 "CCACHE_IGNOREOPTIONS='-Werror -Wno-maybe-uninitialized'"]


def build(tag, context, *options):
    """Shows what docker says only when it fails. Without BuildKit, which not every engine has."""
    show(tag, ["docker", "build", "--force-rm", "-t", tag, *options, str(context)])


def show(tag, command, **more):
    before = identity(tag)
    environment = {**os.environ, "DOCKER_BUILDKIT": "0", **more}
    began = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(done.stdout.decode("utf-8", "replace")[-6000:])
        print(f"FAILED: {' '.join(command)}")
        sys.exit(1)
    if before and before != identity(tag):
        containers.run("docker", "rmi", before, check=False)
    print(f"{tag}: built in {time.monotonic() - began:.1f} s")


def identity(tag):
    return containers.run("docker", "images", "-q", "--no-trunc", tag).strip()


def stage(name, *options):
    """One stage of the Dockerfile, under a name, so that it can be removed."""
    build(f"{PREFIX}:{name}", ROOT, "-f", str(ROOT / "compose/Dockerfile"), "--target", name, *options)


def foreign(program):
    """Why the program cannot run in the image; empty when it can."""
    found = re.search(r"lib[at]san|libubsan", containers.run("ldd", program))
    if found:
        return f"{program} is built with sanitizers, which the image does not have"
    if "VERSION_CODENAME=bookworm\n" not in pathlib.Path("/etc/os-release").read_text():
        return f"{program} is built on another system than the image's, Debian 12"
    return ""


def quick():
    why = foreign(support.troupe_path())
    if why:
        print(f"SKIPPED: {why}")
        sys.exit(support.SKIPPED)
    stage("runtime")
    with tempfile.TemporaryDirectory(prefix="troupe-test-") as context:
        program = pathlib.Path(context) / "troupe"
        shutil.copy(support.troupe_path(), program)
        subprocess.run(["strip", program], check=False)
        (pathlib.Path(context) / "Dockerfile").write_text(
            f"FROM {PREFIX}:runtime\nCOPY troupe /usr/local/bin/\nRUN troupe --version\n")
        build(QUICK, context)


def with_ccache(directory):
    """An image to compile in that has the files of a ccache, which the preset dev has filled."""
    with tempfile.TemporaryDirectory(prefix="troupe-test-") as context:
        shutil.copytree(directory, pathlib.Path(context) / "ccache")
        (pathlib.Path(context) / "Dockerfile").write_text(f"""FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ccache
COPY ccache /var/cache/ccache
ENV CCACHE_REMOTE_STORAGE=file:/var/cache/ccache CCACHE_BASEDIR=/src {" ".join(CCACHE_SHARED)}
""")
        build(CACHE, context)


def built():
    """What a user gets, by docker compose as a user does; but by the preset dev, which saves a quarter of the
    time, and with TROUPE_JOBS compilers at once. What docker compose finds built already it takes as it is.
    TROUPE_CCACHE_SHARED names a folder of what the preset dev has compiled, which is not compiled again."""
    options = ["--build-arg", "PRESET=dev"]
    if os.environ.get("TROUPE_JOBS"):
        options += ["--build-arg", "JOBS=" + os.environ["TROUPE_JOBS"]]
    shared = os.environ.get("TROUPE_CCACHE_SHARED")
    if shared and os.path.isdir(shared):
        with_ccache(shared)
        options += ["--build-arg", f"BUILDER={CACHE}"]
    for name in ("runtime", "builder"):
        stage(name, *options)
    show(BUILT, [*containers.compose_command(), "-f", str(containers.COMPOSE_FILE), "build", *options, "node1"],
         TROUPE_IMAGE=BUILT)


def remove():
    containers.remove_leftovers()
    if os.environ.get("TROUPE_KEEP_IMAGES") == "yes":
        return
    for image in [QUICK, BUILT, *STAGES, CACHE]:
        if containers.has_image(image):
            print(f"removing {image}")
            containers.run("docker", "rmi", "-f", image, check=False)
    # What a build that failed left.
    containers.run("docker", "image", "prune", "-f", "--filter", "label=troupe=builder")


def main():
    actions = {"quick": quick, "built": built, "remove": remove}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        print(__doc__)
        sys.exit(2)
    why = containers.why_not()
    if why:
        print(f"SKIPPED: {why}")
        sys.exit(support.SKIPPED)
    actions[sys.argv[1]]()


if __name__ == "__main__":
    main()
