#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real rules files from public repositories (../shared/corpus, not part of the project):

* a file loads with a real back end if and only if "check" says so;
* "compile --exact-save" prints the tables that the real save command prints;
* "fmt" is idempotent, and the real tools make the same ruleset of a file and of what fmt
  makes of it.

usage: corpus.py [WORD]     only files whose name holds WORD

Needs root.  What the real tools said is kept beside the program under test, by content.
"""
import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import judge
import program
from tally import Tally

RULES = os.path.join(program.ROOT, "..", "shared", "corpus", "rules")
BACKENDS = ("legacy", "nft")


class RememberingJudge:
    """Asks the real tools once for each content."""

    def __init__(self):
        self.judge = judge.Judge()
        self.path = os.path.join(os.path.dirname(os.path.abspath(program.PROGRAM)),
                                 "corpus-judge.json")
        try:
            with open(self.path) as f:
                self.known = json.load(f)
        except (OSError, ValueError):
            self.known = {}

    def saved(self, family, backend, rules):
        """The saved text, or None if the file does not load."""
        key = f"{family} {backend} {hashlib.sha256(rules).hexdigest()}"
        if key not in self.known:
            verdict = self.judge.load(family, backend, rules)
            self.known[key] = verdict.text.decode("latin-1") if verdict.loads else None
        text = self.known[key]
        return None if text is None else text.encode("latin-1")

    def keep(self):
        new = self.path + ".new"
        with open(new, "w") as f:
            json.dump(self.known, f)
        os.rename(new, self.path)


def corpus(word):
    for family in (4, 6):
        folder = os.path.join(RULES, f"v{family}")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".rules") and word in name:
                yield family, name, os.path.join(folder, name)


def check_loads(tally, name, path, family, real):
    done, report = program.check(path, family=family)
    if not tally.check(f"{name}: check", report and len(report["files"]) == 1, done):
        return
    for backend in BACKENDS:
        ours = report["files"][0]["loads"][backend]
        loads = real[backend] is not None
        tally.check(f"{name}: loads on {backend}", ours in (loads, None),
                    lambda: f"real: {loads}\n{done}")


def check_compile(tally, name, path, family, real):
    for backend in BACKENDS:
        if real[backend] is None:
            continue
        done = program.compile(path, family, backend, ("--exact-save", "--keep-names"))
        if tally.check(f"{name}: compile for {backend}", done.exit == 0, done):
            tally.equal(f"{name}: text of {backend}", done.out, real[backend])


def check_fmt(tally, name, path, family, rules, real, oracle):
    once = program.run("fmt", f"-{family}", "-", stdin=rules)
    twice = program.run("fmt", f"-{family}", "-", stdin=once.out)
    tally.check(f"{name}: fmt", once.exit in (0, 1), once)
    tally.equal(f"{name}: fmt of fmt", twice.out, once.out)
    tally.check(f"{name}: as many lines", once.out.count(b"\n") == rules.count(b"\n"), once)
    for backend in BACKENDS:
        got = oracle.saved(family, backend, once.out)
        tally.check(f"{name}: fmt changes nothing on {backend}", got == real[backend],
                    lambda: f"wanted {real[backend]!r:.500}\ngot {got!r:.500}")


def main():
    tally = Tally()
    why = judge.missing()
    if not os.path.isdir(RULES):
        tally.skip("there is no ../shared/corpus")
    elif why:
        tally.skip(why)
    if tally.skipped:
        tally.end()
    oracle = RememberingJudge()
    count = loaded = 0
    for family, name, path in corpus(sys.argv[1] if len(sys.argv) > 1 else ""):
        with open(path, "rb") as f:
            rules = f.read()
        real = {b: oracle.saved(family, b, rules) for b in BACKENDS}
        count += 1
        loaded += sum(text is not None for text in real.values())
        check_loads(tally, name, path, family, real)
        check_compile(tally, name, path, family, real)
        check_fmt(tally, name, path, family, rules, real, oracle)
    oracle.keep()
    print(f"{count} files; the real back ends load {loaded} of {2 * count}")
    tally.end()


main()
