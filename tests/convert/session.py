#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of iptables, simulated, against the same calls for real.

Each sequence runs in a fresh network namespace with the real programs, and through
tests/convert/session_run.  Compared are the status of each call, what it prints, and what
iptables-save says in the end.  Needs root.

usage: session.py [--quick] [--words] [--seed N] [--random N] [--rules N]
                  [FILE]...

--quick: without the real programs; FILE: its sequences only
"""
import argparse
import os
import random
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import calls
import judge
import randomrule
from tally import Tally

BUILD = os.path.join(HERE, "..", "..", "build")
RUNNER = os.environ.get("SESSION_RUN") or os.path.join(BUILD, "tests", "convert", "session_run")
DATE = re.compile(rb" on \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$", re.M)


def program(name, family, backend):
    """The name of the real program: "iptables" is written for both families."""
    name = name.replace("iptables", "ip6tables") if family == 6 else name
    base, _, rest = name.partition("-")
    return f"{base}-{backend}" + (f"-{rest}" if rest else "") if base != "ipset" else name


def tidy(text):
    return DATE.sub(b" on DATE", text)


class Real:
    def __init__(self):
        self.judge = judge.Judge()

    def run(self, sequence, family, backend):
        self.judge.fresh_namespace()
        results = []
        for words, text in sequence:
            argv = [program(words[0], family, backend), *words[1:]]
            status, out, errors = self.judge.run(argv, text)
            results.append((128 - status if status < 0 else status, out, errors))
        return results, self.judge.saved(family, backend)


def call_line(words, text, family, backend):
    """As session_run reads it."""
    line = "\t".join([program(words[0], family, backend), *words[1:]])
    return line + ("\t<<\n" + text.decode() + "." if text else "")


def simulated(sequence, family, backend):
    """The same from session_run: a list of results and the saved text."""
    lines = [call_line(words, text, family, backend) for words, text in sequence]
    done = subprocess.run([RUNNER, str(family), backend], input="\n".join(lines).encode() + b"\n",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if done.returncode:
        raise RuntimeError(f"session_run: {done.returncode} {done.stderr!r}")
    return parse(done.stdout, len(sequence))


def parse(out, n):
    results = []
    for _ in range(n):
        head, _, out = out.partition(b"\n")
        status, length, errors = map(int, head.split()[1:])
        results.append((status, out[:length], out[length:length + errors]))
        out = out[length + errors:]
    head, _, out = out.partition(b"\n")
    if head != b"= end":
        raise RuntimeError(f"session_run: {head!r}")
    return results, out


def is_exact(words, backend):
    """Calls whose output has to be the same byte for byte."""
    if words[-2:] == ["-L", "-n"] and backend == "nft" and words[1] == "-t" and len(words) == 5:
        return False  # of random rules: what nft makes an expression of is listed otherwise
    verbose = any(re.fullmatch("-[nLSx]*v[nLSx]*|--verbose", word) for word in words)
    lists = any(re.match("-[nvx]*[LS]|--list", word) for word in words)
    return (words[0] != "ipset" and "-h" not in words and "--help" not in words and
            (lists or not verbose))


def spell(words, text):
    return " ".join(word if re.fullmatch(r"[\w./:=,+!-]+", word) else repr(word)
                    for word in words) + (f" < {text!r}" if text else "")


def states(source, backend):
    """A random sequence with others in it that are gone back from: as if they had not been.
    A list of what is wrong."""
    parts = [calls.of(calls.random_sequence(source))[:-3] for _ in range(5)]
    lines = [[call_line(words, text, 4, backend) for words, text in part] for part in parts]
    kept = lines[0] + lines[2] + lines[4]
    with_states = (lines[0] + ["%save"] + lines[1] + ["%save"] + lines[3] + ["%restore 0"] +
                   lines[2] + ["%restore 1"] + lines[4][:7] + ["%restore 0", "%equal 0"] +
                   lines[2] + ["%forget 1", "%forget 0"] + lines[4])
    plain = run_lines(kept, backend)
    ours = run_lines(with_states, backend)
    wrong = []
    if plain.split(b"= end\n")[1] != ours.split(b"= end\n")[1]:
        wrong.append("another ruleset in the end\n" + "\n".join(with_states))
    tail = len(lines[4])
    if (re.findall(rb"^= (\d+) ", plain, re.M)[-tail:] !=
            re.findall(rb"^= (\d+) ", ours, re.M)[-tail:]):
        wrong.append("another status\n" + "\n".join(with_states))
    if b"\n= 1 0 0\n" not in ours:
        wrong.append("not equal to the state that it went back to")
    return wrong


def run_lines(lines, backend):
    return subprocess.run([RUNNER, "4", backend], input="\n".join(lines).encode() + b"\n",
                          stdout=subprocess.PIPE, check=True, timeout=60).stdout


def reread(source, backend):
    """What -S prints, taken for commands, makes the same chains.  A list of what is wrong."""
    sequence = calls.of(calls.random_sequence(source))[:-1]
    results, _ = simulated(sequence, 4, backend)
    table = sequence[-1][0][1:3] if "nat" in sequence[-1][0] else []
    listing = next(result[1] for (words, _), result in zip(reversed(sequence), reversed(results))
                   if words == ["iptables", *table, "-S"])
    if table and b" DROP\n" in listing:
        return []  # a policy in nat, which only iptables-restore sets
    again = [(["iptables", *table, *calls.words_of(line)], b"")
             for line in listing.decode().splitlines()] + [(["iptables", *table, "-S"], b"")]
    results, _ = simulated(again, 4, backend)
    wrong = [f"{spell(*call)}: {result[2].decode()}" for call, result in zip(again, results)
             if result[0]]
    return wrong or ([] if results[-1][1] == listing else [listing.decode(),
                                                           results[-1][1].decode()])


class Comparison:
    def __init__(self, tally):
        self.tally, self.real = tally, Real()
        self.calls = self.refused = 0
        self.other_words = {}

    def sequence(self, name, sequence, family, backend):
        real, saved = self.real.run(sequence, family, backend)
        ours, text = simulated(sequence, family, backend)
        trouble = []
        for (words, given), theirs, own in zip(sequence, real, ours):
            self.calls += 1
            self.refused += theirs[0] != 0
            what = spell(words, given)
            if theirs[0] != own[0]:
                trouble.append(f"{what}: status {own[0]}, really {theirs[0]}: {theirs[2]!r}"
                               f" (ours: {own[2]!r})")
            elif is_exact(words, backend) and tidy(theirs[1]) != tidy(own[1]):
                trouble.append(f"{what}: output\n{own[1].decode()}really\n{theirs[1].decode()}")
            elif theirs[2] != own[2]:
                self.other_words.setdefault((theirs[2], own[2]), what)
        if saved != text:
            trouble.append(f"saved\n{text.decode()}really\n{saved.decode()}")
        self.tally.check(f"{name} ipv{family} {backend}", not trouble,
                         lambda: "\n".join([*(spell(*each) for each in sequence), "--",
                                            *trouble]))


def extensions(comparison, name, rules, family):
    if not rules:
        return
    text = "\n".join(line for rule in rules for line in rule.lines).encode()
    sequence = calls.extension_calls(rules, judge.sets_named(text))
    for backend in ("legacy", "nft"):
        comparison.sequence(name, sequence, family, backend)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--words", action="store_true", help="print error texts that differ")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--random", type=int, default=60)
    parser.add_argument("--rules", type=int, default=300, help="random ones of every extension")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    tally = Tally()
    if not os.path.exists(RUNNER):
        tally.skip(f"{RUNNER} is not built (make check builds it)")
        tally.end()
    for n in range(40):
        backend = ("legacy", "nft")[n % 2]
        wrong = states(random.Random(f"{options.seed} states {n}"), backend)
        tally.check(f"states {n} {backend}", not wrong, "\n".join(wrong))
        wrong = reread(random.Random(f"{options.seed} reread {n}"), backend)
        tally.check(f"-S read again {n} {backend}", not wrong, "\n".join(wrong))
    if options.quick:
        for n, sequence in enumerate(calls.TABLE):
            for family, backend in ((4, "legacy"), (6, "nft")):
                tally.check(f"table {n + 1} ends", simulated(calls.of(sequence), family, backend))
        tally.end()
    why = judge.missing()
    if why:
        tally.skip(why)
        tally.end()
    comparison = Comparison(tally)
    table = [each for path in options.files for each in calls.read(path)] or calls.TABLE
    for n, sequence in enumerate(table):
        for family in (4, 6):
            for backend in ("legacy", "nft"):
                if calls.fits(sequence, family, backend):
                    comparison.sequence(f"table {n + 1}", calls.of(sequence), family, backend)
    if not options.files:
        for n in range(options.random):
            for family in (4, 6):
                for backend in ("legacy", "nft"):
                    source = random.Random(f"{options.seed} {n} {family} {backend}")
                    comparison.sequence(f"random {n}", calls.of(calls.random_sequence(source)),
                                        family, backend)
        for n in range(0, options.rules, 10):
            rules = [randomrule.Rule(options.seed, number) for number in range(n, n + 10)]
            for family in (4, 6):
                extensions(comparison, f"rules from {n}",
                           [rule for rule in rules if rule.family == family], family)
    print(f"{len(table)} sequences and random ones: {comparison.calls} calls, "
          f"{comparison.refused} of them refused; {len(comparison.other_words)} refusals in "
          f"other words")
    for (theirs, own), what in comparison.other_words.items() if options.words else ():
        print(f"{what}\n  really {theirs!r}\n  ours   {own!r}")
    tally.end()


if __name__ == "__main__":
    main()
