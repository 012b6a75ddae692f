#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No two files of the library define the same global name: the linker would silently take
the one that it finds first.  Last line: "N passed, N failed"."""
import collections
import os
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
import program
from tally import Tally


def main():
    tally = Tally("symbols.py")
    archive = os.path.join(os.path.dirname(program.PROGRAM), "libiptlint.a")
    if not os.path.exists(archive):
        tally.skip("the library is not built")
        tally.end()
    listing = subprocess.run(["nm", "--defined-only", "--extern-only", "--format=posix", archive],
                             capture_output=True, text=True, check=True).stdout
    names = collections.Counter(line.split()[0] for line in listing.splitlines()
                                if len(line.split()) >= 2 and not line.endswith(":"))
    twice = sorted(name for name, n in names.items() if n > 1)
    tally.check(f"{len(names)} names, each defined once", not twice, " ".join(twice))
    tally.end()


main()
