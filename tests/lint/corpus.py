#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""corpus.py [--write | --show [RULE]]

What check says of the files in ../shared/corpus is what it said before: corpus.expect has for
each lint rule and level how many findings there are, and in how many files.  Whoever changes a
rule looks at what is new (--show prints the warnings and errors of judgement, or all findings
of one rule), then writes the figures anew (--write).

And rules of judgement are quiet: of the files that load, no more than BOUND exit 1 for their
findings alone.  Proved are what a file does when it is loaded (group load), what its rules do
together (group reach), and some of the group policy; all others are judgement.
"""
import collections
import concurrent.futures
import glob
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import program
import shared
from tally import Tally

EXPECT = os.path.join(HERE, "corpus.expect")
FOLDER = os.path.join(shared.FOLDER, "corpus", "rules")
BOUND = 20
PROVED_GROUPS = {"load", "reach"}
PROVED_OF_POLICY = {"log-after-verdict", "policy-unreachable", "redundant-final-verdict",
                    "rule-after-unconditional-verdict"}
WORDS = """\
# What check says of the corpus; corpus.py compares it, and --write writes it.
#
# rule, level, findings, files
"""


def corpus():
    return sorted(glob.glob(os.path.join(FOLDER, "v[46]", "*.rules")))


def check(path):
    """(path, exit status, report); no configuration of this host counts."""
    family = os.path.basename(os.path.dirname(path))[1]
    done, report = program.check(path, family=family, options=["--isolated"])
    return path, done, report


def check_all(tally):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(check, corpus()))
    for path, done, report in results:
        tally.check(f"{os.path.basename(path)}: a report", report is not None and done.exit < 2, done)
    return [(path, done, report) for path, done, report in results if report is not None]


def findings(report):
    return [d for d in report["diagnostics"] if "suppressed" not in d]


def summary(results):
    counts, files = collections.Counter(), collections.defaultdict(set)
    for path, _, report in results:
        for d in findings(report):
            counts[d["rule"], d["level"]] += 1
            files[d["rule"], d["level"]].add(path)
    return WORDS + "".join(f"{rule:34}{level:9}{counts[rule, level]:5} {len(files[rule, level]):4}\n"
                           for rule, level in sorted(counts))


def judgement_rules():
    rules = json.loads(program.run("rules", "--format", "json").out)
    return {rule["name"] for rule in rules
            if rule["group"] not in PROVED_GROUPS and rule["name"] not in PROVED_OF_POLICY}


def loads(report):
    """With one back end at least."""
    return any(report["files"][0]["loads"].values())


def for_judgement_alone(results, judgement):
    """The files that load, and the rules for which alone each exits 1."""
    found = {}
    for path, done, report in results:
        rules = {d["rule"] for d in findings(report) if d["level"] != "info"}
        if loads(report) and done.exit == 1 and rules and rules <= judgement:
            found[os.path.relpath(path, FOLDER)] = rules
    return found


def show(results, wanted):
    for path, _, report in results:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
        for d in findings(report):
            if wanted == {d["rule"]} or (len(wanted) > 1 and d["rule"] in wanted and d["level"] != "info"):
                number = d["start"]["line"]
                print(f"{os.path.relpath(path, FOLDER)}:{number}: {d['level']}: {d['message']} [{d['rule']}]\n"
                      f"    {lines[number - 1][:200]}")


def main():
    tally = Tally("corpus.py")
    if not corpus():
        tally.skip("no ../shared/corpus", 2)
        tally.end()
    results = check_all(tally)
    judgement = judgement_rules()
    if "--show" in sys.argv:
        return show(results, set(sys.argv[2:]) or judgement)
    if "--write" in sys.argv:
        with open(EXPECT, "w", encoding="utf-8") as file:
            file.write(summary(results))
    with open(EXPECT, encoding="utf-8") as file:
        tally.equal("the findings are those of corpus.expect", summary(results), file.read())
    alone = for_judgement_alone(results, judgement)
    n_load = sum(loads(report) for _, _, report in results)
    print(f"of {n_load} files that load, {len(alone)} exit 1 for findings of judgement alone "
          f"(no more than {BOUND} may)")
    tally.check("rules of judgement are quiet", len(alone) <= BOUND,
                "\n".join(f"{path}: {', '.join(sorted(rules))}" for path, rules in sorted(alone.items())))
    tally.end()


main()
