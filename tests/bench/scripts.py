#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many scripts of a collection are converted: each FILE runs for real, in namespaces of
its own, and is converted statically and with --run; one line tells what came out.

usage: scripts.py [--args "WORD..."] [--try] FILE...

    equal       the tables are those of the real run, byte for byte
    told        not, and there are findings
    WRONG       not, and nothing says so
    crash       convert ended by a signal, with exit 2, or not within a minute

With --try a script that leaves nothing is run again with "start", then "restart".  The script's
folder is copied, so that it finds what lies beside it.  Exit 1 if anything is WRONG or a
crash.  Needs root.
"""
import argparse
import collections
import os
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import conversion
import realrun
from script import FAMILIES


class Case:
    def __init__(self, path, args):
        self.folder, self.script = os.path.split(os.path.abspath(path))
        self.name, self.args, self.options = self.script, args, []


def run_for_real(runner, path, words, again):
    """(Case, Real) of the first words that leave anything."""
    for args in [words, ["start"], ["restart"]] if again else [words]:
        case = Case(path, args)
        real = runner.run(case.folder, case.script, case.args)
        if any(real.tables.values()) or not real.in_time:
            break
    return case, real


def judged(case, mode, real):
    try:
        made = conversion.Conversion(case, mode, "legacy")
    except subprocess.TimeoutExpired:
        return "crash", "no end"
    first = str(made.findings[0]) if made.findings else ""
    if made.done.exit not in (0, 1):
        return "crash", made.done.err.decode(errors="replace")[:80].strip()
    if all(made.tables(family) == real.tables[family] for family in FAMILIES):
        return "equal", first
    return "told" if made.done.exit == 1 and made.findings else "WRONG", first


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--args", default="")
    parser.add_argument("--try", dest="again", action="store_true")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args()
    why = realrun.missing() or conversion.missing()
    if why:
        sys.exit(f"scripts.py: {why}")
    modes = ["static"] + ([] if conversion.missing("run") else ["run"])
    runner, counts = realrun.RealRun(), {mode: collections.Counter() for mode in modes}
    print(f"{'script':32} {'rules':>6} " + " ".join(f"{mode:7}" for mode in modes) + " first finding")
    for path in options.files:
        case, real = run_for_real(runner, path, shlex.split(options.args), options.again)
        results = {mode: judged(case, mode, real) for mode in modes}
        for mode, (verdict, _) in results.items():
            counts[mode][verdict] += 1
        rules = sum(table.count(b"\n-A ") for table in real.tables.values())
        print(f"{case.name[:32]:32} {rules:6} " + " ".join(f"{results[m][0]:7}" for m in modes)
              + f" {results['static'][1]}" + ("" if real.in_time else " (real run: no end)"), flush=True)
    for mode in modes:
        print(f"{mode}: " + ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts[mode].items())))
    sys.exit(1 if any(counts[m][v] for m in modes for v in ("WRONG", "crash")) else 0)


main()
