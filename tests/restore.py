#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each file of tests/fixtures/restore: the program gives the verdict and the text of the
real iptables that stand in "expect".  Needs neither root nor iptables-restore.

usage: restore.py [NAME]...
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import fixture
import program
from tally import Tally

LOADS = {"loads": True, "refused": False, "depends": None}


def check_verdicts(tally, case, expect):
    done, report = program.check(case.input, family=case.family)
    if not report or done.exit not in (0, 1) or len(report["files"]) != 1:
        tally.fail(f"{case.name}: check", done)
        return
    loads = report["files"][0]["loads"]
    wanted = {b: LOADS[expect[b][0].split(",")[0]] for b in fixture.BACKENDS}
    tally.check(f"{case.name}: loads", loads == wanted, lambda: f"wanted {wanted}\n{done}")
    if False in wanted.values():
        # One that only one back end refuses is a backend-difference.
        tally.check(f"{case.name}: is reported", report["diagnostics"] and done.exit == 1, done)


def check_text(tally, case, backend, expect):
    verdict, text = expect[backend]
    done = program.compile(case.input, case.family, backend)
    name = f"{case.name}: compile for {backend}"
    if verdict == "loads":
        if tally.check(name, done.exit == 0, done):
            tally.equal(name, done.out, text)
    else:
        tally.check(name, done.exit == 1 and done.out == b"" and done.err != b"", done)
    counted = expect.get(backend + " -c")
    if verdict == "loads" and counted and counted[0] == "loads":
        done = program.compile(case.input, case.family, backend,
                               ("--exact-save", "--counters"))
        tally.equal(name + " --counters", done.out, counted[1])


def main():
    tally = Tally()
    cases = fixture.fixtures(sys.argv[1:])
    for case in cases:
        expect = case.expect()
        check_verdicts(tally, case, expect)
        for backend in fixture.BACKENDS:
            check_text(tally, case, backend, expect)
    print(f"{len(cases)} fixtures, both back ends: verdict and text as the real iptables has them")
    tally.end()


main()
