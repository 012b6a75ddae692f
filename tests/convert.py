#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each script of tests/fixtures/convert: "convert" gives the tables that the real shell and
the real iptables left (expect4, expect6), and the findings that stand there; statically and
with --run.  Needs neither root nor iptables; tests/convert/judge.py asks the real ones.

usage: convert.py [--static] [NAME]...
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import conversion
import script
from tally import Tally


def main():
    arguments = sys.argv[1:]
    tally = Tally()
    cases = script.scripts([a for a in arguments if not a.startswith("-")])
    for mode in ("static",) if "--static" in arguments else ("static", "run"):
        why = conversion.missing(mode)
        if why:
            tally.skip(why, len(cases))
            continue
        for case in cases:
            # Endless scripts end by a limit in a sandbox: tested there.
            if mode == "static" or "run" in case.modes:
                one = case.differs_by_backend() or len(case.backends) == 1
                conversion.check(tally, case, mode, "legacy" if one else None)
        print(f"{len(cases)} scripts converted, {mode}")
    tally.end()


main()
