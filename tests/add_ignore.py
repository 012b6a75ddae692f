#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check --add-ignore and --in-rule: what they write, that nothing is found afterwards, and what they
leave alone; also over copies of the corpus in ../shared.

usage: add_ignore.py
"""
import glob
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
import shared
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
FLAGS = "-A INPUT -p tcp -m tcp ! --tcp-flags SYN FIN {}-j ACCEPT\n"
FOUND = "always-matches"

# name, options, rule lines before, rule lines after
CASES = [
    ("a comment above", ["--add-ignore"], FLAGS.format(""), f"# iptlint: ignore[{FOUND}]\n" + FLAGS.format("")),
    ("a reason", ["--add-ignore=old router"], FLAGS.format(""), f"# iptlint: ignore[{FOUND}] -- old router\n" + FLAGS.format("")),
    ("nothing found", ["--add-ignore"], "-A INPUT -i lo -j ACCEPT\n", "-A INPUT -i lo -j ACCEPT\n"),
    ("two of a line", ["--add-ignore", "--warning", "shadowed-rule"], "-A INPUT -p tcp -j DROP\n" + FLAGS.format(""),
     f"-A INPUT -p tcp -j DROP\n# iptlint: ignore[{FOUND}, shadowed-rule]\n" + FLAGS.format("")),
    ("below another comment", ["--add-ignore"], "# why\n" + FLAGS.format(""), f"# why\n# iptlint: ignore[{FOUND}]\n" + FLAGS.format("")),
    ("in the rule", ["--add-ignore", "--in-rule"], FLAGS.format(""),
     FLAGS.format(f'-m comment --comment "iptlint: ignore[{FOUND}]" ')),
    ("in the rule, with a reason", ["--add-ignore=why not", "--in-rule"], FLAGS.format(""),
     FLAGS.format(f'-m comment --comment "iptlint: ignore[{FOUND}] why not" ')),
    ("in the rule's comment", ["--in-rule"], FLAGS.format('-m comment --comment "web access" '),
     FLAGS.format(f'-m comment --comment "web access iptlint: ignore[{FOUND}]" ')),
    ("in the rule's comment without quotes", ["--in-rule"], FLAGS.format("-m comment --comment web "),
     FLAGS.format(f'-m comment --comment "web iptlint: ignore[{FOUND}]" ')),
    ("in brackets that are there", ["--in-rule"], FLAGS.format('-m comment --comment "iptlint: ignore[dead-jump] x" '),
     FLAGS.format(f'-m comment --comment "iptlint: ignore[dead-jump, {FOUND}] x" ')),
    ("no room in the rule", ["--in-rule"], FLAGS.format(f'-m comment --comment "{"x" * 240}" '),
     f"# iptlint: ignore[{FOUND}]\n" + FLAGS.format(f'-m comment --comment "{"x" * 240}" ')),
    ("a rule without a target", ["--in-rule"], "-A INPUT -p tcp -m tcp ! --tcp-flags SYN FIN\n",
     f'-A INPUT -p tcp -m tcp ! --tcp-flags SYN FIN -m comment --comment "iptlint: ignore[{FOUND}]"\n'),
    ("with counters", ["--in-rule"], "[1:2] " + FLAGS.format(""),
     "[1:2] " + FLAGS.format(f'-m comment --comment "iptlint: ignore[{FOUND}]" ')),
    ("what is silenced already", ["--add-ignore"], f"# iptlint: ignore[{FOUND}]\n" + FLAGS.format(""),
     f"# iptlint: ignore[{FOUND}]\n" + FLAGS.format("")),
    ("infos stay", ["--add-ignore"], "-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\n", "-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\n"),
    ("infos that are shown", ["--add-ignore", "--show", "info"], "-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\n",
     f"# iptlint: ignore[{FOUND}]\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\n"),
]


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def small_cases(tally):
    for name, options, before, after in CASES:
        before, after = ((HEAD + lines + "COMMIT\n").encode() for lines in (before, after))
        options = ["-4", "--select", f"{FOUND},shadowed-rule", "--info", "shadowed-rule", *options]
        write("case.rules", before)
        done = program.run("check", *options, "case.rules")
        tally.equal(f"{name}: the file", read("case.rules"), after)
        tally.check(f"{name}: nothing is left", done.exit == 0 and not done.err, done)
        program.run("check", *options, "case.rules")
        tally.equal(f"{name}: a second time", read("case.rules"), after)
        done = program.run("check", *options, "-", stdin=before)
        tally.equal(f"{name}: standard input", done.out, after)
        done = program.run("check", *options, "--diff", "-", stdin=before)
        tally.check(f"{name}: --diff", done.exit == (before != after), done)


def refused(tally):
    broken = (HEAD + "-A INPUT --bogus\n" + FLAGS.format("") + "COMMIT\n").encode()
    write("case.rules", broken)
    done = program.run("check", "-4", "--add-ignore", "--select", f"load,{FOUND}", "case.rules")
    tally.check("what keeps a file from loading stays", done.exit == 1 and b"bogus" in done.out and
                read("case.rules").count(b"iptlint:") == 1, done)
    for reason in ('a"b', "a\nb", "a\\b", ""):
        done = program.run("check", "-4", f"--add-ignore={reason}", "case.rules")
        tally.check(f"a reason that does not fit: {reason!r}", done.exit == 2, done)
    pinned = (HEAD + "# iptlint: resolved mail.example.com = 192.0.2.26\n-A INPUT -s 192.0.2.26/32 -j ACCEPT\nCOMMIT\n").encode()
    hosts = os.path.join(program.ROOT, "tests", "lint", "hosts")
    write("case.rules", pinned)
    done = program.run("check", "-4", "--add-ignore", "--resolve=" + hosts, "--select", "stale-address", "case.rules")
    tally.equal("what is found in a comment: nothing is left", done.exit, 0)
    tally.equal("what is found in a comment", read("case.rules"),
                pinned.replace(b"# iptlint: res", b"# iptlint: ignore[stale-address]\n# iptlint: res"))
    write("case.rules", (HEAD + " # x\n" + FLAGS.format("") + "COMMIT\n").encode())
    done = program.run("check", "-4", "--fix", "--add-ignore", "--select", f"load,{FOUND}", "case.rules")
    tally.equal("--fix first", read("case.rules"), (HEAD + f"# x\n# iptlint: ignore[{FOUND}]\n" + FLAGS.format("") + "COMMIT\n").encode())
    tally.equal("--fix first: exit status", done.exit, 0)


def whole_files(tally):
    paths = sorted(path for path in glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "**"), recursive=True)
                   if os.path.isfile(path) and os.path.getsize(path) < 1 << 20)
    if not paths:
        tally.skip("the corpus is not there")
    for path in paths:
        family = "-6" if "v6" in os.path.basename(path) or "ip6" in os.path.basename(path) else "-4"
        name = os.path.basename(path)
        content = read(path)
        write("whole.rules", content)
        compiled = program.run("compile", family, "--keep-names", "whole.rules")
        for options in (["--add-ignore=as found"], ["--in-rule"]):
            write("whole.rules", content)
            done = program.run("check", family, *options, "-f", "gcc", "whole.rules")
            tally.check(f"{name} {options[0]}: ends well", done.exit in (0, 1) and not done.err, done)
            # What is left keeps the file from loading, or is about suppressions.
            _, report = program.check("whole.rules", family=int(family[1]))
            left = [d for d in report["diagnostics"] if "suppressed" not in d and d["level"] == "warning" and
                    d["rule"] not in ("malformed-suppression", "unknown-suppression", "comment-missing")]
            loads = any(report["files"][0]["loads"].values())
            tally.check(f"{name} {options[0]}: nothing is left", not loads or not left, left)
            if options[0] != "--in-rule" and compiled.exit == 0:
                tally.equal(f"{name}: compile prints the same",
                            program.run("compile", family, "--keep-names", "whole.rules").out, compiled.out)


def main():
    tally = Tally("add_ignore.py")
    with tempfile.TemporaryDirectory(prefix="iptlint-ignore.") as folder:
        os.chdir(folder)
        small_cases(tally)
        refused(tally)
        whole_files(tally)
        os.chdir("/")
    tally.end()


main()
