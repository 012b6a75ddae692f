#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""office.py

The findings of iptlint check against the truth of files in which dead, redundant and
harmless lines were planted on purpose (../shared/bin/gen-office), and what the analysis
leaves undecided on those, on the other generators' files and on ../shared/corpus: nothing.

Every planted kind has to be found under its rule name, and no line outside of the truth may
be called dead or redundant.  Last line: "N passed, N failed, N skipped".
"""
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import shared
from tally import Tally

PROGRAM = os.environ.get("IPTLINT") or os.path.join(ROOT, "build", "iptlint")
SEEDS = range(1, 21)
RULES = 1000
NAMES = {
    "shadowed-single": {"shadowed-rule"}, "shadowed-subchain": {"shadowed-rule"},
    "duplicate": {"duplicate-rule"}, "shadowed-union": {"union-shadowed-rule"},
    "context": {"dead-in-context"}, "after-terminal": {"rule-after-unconditional-verdict"},
    "self-contradiction": {"never-matches"}, "redundant-later": {"redundant-rule"},
    "unreachable-chain": {"unreachable-chain", "chain-reached-by-dead-rules-only"},
}
CLAIMS = set.union(*NAMES.values()) | {"log-after-verdict", "dead-jump"}


def generate(name, folder, *arguments):
    path = os.path.join(folder, f"{name}-{'-'.join(arguments)}.v4")
    subprocess.run([sys.executable, "-B", os.path.join(shared.FOLDER, "bin", f"gen-{name}"), *arguments,
                    "-o", path], check=True)
    return path


def check(path, *options):
    """(report, sum of the undecided rules)"""
    done = subprocess.run([PROGRAM, "check", "--format", "json", "--stats", *options, path],
                          capture_output=True, text=True, errors="replace", timeout=300)
    undecided = sum(int(n) for n in re.findall(r"(\d+) undecided", done.stderr))
    return json.loads(done.stdout), undecided


def truth_of(path):
    with open(path + ".truth") as file:
        return {int(line.split("\t")[0]): line.split("\t")[1] for line in file
                if not line.startswith("#")}


def score(seed, folder):
    """(planted, mistakes as text) of one file."""
    path = generate("office", folder, str(RULES), "-s", str(seed))
    truth = truth_of(path)
    report, undecided = check(path)
    found = {}
    for diag in report["diagnostics"]:
        found.setdefault(diag["start"]["line"], set()).add(diag["rule"])
    mistakes = [f"line {line} is {kind}, found is {sorted(found.get(line, ()))}"
                for line, kind in truth.items()
                if kind in NAMES and not NAMES[kind] & found.get(line, set())]
    for line, names in sorted(found.items()):
        kind = truth.get(line)
        if kind != "alt-redundant" and (names & CLAIMS) - NAMES.get(kind, set()):
            mistakes.append(f"line {line} is {kind or 'alive and needed'}, "
                            f"found is {sorted(names & CLAIMS)}")
    if undecided:
        mistakes.append(f"{undecided} rules undecided")
    return seed, sum(kind in NAMES for kind in truth.values()), mistakes


def main():
    tally = Tally("office.py")
    if not os.path.exists(os.path.join(shared.FOLDER, "bin", "gen-office")):
        tally.skip("no ../shared/bin/gen-office")
        tally.end()
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        planted = 0
        for seed, n, mistakes in pool.map(lambda seed: score(seed, folder), SEEDS):
            planted += n
            tally.check(f"gen-office {RULES} -s {seed}: {n} planted lines", not mistakes,
                        "\n".join(mistakes[:10]))
        print(f"{len(SEEDS)} files, {planted} planted lines")
        for name, size in (("kube", "1000"), ("blocklist", "20000"), ("office", "20000")):
            path = generate(name, folder, size)
            tally.equal(f"undecided in gen-{name} {size}", check(path)[1], 0)
    files = sorted(glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "*", "*.rules")))
    left = {}
    for path in files:
        undecided = check(path)[1]
        if undecided:
            left[os.path.basename(path)] = undecided
    if files:
        tally.check(f"undecided in {len(files)} files of the corpus", not left, str(left))
    tally.end()


main()
