"""Prints the names of all cases in the files that are named, one a line: CMake makes tests of them."""

import sys
import unittest


def cases(suite):
    for x in suite:
        if isinstance(x, unittest.TestSuite):
            yield from cases(x)
        else:
            yield x.id()


for name in cases(unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])):
    print(name)
