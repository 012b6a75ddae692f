#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py [--tables N] [--seed N]

What diff says of small tables and edited ones, against every packet that there is in their
world: see compare.c.  Prints its figures and at last "N passed, N failed".
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import small_worlds


def main():
    _, _, passed, failed = small_worlds.run_both("compare", __doc__, tables=3000, v6_each=5)
    print(f"exhaustive comparison: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
