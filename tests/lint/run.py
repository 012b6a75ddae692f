#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run.py [PROGRAM [WORD]]

Runs the examples in lint-rules/*/*.md and the cases in tests/lint/cases/*.txt
through PROGRAM (./iptlint); with WORD only those whose title holds it.  Prints what failed and
at last "N passed, N failed".

A Bad example must give its rule and no other (but for what the fence allows with also=,
and what is missing in the whole file), a Good one must not; in the load group the Good one
must load.  A fence "sh" has a script; infos of other rules are allowed there.  A fence "jsonl"
has a baseline, and the file "Beside:" it, rules.v4, is what is checked; the same of infos.  A case file
NAME.txt holds cases of the lint rule NAME:

    == title [6] [nft] [legacy] [noflush] [sh] [accounts] [hosts] [interfaces] [ipsets]
             [baseline]
      -A INPUT -j ACCEPT          two columns, then a line of the file
    W -A INPUT -j ACCEPT          the rule is reported on this line, as a warning

With [sh] the lines are a script, with [baseline] a baseline as above.  Without a *table line a filter table is put around others.  No other line may get a finding
of the rule.  A line "&&" is followed by the file of the other family
that stands beside this one; in a document it stands under "Beside:".  A line "=>" is followed by the lines as the fixes of these findings leave
them; by nothing, where no finding may have a fix.  They have to load, and compile prints
the same after those fixes that are called safe, if it printed anything before.

With [accounts] the users and groups are those of tests/lint/passwd and tests/lint/group,
with [hosts] names are looked up in tests/lint/hosts, and with [interfaces] and [ipsets] the file
of that name is the inventory; the fence of an example may say the last two as well.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GIVEN = {word: f"--{option}=" + os.path.join(ROOT, "tests", "lint", word)
         for word, option in (("hosts", "resolve"), ("interfaces", "interfaces"), ("ipsets", "ipset-file"))}
HEAD = ["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]"]
# Examples are short: what is missing in the whole of a file is missing in most of them.
OF_WHOLE_FILES = {"missing-established-accept"}
USUAL = {("info", "exposed-service")}  # that a web server is open to all, an example need not excuse
BASELINE = ".jsonl"
LEVELS = {"E": "error", "W": "warning", "I": "info"}


def check(program, text, options, suffix=".rules", beside=None):
    """The JSON report on TEXT, beside which the file BESIDE of the other family may stand."""
    with tempfile.TemporaryDirectory() as folder:
        name = "rules" + suffix
        if suffix == BASELINE:
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
            options = [*options, "--baseline", os.path.join(folder, name)]
            name, text = "rules.v4", beside
        elif beside is not None:
            name, other = ("rules.v6", "rules.v4") if "-6" in options else ("rules.v4", "rules.v6")
            options = [option for option in options if option not in ("-4", "-6")]
            with open(os.path.join(folder, other), "w") as file:
                file.write(beside)
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
        done = subprocess.run([program, "check", "--format", "json", *options, os.path.join(folder, name)],
                              capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1):
        raise ValueError(f"exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def found(report):
    return [(d["start"]["line"], d["level"], d["rule"]) for d in report["diagnostics"]
            if "suppressed" not in d]


def family(fence):
    """The options that say what the text in FENCE is for; a script may be for both."""
    if is_script(fence):
        return []
    return ["-6" if fence.startswith("ip6tables") else "-4"]


def given(fence):
    """The options with the files that the text in FENCE needs."""
    return [GIVEN[word] for word in fence.split() if word in GIVEN]


def is_script(fence):
    return fence.split()[:1] == ["sh"]


def suffix_of(options, fence=""):
    if fence.startswith("jsonl") or "--isolated" in options:
        return BASELINE
    return ".rules" if {"-4", "-6"} & set(options) else ".sh"


def examples(path):
    """(kind, fence, text, text of the file beside it or None) of each example of a document."""
    with open(path) as file:
        found = re.findall(r"^(Bad|Good|Beside):\n\n```(.*)\n((?:.*\n)*?)```$", file.read(), re.M)
    beside = next((text for kind, _, text in found if kind == "Beside"), None)
    return [(*example, beside) for example in found if example[0] != "Beside"]


def select(program, name):
    """What switches the rule on, if it is off by default."""
    done = subprocess.run([program, "rules", "--format", "json"], capture_output=True, text=True)
    level = {rule["name"]: rule["level"] for rule in json.loads(done.stdout)}[name]
    return ["--select", name] if level == "off" else []


def check_example(program, name, group, kind, fence, text, beside):
    options = family(fence)
    report = check(program, text, options + select(program, name) + given(fence), suffix_of(options, fence), beside)
    rules = {rule for _, level, rule in found(report)
             if rule == name or not (level == "info" and fence.split()[:1] in (["sh"], ["jsonl"])) and (level, rule) not in USUAL}
    also = set(re.findall(r"also=(\S+)", fence))
    if kind == "Good" and name in rules:
        return "is reported"
    if kind == "Good" and group == "load" and False in report["files"][0]["loads"].values():
        return "does not load"
    if kind == "Bad" and name not in rules:
        return f"is not reported, but {sorted(rules)}"
    if kind == "Bad" and rules - {name} - also - OF_WHOLE_FILES:
        return f"gives {sorted(rules - {name} - also - OF_WHOLE_FILES)} too"
    return None


def run_examples(program, word):
    results = []
    for group in sorted(os.listdir(os.path.join(ROOT, "lint-rules"))):
        folder = os.path.join(ROOT, "lint-rules", group)
        if not os.path.isdir(folder):
            continue
        for file in sorted(os.listdir(folder)):
            name, end = os.path.splitext(file)
            if end != ".md":
                continue
            all_of_it = examples(os.path.join(folder, file))
            kinds = {example[0] for example in all_of_it}
            if kinds != {"Bad", "Good"}:
                results.append((f"{name}: a Bad and a Good example", "missing"))
            for kind, fence, text, beside in all_of_it:
                title = f"{name}: {kind} example"
                if word in title:
                    results.append((title, guarded(check_example, program, name, group, kind,
                                                   fence, text, beside)))
    return results


def guarded(function, *arguments):
    """What FUNCTION returns, or the words of what went wrong."""
    try:
        return function(*arguments)
    except (ValueError, KeyError, subprocess.TimeoutExpired) as error:
        return str(error)


def cases(path):
    """(title, options, lines, fixed, beside) of each case; a line is (mark, text).  FIXED holds
    the lines behind "=>", BESIDE those behind "&&", if there is one."""
    result = []
    with open(path) as text:
        for line in text.read().split("\n"):
            if line.startswith("== "):
                words = re.findall(r"\[(\w+)\]", line)
                options = [] if "sh" in words else ["-6" if "6" in words else "-4"]
                if "baseline" in words:
                    options.append("--isolated")  # by which suffix_of() knows it
                if "noflush" in words:
                    options.append("--noflush")
                if "accounts" in words:
                    for file in ("passwd", "group"):
                        options += ["--" + file, os.path.join(ROOT, "tests", "lint", file)]
                options += [GIVEN[word] for word in words if word in GIVEN]
                for backend in ("nft", "legacy"):
                    if backend in words:
                        options.append("--backend=" + backend)
                result.append((line[3:], options, [], [], []))
                lines = result[-1][2]
            elif line.rstrip() == "=>":
                result[-1][3].append([])
                lines = result[-1][3][0]
            elif line.rstrip() == "&&":
                result[-1][4].append([])
                lines = result[-1][4][0]
            elif result and line and not line.startswith("#"):
                lines.append((line[0], line[2:]))
    return result


def wrap(lines):
    if any(text.startswith("*") for _, text in lines):
        return lines
    chains = [line for line in lines if line[1].startswith(":")]
    rest = [line for line in lines if not line[1].startswith(":")]
    return [(" ", text) for text in HEAD] + chains + rest + [(" ", "COMMIT")]


def text_of(lines):
    return "".join(text + "\n" for _, text in lines)


def offset(text, position):
    before = text.split("\n")[:position["line"] - 1]
    return sum(len(line) + 1 for line in before) + position["column"] - 1


def apply_fixes(text, report, name, safe_only=False):
    edits = [(offset(text, edit["start"]), offset(text, edit["end"]), edit["text"])
             for d in report["diagnostics"] if d["rule"] == name
             and (not safe_only or d.get("fix", {}).get("safe"))
             for edit in d.get("fix", {}).get("edits", [])]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def compiled(program, text, options):
    """What compile prints of TEXT; options that it does not take are left out."""
    known = [word for word in options if word in ("-4", "-6", "--noflush")]
    done = subprocess.run([program, "compile", *known, "-"], input=text.encode(),
                          capture_output=True, timeout=60)
    return done.returncode, done.stdout


def check_fixed(program, name, options, lines, report, fixed):
    """Do the fixes make FIXED of LINES, and does that load?"""
    text = text_of(lines)
    got = apply_fixes(text, report, name)
    wanted = text_of(wrap(fixed)) if fixed else text
    if got != wanted:
        return "the fixes make of it:\n" + got
    if False in check(program, got, options)["files"][0]["loads"].values():
        return "does not load after the fixes"
    safe = apply_fixes(text, report, name, safe_only=True)
    before = compiled(program, text, options)
    # a file that did not load may do so now
    if before[0] == 0 and compiled(program, safe, options) != before:
        return "the fixes that are called safe change what compile prints"
    return None


def check_case(program, name, options, lines, fixed, beside):
    suffix = suffix_of(options)
    lines = wrap(lines) if suffix == ".rules" else lines
    report = check(program, text_of(lines), options, suffix, text_of(wrap(beside[0])) if beside else None)
    got = sorted((line, level) for line, level, rule in found(report) if rule == name)
    wanted = sorted((i + 1, LEVELS[mark]) for i, (mark, _) in enumerate(lines) if mark != " ")
    if got == wanted:
        return check_fixed(program, name, options, lines, report, fixed[0]) if fixed else None
    words = []
    for line, level in got:
        if (line, level) not in wanted:
            words.append(f"{level} on line {line}: {lines[line - 1][1]}")
    for line, level in wanted:
        if (line, level) not in got:
            words.append(f"no {level} on line {line}: {lines[line - 1][1]}")
    return "; ".join(words) or "reported twice"


def run_cases(program, word):
    results = []
    folder = os.path.join(ROOT, "tests", "lint", "cases")
    for file in sorted(os.listdir(folder)):
        name = file[:-len(".txt")]
        for title, options, lines, fixed, beside in cases(os.path.join(folder, file)):
            title = f"{name}: {title}"
            if word in title:
                results.append((title, guarded(check_case, program, name,
                                               options + select(program, name), lines, fixed,
                                               beside)))
    return results


def main():
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "./iptlint")
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    results = run_examples(program, word) + run_cases(program, word)
    failed = [(title, why) for title, why in results if why]
    for title, why in failed:
        print(f"FAIL {title}\n     {why}")
    print(f"lint: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
