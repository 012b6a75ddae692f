#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of "./quickstart ..." is what the program prints, and of "cat FILE" the file.

usage: readme.py
"""
import os
import re
import shlex
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally, difference

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    tally = Tally()
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = f.read()
    blocks = re.findall(r"^\$ \./quickstart ((check|trace|graph|convert) [^\n]+)\n(.*?)^```", readme, re.M | re.S)
    tally.equal("README.md shows a check, a trace, a graph and a conversion", sorted(kind for _, kind, _ in blocks),
                ["check", "convert", "graph", "trace"])
    os.chdir(ROOT)
    for words, kind, text in blocks:
        done = program.run(*shlex.split(words))
        shown, printed = text.rstrip("\n"), done.out.decode().rstrip("\n")
        tally.check(f"{kind} prints what README.md shows", shown == printed,
                    lambda: difference(shown, printed))
        tally.equal(f"the exit status of {kind}", done.exit, {"check": 1, "trace": 0, "graph": 0, "convert": 0}[kind])
    for path, text in re.findall(r"^\$ cat (\S+)\n(.*?)^```", readme, re.M | re.S):
        with open(path, encoding="utf-8") as f:
            tally.equal(f"{path} is what README.md shows", f.read(), text)
    tally.end()


main()
