#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""good.py [NAME]

Ordinary good files stay silent: no warning, no error, exit 0; they load with both back ends,
and infos do not end in exit 1.

The files are in tests/fixtures/good: routers, servers, the dumps of hosts on which Docker,
kubernetes and fail2ban add rules, fragments in the style of ufw (whose folder says that they
are loaded with --noflush), what distributions ship, and the correct lines of the tutorials.
"""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import program
from tally import Tally

FOLDER = os.path.join(os.path.dirname(HERE), "fixtures", "good")


def family(path):
    """"6" or "4": files.v6, and before6.rules."""
    return "6" if os.path.splitext(path)[0].endswith("6") or path.endswith(".v6") else "4"


def said(report):
    return "\n".join(f"{d['start']['line']}: {d['level']} {d['rule']}: {d['message']}"
                     for d in report["diagnostics"] if d["level"] != "info")


def main():
    tally = Tally("good.py")
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    files = [os.path.join(folder, name) for folder, _, names in os.walk(FOLDER) for name in names]
    for path in sorted(path for path in files if chosen in path):
        name = os.path.relpath(path, FOLDER)
        done, report = program.check(path, family=family(path))
        if not tally.check(f"{name}: a report", report is not None, done):
            continue
        tally.equal(f"{name}: silent", said(report), "")
        tally.check(f"{name}: exit 0", done.exit == 0, done)
        loads = report["files"][0]["loads"]
        tally.check(f"{name}: loads", loads == {"legacy": True, "nft": True}, loads)
    tally.end()


main()
