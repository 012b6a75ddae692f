#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint explain, iptlint rules and the manual pages: every lint rule is in each of them, in the
shape that is promised.

usage: explain.py
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

SECTIONS = ("What it finds", "Why it matters", "What to do")
# What an element of "rules --format json" is: each key with what its value has to be.
SCHEMA = {
    "name": lambda value: re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", value),
    "group": lambda value: re.fullmatch(r"[a-z0-9]+", value),
    "level": lambda value: value in ("error", "warning", "info", "off"),
    "fixable": lambda value: isinstance(value, bool),
    "summary": lambda value: value and not value.endswith(".") and "\n" not in value and len(value) < 120,
}


def documents():
    """{name: path} of the documents in the source."""
    paths = glob.glob(os.path.join(program.ROOT, "lint-rules", "*", "*.md"))
    return {os.path.basename(path)[:-len(".md")]: path for path in paths}


def rules_as_json(tally):
    done = program.run("rules", "--format", "json")
    listed = json.loads(done.out)
    tally.check("rules: a list", isinstance(listed, list) and listed, done)
    for rule in listed:
        tally.equal(f"rules: {rule.get('name')}: keys", list(rule), list(SCHEMA))
        for key, is_right in SCHEMA.items():
            tally.check(f"rules: {rule['name']}: {key}", is_right(rule[key]), rule[key])
    names = [(rule["group"], rule["name"]) for rule in listed]
    tally.equal("rules: by group, then by name", names, sorted(names))
    tally.equal("rules: each has its document", {name for _, name in names}, set(documents()))
    return listed


def rules_as_text(tally, listed):
    lines = program.run("rules").out.decode().splitlines()
    tally.equal("rules: one a line", len(lines), len(listed))
    for line, rule in zip(lines, listed):
        words = line.split(None, 4)
        tally.equal(f"rules: {rule['name']}: the line", words,
                    [rule["name"], rule["group"], rule["level"], "fixable" if rule["fixable"] else "-", rule["summary"]])


def without_marks(document):
    in_code = False
    for line in document.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        else:
            yield line.replace("'", "") if in_code else re.sub(r"^#+ |`|'", "", line)


def explained(tally, listed):
    for rule in listed:
        done = program.run("explain", rule["name"])
        text = done.out.decode()
        tally.check(f"explain {rule['name']}", done.exit == 0 and text.startswith(rule["name"] + "\n"), done)
        missing = [word for word in SECTIONS[:1] if word + "\n" not in text]
        tally.check(f"explain {rule['name']}: sections", not missing, missing)
        with open(documents()[rule["name"]], encoding="utf-8") as f:
            document = f.read()
        # Whole and in order: nothing but marks is taken away.
        plain = [line.strip() for line in without_marks(document)]
        shown = [line.strip().replace("'", "") for line in text.splitlines()]
        tally.equal(f"explain {rule['name']}: all of it", "\n".join(line for line in shown if line),
                    "\n".join(line for line in plain if line))
        facts = dict(re.findall(r"^- (Group|Level|Fixable): (.*)$", document, re.M))
        tally.equal(f"{rule['name']}.md: group", facts.get("Group"), rule["group"])
        tally.check(f"{rule['name']}.md: level", rule["level"] in facts.get("Level", ""), facts.get("Level"))
        tally.equal(f"{rule['name']}.md: fixable", not facts.get("Fixable", "no").startswith("no"), rule["fixable"])
    groups = {rule["group"] for rule in listed}
    for group in sorted(groups):
        count = sum(rule["group"] == group for rule in listed)
        found = re.findall(r"^[a-z0-9]+(?:-[a-z0-9]+)+$", program.run("explain", group).out.decode(), re.M)
        tally.equal(f"explain {group}", len(found), count)
    tally.equal("explain all", len(re.findall(r"^[a-z0-9]+(?:-[a-z0-9]+)+$", program.run("explain", "all").out.decode(), re.M)), len(listed))
    done = program.run("explain", "shadow-rule")
    tally.check("explain: did you mean", done.exit == 2 and b"shadowed-rule" in done.err, done)


def lint_page(tally, path):
    """What mandoc says of a page, but for references to pages that are not installed here."""
    done = subprocess.run(["mandoc", "-T", "lint", path], capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
    tally.equal(f"mandoc -T lint {os.path.basename(path)}", said, [])


def make_page(awk, path):
    with open(path, "wb") as out:
        subprocess.run([awk, "-f", os.path.join(program.ROOT, "lint-rules", "manual.awk"), *sorted(documents().values())],
                       stdout=out, check=True)
    with open(path, encoding="utf-8") as f:
        return f.read()


def manual_pages(tally, listed):
    made = make_page("awk", "iptlint-rules.7")
    for rule in listed:
        tally.check(f"iptlint-rules(7): {rule['name']}", f"\n.Ss {rule['name']}\n" in made)
    for awk in ("mawk", "gawk", "original-awk", "busybox"):
        if awk != "busybox" and shutil.which(awk):
            tally.check(f"iptlint-rules(7): the same with {awk}", make_page(awk, "other.7") == made)
    built = os.path.join(os.path.dirname(program.PROGRAM), "doc", "iptlint-rules.7")
    if os.path.exists(built):
        with open(built, encoding="utf-8") as f:
            tally.equal("iptlint-rules(7): as it was built", sorted(f.read().splitlines()), sorted(made.splitlines()))
    if not shutil.which("mandoc"):
        tally.skip("mandoc is not here")
        return
    lint_page(tally, "iptlint-rules.7")
    lint_page(tally, os.path.join(program.ROOT, "doc", "iptlint.conf.5"))
    shown = subprocess.run(["mandoc", "-T", "ascii", "iptlint-rules.7"], capture_output=True, check=True).stdout
    plain = re.sub(rb".\x08", b"", shown).decode()
    for rule in listed:
        with open(documents()[rule["name"]], encoding="utf-8") as f:
            code = re.findall(r"^```iptables.*?\n(.*?)^```$", f.read(), re.M | re.S)
        lines = [line.strip() for block in code for line in block.splitlines() if line.strip()]
        tally.check(f"iptlint-rules(7): {rule['name']}: its examples are whole",
                    all(line in plain for line in lines), [line for line in lines if line not in plain])
    keys = re.findall(r'\[CONFIG_\w+\] = \{ "([a-z-]+)"', open(os.path.join(program.ROOT, "src", "config", "config.c"), encoding="utf-8").read())
    with open(os.path.join(program.ROOT, "doc", "iptlint.conf.5"), encoding="utf-8") as f:
        page = f.read()
    for key in keys:
        tally.check(f"iptlint.conf(5): {key}", re.search(rf"^\.It Cm .*\b{key}\b", page, re.M))


def main():
    tally = Tally("explain.py")
    with tempfile.TemporaryDirectory(prefix="iptlint-explain.") as folder:
        os.chdir(folder)
        listed = rules_as_json(tally)
        rules_as_text(tally, listed)
        explained(tally, listed)
        manual_pages(tally, listed)
        os.chdir("/")
    tally.end()


main()
