#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A rules file with ten different mistakes gives exactly ten findings, each at its place.

The places in fixtures/ten-mistakes/expect were written by hand.
"""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
import program
from tally import Tally

FOLDER = os.path.join(HERE, "fixtures", "ten-mistakes")


def places(report):
    return "".join(f"{d['start']['line']}:{d['start']['column']} {d['rule']}\n"
                   for d in report["diagnostics"])


def main():
    tally = Tally()
    rules = os.path.join(FOLDER, "rules.v4")
    with open(os.path.join(FOLDER, "expect")) as f:
        expect = f.read()
    assert expect.count("\n") == 10
    done, report = program.check(rules)
    if tally.check("a report", report is not None and done.exit == 1, done):
        tally.equal("ten findings", places(report), expect)
        tally.check("refused by both", report["files"][0]["loads"] == {"legacy": False, "nft": False})
        tally.check("the summary", report["summary"]["errors"] == 10, report["summary"])
        print(f"{len(report['diagnostics'])} findings for 10 mistakes")
    done = program.run("check", "--format", "gcc", rules)
    lines = [line.split(b":", 3)[1:3] for line in done.out.splitlines()]
    wanted = [place.split()[0].encode().split(b":") for place in expect.splitlines()]
    tally.equal("the same in gcc's form", lines, wanted)
    tally.end()


main()
