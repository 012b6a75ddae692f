#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""User nobody, in an empty network namespace, gets what root gets, and no socket is opened.

Every fixture, and the files of ../shared/corpus (or $IPTLINT_SHARED) where those are, go
through check, compile and fmt under strace.  Needs root (to become nobody) and strace.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import fixture
import judge
import program
import shared
from tally import Tally, difference


def missing():
    for tool in ("strace", "setpriv", "unshare"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    return judge.missing()


def corpus():
    top = os.path.join(shared.FOLDER, "corpus", "rules")
    for folder, _, names in sorted(os.walk(top)):
        for name in sorted(names):
            if name.endswith(".rules"):
                yield os.path.join(folder, name), "v6" if os.path.basename(folder) == "v6" else "v4"


class Sandbox:
    """A folder that nobody can read, with the program and the inputs in it."""

    def __init__(self, tally, folder):
        self.tally, self.folder = tally, folder
        os.chmod(folder, 0o755)
        self.program = os.path.join(folder, "iptlint")
        shutil.copy(program.PROGRAM, self.program)
        os.chmod(self.program, 0o755)
        self.trace = os.path.join(folder, "trace")
        self.calls = self.runs = 0

    def add(self, path, name):
        target = os.path.join(self.folder, name)
        shutil.copyfile(path, target)
        os.chmod(target, 0o644)
        return name

    def as_root(self, arguments):
        return self.run([self.program, *arguments])

    def as_nobody(self, argv):
        with open(self.trace, "w"):
            os.chmod(self.trace, 0o666)
        got = self.run(["unshare", "-n", "setpriv", "--reuid=65534", "--regid=65534",
                        "--clear-groups", "strace", "-f", "-qq", "-o", self.trace, "-e",
                        "signal=none", "-e", "trace=network,execve,getuid", *argv])
        with open(self.trace, errors="replace") as f:
            trace = f.read()
        self.calls += len(re.findall(
            r"^\d+ +(?:socket|socketpair|connect|bind|listen|accept4?|send\w*|recv\w*|[gs]etsockopt)\(",
            trace, re.M))
        return got, trace

    def run(self, argv):
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd=self.folder, env=program.ENVIRONMENT)
        return done.returncode, done.stdout, done.stderr

    def compare(self, case, arguments):
        self.runs += 1
        before = self.calls
        root = self.as_root(arguments)
        nobody, trace = self.as_nobody([self.program, *arguments])
        self.tally.check(f"{case}: strace saw the program", self.program in trace, trace[:500])
        self.tally.check(f"{case}: the same as root", nobody == root,
                         lambda: difference(repr(root[0]).encode() + root[1] + root[2],
                                            repr(nobody[0]).encode() + nobody[1] + nobody[2]))
        self.tally.check(f"{case}: no socket", self.calls == before, trace[:1000])


def main():
    tally = Tally()
    cases = fixture.fixtures()
    why = missing()
    if why:
        tally.skip(why, len(cases))
        tally.end()
    with tempfile.TemporaryDirectory(prefix="iptlint-sandbox.") as folder:
        sandbox = Sandbox(tally, folder)
        got, trace = sandbox.as_nobody(["id", "-u"])
        tally.equal("who it is", got[1], b"65534\n")
        names = [sandbox.add(c.input, f"{c.name}.v{c.family}") for c in cases]
        if not os.path.isdir(os.path.join(shared.FOLDER, "corpus")):
            tally.skip("no corpus here")
        names += [sandbox.add(path, f"corpus-{n}.{family}")
                  for n, (path, family) in enumerate(corpus())]
        sandbox.compare("check of all files", ["check", "--format", "json", *names])
        sandbox.compare("check of all files, in full", ["check", "--show", "info", *names])
        for name in names:
            sandbox.compare(f"compile {name}", ["compile", "--exact-save", "--backend", "legacy", name])
        for name in names[::10]:
            sandbox.compare(f"fmt {name}", ["fmt", "--diff", name])
        print(f"{len(names)} files, {sandbox.runs} runs as nobody without a network: "
              f"{sandbox.calls} calls that make or use a socket")
    tally.end()


main()
