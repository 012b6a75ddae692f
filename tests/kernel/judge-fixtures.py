#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Are the expectations of tests/fixtures/restore what the real iptables says?

Needs root.  With --write, writes them (look at the diff before a commit).
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import fixture
import judge
from tally import Tally


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    tally = Tally()
    cases = fixture.fixtures([a for a in arguments if not a.startswith("-")])
    why = judge.missing()
    if why:
        tally.skip(why, len(cases))
        tally.end()
    the_judge = judge.Judge()
    for case in cases:
        said = fixture.expectation(case, the_judge)
        if write:
            with open(case.expect_path, "wb") as f:
                f.write(said)
        with open(case.expect_path, "rb") as f:
            tally.equal(case.name, said, f.read())
    print(f"{len(cases)} fixtures, restored by both back ends of the real iptables")
    tally.end()


main()
