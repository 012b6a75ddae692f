#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The names of rules files (src/cmd/names.def) mean the same to the program, to
.pre-commit-hooks.yaml and in the man page.  Names that fit a pattern, and names that nearly do,
are put into a directory that the program looks through.

usage: names.py [--write]      --write: make what .pre-commit-hooks.yaml says of files
"""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HOOKS = os.path.join(program.ROOT, ".pre-commit-hooks.yaml")
PAGE = os.path.join(program.ROOT, "doc", "iptlint.1")
RULES = "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"
OTHER = "no firewall here\n"


def read_names():
    """[(pattern, "FIXED" or "SNIFFED")]"""
    with open(os.path.join(program.ROOT, "src", "cmd", "names.def")) as f:
        return re.findall(r'^NAME\("(.*)", (\w+)\)$', f.read(), re.M)


def expression(names):
    """The lines of a verbose regular expression for re.search()."""
    patterns = [re.escape(pattern).replace(r"\*", "[^/.][^/]*") for pattern, _ in names]
    return ["(?x)(^|/)(", *(f"  {'|' if number else ' '}{pattern}" for number, pattern in enumerate(patterns)), ")$"]


def split_hooks():
    """.pre-commit-hooks.yaml: what stands before the expression, its lines, and the rest."""
    with open(HOOKS) as f:
        head, lines, tail = re.fullmatch(r"(.*?files: &names \|\n)((?: {4}[^\n]*\n)*)(.*)", f.read(), re.S).groups()
    return head, [line[4:] for line in lines.splitlines()], tail


def examples(names):
    """{path: the kind that the table says, or None}"""
    kinds = {}
    for pattern, kind in names:
        for middle in ("a", "a.b", "-", "é") if "*" in pattern else ("",):
            kinds.setdefault(pattern.replace("*", middle), kind)
    taken = dict(kinds)
    for name in taken:
        stem, last = os.path.split(name)
        for near in (f"{last}~", f"{last}.bak", last[:-1], f"{last}/file", last.upper(),
                     last.replace(".", "x") if "." in last else f"{last}.d", f".{last}"):
            kinds.setdefault(os.path.join(stem, near), None)
        if stem:
            kinds.setdefault(last, None)
            kinds.setdefault(f"my{name}", None)
    for ending in (pattern[1:] for pattern, _ in names if pattern.startswith("*")):
        kinds.setdefault(ending, None)
    return kinds


def found_by_program(paths, text):
    """Those of the paths, each in a folder of its own, that "iptlint check" takes."""
    with tempfile.TemporaryDirectory(prefix="iptlint-names.") as folder:
        for number, path in enumerate(paths):
            path = os.path.join(folder, str(number), path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        _, report = program.check(folder)
        return {file["file"][len(folder) + 1:].split("/", 1)[1] for file in report["files"]}


def main():
    tally = Tally()
    names = read_names()
    wanted = expression(names)
    head, lines, tail = split_hooks()
    if "--write" in sys.argv[1:]:
        with open(HOOKS, "w") as f:
            f.write(head + "".join(f"    {line}\n" for line in wanted) + tail)
        lines = wanted
    tally.equal("the expression in .pre-commit-hooks.yaml (--write makes it)", "\n".join(lines), "\n".join(wanted))
    tally.check("there are names", len(names) > 10)
    kinds = examples(names)
    tally.equal("what it fits", {path for path in kinds if re.search("\n".join(lines), path)},
                {path for path, kind in kinds.items() if kind})
    tally.equal("names in a directory, with rules", found_by_program(kinds, RULES),
                {path for path, kind in kinds.items() if kind})
    tally.equal("names in a directory, without rules", found_by_program(kinds, OTHER),
                {path for path, kind in kinds.items() if kind == "FIXED"})
    with open(PAGE) as f:
        section = re.search(r"^\.Sh FILES IN DIRECTORIES\n(.*?)^\.Sh", f.read(), re.M | re.S)[1]
    fixed, sniffed = section.split(".Pp\n")[:2]
    for kind, text in (("FIXED", fixed), ("SNIFFED", sniffed)):
        tally.equal(f"{kind} in the man page", re.findall(r"^\.Pa (\S+)", text, re.M),
                    [pattern for pattern, its in names if its == kind])
    tally.end()


main()
