#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tutorial.py [NAME]

The mistakes of the usual tutorials are found, each by the name of its lint rule, and nothing
else at the level of a warning or an error is said about them.

tests/fixtures/tutorial holds one file for each mistake, which is explained in its first line:

    # finds: RULE          the next line of the file has a finding of RULE, not an info
    # hint: WORDS          whose hint or message has these words
    # also: RULE           which may have findings there too, that follow from the mistake
    # options: ...         for the whole file; paths count from the root of the project
"""
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import program
from tally import Tally

FOLDER = os.path.join(os.path.dirname(HERE), "fixtures", "tutorial")
# Each of these has a file.
RULES = {"hostname-in-address", "string-match-in-nat", "string-match-on-syn", "string-match-on-tls-port",
         "target-not-valid-here", "unreachable-chain", "user-or-group-name", "syntax-error",
         "rule-after-unconditional-verdict", "redirect-loop"}


def wanted(text):
    """({(line, rule): words of the hint}, places of what may be found too, options) of a file."""
    findings, also, options, rule, hint, too = {}, set(), [], None, "", None
    for number, line in enumerate(text.split("\n"), 1):
        if words := re.match(r"# (finds|hint|also|options): (.*)", line):
            if words[1] == "finds":
                rule, hint, too = words[2], "", None
            elif words[1] == "hint":
                hint = words[2]
            elif words[1] == "also":
                too = words[2]
            else:
                options = re.sub(r"=(\S+)", lambda m: "=" + os.path.join(program.ROOT, m[1]), words[2]).split()
        elif rule:
            findings[(number, rule)] = hint
            also.add((number, too))
            rule = None
    return findings, also, options


def test_file(tally, name):
    path = os.path.join(FOLDER, name)
    with open(path) as file:
        findings, also, options = wanted(file.read())
    done, report = program.check(path, options=options)
    if not tally.check(f"{name}: a report, exit 1", report is not None and done.exit == 1, done):
        return set()
    serious = [d for d in report["diagnostics"]
               if d["level"] != "info" and (d["start"]["line"], d["rule"]) not in also]
    places = [(d["start"]["line"], d["rule"]) for d in serious]
    tally.equal(f"{name}: its findings", "\n".join(f"{line} {rule}" for line, rule in sorted(places)),
                "\n".join(f"{line} {rule}" for line, rule in sorted(findings)))
    for d in serious:
        words = findings.get((d["start"]["line"], d["rule"]), "")
        said = " ".join([d["message"], d.get("hint", "")])
        tally.check(f"{name}: line {d['start']['line']} says '{words}'", words in said, said)
    return {rule for _, rule in findings}


def main():
    tally = Tally("tutorial.py")
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    found = set()
    for name in sorted(os.listdir(FOLDER)):
        if chosen in name:
            found |= test_file(tally, name)
    if not chosen:
        tally.equal("each rule has a file", sorted(found), sorted(RULES))
    tally.end()


main()
