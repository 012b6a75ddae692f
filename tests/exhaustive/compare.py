#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py [--tables N] [--seed N]

What diff says of small tables and edited ones, against every packet that there is in their
world: see compare.c.  The program is build/tests/exhaustive/compare, made by "make check".
Prints its figures and at last "N passed, N failed".
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.dirname(os.environ.get("IPTLINT") or
                        os.path.join(HERE, "..", "..", "build", "iptlint"))
PROGRAM = os.path.join(BUILD, "tests", "exhaustive", "compare")


def run(family, tables, seed):
    done = subprocess.run([PROGRAM, family, "--tables", str(tables), "--seed", str(seed)],
                          capture_output=True, text=True, timeout=900)
    print(done.stdout[-6000:] if done.returncode else done.stdout.splitlines()[-2], flush=True)
    figures = re.search(r"(\d+) passed, (\d+) failed", done.stdout)
    if not figures:
        print(done.stderr[-2000:])
        return 0, 1
    return tuple(map(int, figures.groups()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not os.path.exists(PROGRAM):
        subprocess.run(["make", "-s", "-C", BUILD, "tests/exhaustive/compare"], check=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        v4 = pool.submit(run, "-4", options.tables, options.seed)
        v6 = pool.submit(run, "-6", options.tables // 5, options.seed)
        passed, failed = (a + b for a, b in zip(v4.result(), v6.result()))
    print(f"exhaustive comparison: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
