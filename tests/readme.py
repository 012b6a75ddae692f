#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of "./quickstart check" is what the program prints.

usage: readme.py
"""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally, difference

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    tally = Tally()
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        block = re.search(r"^\$ \./quickstart (check \S+)\n(.*?)^```", f.read(), re.M | re.S)
    tally.check("README.md shows a check", block)
    if block:
        os.chdir(ROOT)
        done = program.run(*block[1].split())
        shown, printed = block[2].rstrip("\n"), done.out.decode().rstrip("\n")
        tally.check("it prints what README.md shows", shown == printed,
                    lambda: difference(shown, printed))
        tally.check("the exit status is 1", done.exit == 1, done)
    tally.end()


main()
