#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""complete.py [--write]

Does each lint rule have all that a lint rule needs?

    document     NAME.md with a Bad and a Good example
    finds        three lines in tests/lint/cases/NAME.txt that it must report
    misses       three rule lines there that it must not
    suppression  its finding in the Bad example goes where a comment names it, and nothing else does;
                 not in a baseline, which has no comments
    fix          if it is fixable: a "=>" in the cases, or a case in tests/fix.py

What older rules still owe stands in owed.txt.  That list only gets shorter: an entry that is
no longer true is a failure, so is one that is new, since there may be no more than OWED.
--write prints what would have to stand there.
"""
import importlib.util
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
sys.path.insert(0, HERE)
import json
import program
import run
from tally import Tally

OWED = 0  # lower it when an entry of owed.txt goes
NEEDED = 3


def load_fix_cases():
    spec = importlib.util.spec_from_file_location("fix_cases", os.path.join(os.path.dirname(HERE), "fix.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES


def fixed_rules():
    """The rules for which a case of tests/fix.py has a fix that changes something."""
    names = set()
    for _, before, safe, unsafe in load_fix_cases():
        if before in (safe if unsafe is None else unsafe,) or len(before) > 10000:
            continue
        for backend in ("both", "legacy"):
            done = program.run("check", "-4", "--format", "json", "--backend", backend, "-", stdin=before)
            names |= {d["rule"] for d in json.loads(done.out)["diagnostics"] if "fix" in d}
    return names


def case_lines(name):
    """The lines of the cases of a rule, "=>" without its lines."""
    path = os.path.join(HERE, "cases", name + ".txt")
    if not os.path.exists(path):
        return []
    lines, in_fixed = [], False
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("== "):
                in_fixed = False
            if not in_fixed:
                lines.append(line)
            in_fixed |= line.rstrip() == "=>"
    return lines


def count_lines(name):
    lines = case_lines(name)
    finds = sum(re.match(r"[EWI] ", line) is not None for line in lines)
    # In a script each line is a command; in a rules file what adds a rule.
    misses = sum(re.match(r"  (-[A-Z]|\[|\S*ip6?tables|:|\*|#|\{)", line) is not None for line in lines)
    return finds, misses, any(line.rstrip() == "=>" for line in lines)


def suppressed_examples(rule, fence, text, beside):
    """The Bad example with comments that name the rule, above its lines and at the top; nothing
    if it is not found there."""
    options = [*run.family(fence), *run.select(program.PROGRAM, rule["name"]), *run.given(fence)]
    suffix = ".sh" if run.is_script(fence) else ".rules"
    report = run.check(program.PROGRAM, text, options, suffix, beside)
    lines = sorted({d["start"]["line"] for d in report["diagnostics"] if d["rule"] == rule["name"]})
    if not lines:
        return
    comment = f"# iptlint: ignore[{rule['name']}] -- a test"
    out = text.split("\n")
    for line in reversed(lines):
        out.insert(line - 1, comment)
    yield "\n".join(out), options, suffix, beside
    yield comment.replace("ignore", "file-ignore", 1) + "\n" + text, options, suffix, beside


def suppression_works(rule, examples):
    for made in (made for kind, *example in examples if kind == "Bad"
                 for made in suppressed_examples(rule, *example)):
        report = run.check(program.PROGRAM, *made)
        said = [d for d in report["diagnostics"] if d["rule"] == rule["name"]]
        if said and all(d.get("suppressed") == "a test" for d in said) and \
                not any(d["rule"] == "unused-suppression" and "suppressed" not in d for d in report["diagnostics"]):
            return True
    return False


def lacks(rule, fixed):
    """What the rule does not have."""
    path = os.path.join(program.ROOT, "lint-rules", rule["group"], rule["name"] + ".md")
    examples = run.examples(path) if os.path.exists(path) else []
    finds, misses, has_fix = count_lines(rule["name"])
    if {example[0] for example in examples} != {"Bad", "Good"}:
        yield "document"
    if finds < NEEDED:
        yield "finds"
    if misses < NEEDED:
        yield "misses"
    in_baseline = all(fence.startswith("jsonl") for kind, fence, *_ in examples if kind == "Bad")
    if not in_baseline and not suppression_works(rule, examples):
        yield "suppression"
    if rule["fixable"] and not has_fix and rule["name"] not in fixed:
        yield "fix"


def read_owed():
    with open(os.path.join(HERE, "owed.txt"), encoding="utf-8") as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {(name, what) for name, *all_of_it in lines for what in all_of_it}


def main():
    tally = Tally("complete.py")
    rules = json.loads(program.run("rules", "--format", "json").out)
    fixed, owed = fixed_rules(), read_owed()
    missing = set()
    for rule in rules:
        mine = {(rule["name"], what) for what in lacks(rule, fixed)}
        missing |= mine
        if "--write" not in sys.argv:
            tally.equal(f"{rule['name']}: has all that it needs", sorted(mine - owed), [])
    if "--write" in sys.argv:
        for rule in rules:
            what = [w for n, w in sorted(missing) if n == rule["name"]]
            if what:
                print(rule["name"], *what)
        return
    tally.equal("owed.txt: nothing that is there", sorted(owed - missing), [])
    tally.check(f"owed.txt: {len(owed)} entries, as many as OWED says", len(owed) == OWED)
    print(f"{len(rules)} lint rules, {len(owed)} things owed by {len({name for name, _ in owed})} of them")
    tally.end()


if __name__ == "__main__":
    main()
