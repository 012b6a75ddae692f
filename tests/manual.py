#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The man page: mandoc has nothing to say, and every subcommand and option is in it.

usage: manual.py
"""
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

PAGE = os.path.join(program.ROOT, "doc", "iptlint.1")


def main():
    tally = Tally()
    with open(PAGE) as f:
        page = f.read()
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-T", "lint", PAGE], capture_output=True, text=True)
        # The pages beside it need not be installed.
        said = [line for line in done.stdout.splitlines()
                if not re.search(r"referenced manual not found: Xr iptlint", line)]
        tally.equal("mandoc -T lint", "\n".join(said), "")
    else:
        tally.skip("no mandoc")
    commands = re.findall(r"^  ([a-z]+) ", program.run("--help").out.decode(), re.M)
    for command in commands:
        tally.check(f"{command} is in the page", f".It Cm {command}\n" in page)
        text = program.run(command, "--help").out.decode()
        for option in re.findall(r"^  (?:-., |    )--([a-z0-9-]+)", text, re.M):
            tally.check(f"{command} --{option} is in the page", option == "help" or f"Fl -{option}" in page)
    tally.check("there are subcommands", len(commands) > 5)
    tally.end()


main()
