#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of "./quickstart ..." is what the program prints, and of "cat FILE" the file.
Blocks of "$ iptlint ..." are run one after the other, in a work tree of git with fw/rules.v4.

usage: readme.py
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally, difference

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def set_up(folder):
    os.mkdir(os.path.join(folder, "fw"))
    shutil.copy(os.path.join(ROOT, "tests", "fixtures", "readme", "rules.v4"), os.path.join(folder, "fw"))
    os.mkdir(os.path.join(folder, "bin"))
    os.symlink(os.path.abspath(program.PROGRAM), os.path.join(folder, "bin", "iptlint"))
    for words in (["init", "-q"], ["add", "fw"], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def sessions(tally, readme):
    """Commands that build on each other."""
    if not shutil.which("git"):
        tally.skip("no git")
        return
    with tempfile.TemporaryDirectory(prefix="iptlint-readme.") as folder:
        set_up(folder)
        environment = dict(program.ENVIRONMENT, PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"])
        for block in re.findall(r"^```\n(\$ (?:iptlint|sed) .*?)^```", readme, re.M | re.S):
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
                done = subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
                tally.equal(f"README.md: {command}", done.stdout, shown)


def main():
    tally = Tally()
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        readme = f.read()
    blocks = re.findall(r"^\$ \./quickstart ((check|trace|diff|graph|convert|test) [^\n]+)\n(.*?)^```", readme, re.M | re.S)
    tally.equal("README.md shows a check, a trace, a diff, a graph, a test and a conversion", sorted(kind for _, kind, _ in blocks),
                ["check", "convert", "diff", "graph", "test", "trace"])
    os.chdir(ROOT)
    for words, kind, text in blocks:
        done = program.run(*shlex.split(words))
        shown, printed = text.rstrip("\n"), done.out.decode().rstrip("\n")
        tally.check(f"{kind} prints what README.md shows", shown == printed,
                    lambda: difference(shown, printed))
        tally.equal(f"the exit status of {kind}", done.exit, {"check": 1, "diff": 1, "trace": 0, "graph": 0, "convert": 0, "test": 1}[kind])
    for path, text in re.findall(r"^\$ cat (\S+)\n(.*?)^```", readme, re.M | re.S):
        with open(path, encoding="utf-8") as f:
            tally.equal(f"{path} is what README.md shows", f.read(), text)
    sessions(tally, readme)
    tally.end()


main()
