#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fmt on random rules (every extension, table, chain and family): a second fmt changes
nothing, and the real legacy and nft make the same ruleset of a file before and after.

usage: fmt_random.py [-n FILES] [-s SEED]     needs root
"""
import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import judge
import program
import randomrule
from tally import Tally

BACKENDS = ("legacy", "nft")


def write(folder, rules):
    """One file for each rule, spelled in a less tidy way than they come."""
    paths = {4: [], 6: []}
    for i, rule in enumerate(rules):
        path = os.path.join(folder, f"{i}.v{rule.family}")
        with open(path, "wb") as f:
            f.write(rule.file().replace(b" -m ", b"   -m ").replace(b" -j ", b" --jump "))
        paths[rule.family].append(path)
    return paths


def contents(paths):
    result = {}
    for path in paths:
        with open(path, "rb") as f:
            result[path] = f.read()
    return result


def saved(oracle, family, backend, rules):
    """The saved text, or None; with the sets that a random rule may name."""
    oracle.fresh_namespace()
    for n, kind in enumerate(("hash:ip", "hash:net,port", "hash:ip,port,net"), 1):
        if f"s{n}v{family}".encode() in rules:
            oracle.run(["ipset", "create", f"s{n}v{family}", kind, "family",
                        "inet6" if family == 6 else "inet"])
    code, _, _ = oracle.run([oracle.program(family, backend, "restore")], rules)
    return None if code else oracle.saved(family, backend)


def check(tally, oracle, family, paths):
    before = contents(paths)
    done = program.run("fmt", f"-{family}", *paths)
    if not tally.check("fmt", done.exit in (0, 1), done):
        return 0, 0
    once = contents(paths)
    program.run("fmt", f"-{family}", *paths)
    twice = contents(paths)
    loaded = 0
    for path in paths:
        tally.equal(f"fmt of fmt: {before[path]!r}", twice[path], once[path])
        if once[path] == before[path]:
            continue
        for backend in BACKENDS:
            a = saved(oracle, family, backend, before[path])
            b = saved(oracle, family, backend, once[path])
            loaded += a is not None
            tally.check(f"fmt on {backend}: {before[path]!r}", a == b,
                        lambda: f"{once[path]!r}\nbefore {a}\nafter  {b}")
    return sum(once[path] != before[path] for path in paths), loaded


def main():
    tally = Tally()
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("-s", type=int, default=1)
    args = parser.parse_args()
    why = judge.missing()
    if why:
        tally.skip(why)
        tally.end()
    oracle = judge.Judge()
    rules = [randomrule.Rule(args.s, n) for n in range(args.n)]
    changed = loaded = 0
    with tempfile.TemporaryDirectory(prefix="iptlint-fmt.") as folder:
        for family, paths in write(folder, rules).items():
            figures = check(tally, oracle, family, paths)
            changed += figures[0]
            loaded += figures[1]
    print(f"{len(rules)} files with seed {args.s}: fmt changes {changed}; "
          f"{loaded} loads compared")
    tally.end()


main()
