#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rules (2 to 4 matches and a target, right and broken values, every table, chain,
family and extension): the same verdict and the same text as the real iptables.

usage: random_rules.py [-n RULES] [-s SEED] [--one NUMBER]

Every rule is a file.  The verdict of each is asked from both back ends, of the real tools
and of the program.  What is accepted is then put together, a file for each table, and the
saved text compared.  Needs root.
"""
import argparse
import collections
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import extensions
import judge
import program
import randomrule
from tally import Tally, difference

CHUNK = 200
BACKENDS = ("legacy", "nft")

# Every rule in turn, each in place of the one before.
SHELL = """
for f do
	case $f in *v6) p=ip6tables ;; *) p=iptables ;; esac
	"$p-$B-restore" < "$f" > /dev/null 2> "$f.$B"
	echo $?
done
"""


def listed_difference(line):
    """Does nft print or hold such a rule in another way, as is known?"""
    return (len(re.findall(r"-m (?:tcp|udp)\\b", line)) > 1 or
            re.search(r"! --(?:[sd]port|source-port|destination-port)[ =](?:0?:(?:65535)?|0:65535)( |$)", line) or
            "NFLOG" in line or re.search(r"-m (?:tcp|udp) (?:-m|-j|-g|$)", line))


class Chunk:
    """Some rules, judged; the figures are added up by the caller."""

    def __init__(self, seed, numbers):
        self.rules = [randomrule.Rule(seed, n) for n in numbers]
        self.failures = []
        self.count = collections.Counter()
        self.seen = collections.Counter()
        self.judge = judge.Judge()

    def namespace(self):
        self.judge.fresh_namespace()
        for family, inet in ((4, "inet"), (6, "inet6")):
            for n, kind in enumerate(("hash:ip", "hash:net,port", "hash:ip,port,net"), 1):
                self.judge.run(["ipset", "create", f"s{n}v{family}", kind, "family", inet])

    def run(self):
        with tempfile.TemporaryDirectory(prefix="iptlint-random.") as folder:
            paths = []
            for i, rule in enumerate(self.rules):
                path = os.path.join(folder, f"{i}.v{rule.family}")
                with open(path, "wb") as f:
                    f.write(rule.file())
                paths.append(path)
            real = {b: self.real_verdicts(b, paths) for b in BACKENDS}
            ours = self.our_verdicts(paths)
            good = {b: self.compare_verdicts(b, real[b], ours, paths) for b in BACKENDS}
            for backend in BACKENDS:
                self.compare_texts(backend, good[backend], folder)
        return self

    def real_verdicts(self, backend, paths):
        self.namespace()
        env = dict(self.judge.env, B=backend)
        done = subprocess.run(["sh", "-c", SHELL, "sh", *paths], stdout=subprocess.PIPE, env=env)
        return [int(word) for word in done.stdout.split()]

    def our_verdicts(self, paths):
        done, report = program.check(*paths)
        if report and len(report["files"]) == len(paths) and not done.crashed:
            return [entry["loads"] for entry in report["files"]]
        out = []
        for rule, path in zip(self.rules, paths):
            done, report = program.check(path)
            if report is None or done.crashed or not report["files"]:
                self.fail(rule, "check failed", done)
                out.append(None)
            else:
                out.append(report["files"][0]["loads"])
        return out

    def fail(self, rule, what, why):
        self.failures.append((f"rule {rule.number} v{rule.family} *{rule.table}: {what}",
                              "\n".join(rule.lines) + f"\n{why}"))

    def compare_verdicts(self, backend, real, ours, paths):
        good = []
        for rule, code, loads, path in zip(self.rules, real, ours, paths):
            if loads is None:
                continue
            wanted, got = code == 0, loads[backend]
            self.count[backend, "accepted" if wanted else "refused"] += 1
            if got is None:
                self.count[backend, "undecided"] += 1
                self.fail(rule, f"{backend}: undecided, but no name is in it", "")
            elif got != wanted:
                with open(f"{path}.{backend}", errors="replace") as f:
                    self.fail(rule, f"{backend} {'accepts' if wanted else 'refuses'}, we do not",
                              f.read().strip()[:300])
            elif wanted:
                good.append(rule)
                self.seen.update(set(rule.used))
        return good

    def compare_texts(self, backend, rules, folder):
        groups = collections.defaultdict(list)
        for rule in rules:
            groups[rule.family, rule.table].append(rule)
        for group in groups.values():
            self.compare_group(backend, group, folder)

    def texts(self, backend, rules, folder):
        family = rules[0].family
        path = os.path.join(folder, f"group.v{family}")
        with open(path, "wb") as f:
            f.write(randomrule.joined(rules))
        self.namespace()
        code, _, error = self.judge.run(
            [self.judge.program(family, backend, "restore")], randomrule.joined(rules))
        real = self.judge.saved(family, backend) if code == 0 else None
        done = program.compile(path, family, backend)
        return real, done.out if done.exit == 0 else None, (error, done.err)

    def compare_group(self, backend, rules, folder):
        """By halves, until what differs is a single rule."""
        real, ours, errors = self.texts(backend, rules, folder)
        if real is not None and real == ours:
            self.count[backend, "same text"] += len(rules)
        elif len(rules) > 1:
            half = len(rules) // 2
            self.compare_group(backend, rules[:half], folder)
            self.compare_group(backend, rules[half:], folder)
        elif real is not None and ours is not None and backend == "nft" and \
                listed_difference(rules[0].lines[-1]):
            self.count[backend, "listed difference"] += 1
        elif real is None or ours is None:
            self.fail(rules[0], f"{backend}: text of one side only", errors)
        else:
            self.fail(rules[0], f"{backend}: other text", difference(real, ours))


def work(job):
    chunk = Chunk(*job).run()
    return chunk.failures, chunk.count, chunk.seen, len(chunk.rules)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=20000)
    parser.add_argument("-s", "--seed", default="1")
    parser.add_argument("--one", type=int, help="only the rule of this number; prints it")
    options = parser.parse_args()
    tally = Tally()
    why = judge.missing()
    if why:
        tally.skip(why, options.n)
        tally.end()
    if options.one is not None:
        numbers = [options.one]
        sys.stdout.buffer.write(randomrule.Rule(options.seed, options.one).file())
    else:
        numbers = range(options.n)
    jobs = [(options.seed, numbers[i:i + CHUNK]) for i in range(0, len(numbers), CHUNK)]
    count, seen, total = collections.Counter(), collections.Counter(), 0
    with multiprocessing.Pool(2) as pool:
        for failures, counts, used, rules in pool.imap_unordered(work, jobs):
            for case, reason in failures:
                tally.fail(case, reason)
            tally.ok(sum(n for (_, what), n in counts.items() if what in ("accepted", "refused")) -
                     len([f for f in failures if "text" not in f[0]]))
            count.update(counts)
            seen.update(used)
            total += rules
    for backend in BACKENDS:
        print(f"{backend}: {total} rules, " + ", ".join(
            f"{count[backend, what]} {what}" for what in
            ("accepted", "refused", "undecided", "same text", "listed difference")))
    names = {e.name for e in randomrule.MATCHES + randomrule.TARGETS}
    print(f"{len(names & set(seen))} of {len(names)} extensions stand in an accepted rule; never: "
          f"{' '.join(sorted(names - set(seen))) or '-'}")
    print("left out, since the host decides: " + ", ".join(sorted(extensions.OF_THE_HOST)))
    tally.end()


if __name__ == "__main__":
    main()
