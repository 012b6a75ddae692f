#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py [--tables N] [--seed N]

What is called dead in small tables made by chance, against every packet that there is in
their world: see exhaustive.c.  Prints its figures and at last "N passed, N failed".
"""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import small_worlds

TABLES, RULES_WANTED = 5000, 100000


def main():
    # most of the time of IPv6 goes into masks with holes of 128 bits
    options, texts, passed, failed = small_worlds.run_both("exhaustive", __doc__, TABLES, v6_each=10)
    found = [re.search(r"(\d+) rules.*\n\d+ passed", text) for text in texts]
    rules = sum(int(one[1]) for one in found if one)
    if options.tables >= TABLES and rules < RULES_WANTED:
        print(f"only {rules} rules; at least {RULES_WANTED} are wanted")
        failed += 1
    print(f"exhaustive: {rules} rules; {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
