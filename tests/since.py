#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check --since: findings of lines that were changed since a revision, in real work trees of git.

usage: since.py
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"
WRONG = "-A INPUT -p tcp --dprot %d -j ACCEPT\n"
NTP = "-A INPUT -p udp -m udp --dport 123 -j ACCEPT\n"


def write(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def git(*arguments):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def commit():
    git("add", "-A")
    git("commit", "-qm", "x")


def since(*arguments, cwd=None):
    return program.run("check", "--format", "gcc", "--since", *arguments, cwd=cwd)


def lines(done):
    """FILE:LINE of what was told."""
    return [":".join(line.split(":")[:2]) for line in done.out.decode().splitlines()]


def changed(tally):
    git("init", "-q")
    git("config", "diff.noprefix", "true")
    git("config", "diff.external", "false")
    git("config", "diff.interHunkContext", "50")
    git("config", "color.diff", "always")
    git("config", "diff.renames", "false")
    old = HEAD + WRONG % 1 + "".join(f"-A INPUT -i eth{i} -j ACCEPT\n" for i in (1, 3, 4)) + WRONG % 2 + "COMMIT\n"
    write("fw/rules.v4", old)
    write("fw/a b/\N{SNOWMAN} \"q\\\".v4", old)
    commit()
    done = since("HEAD", "fw")
    tally.check("nothing was changed", done.exit == 0 and not done.out and not done.err, done)
    new = old.replace(WRONG % 2, WRONG % 3 + WRONG % 2).replace("eth1 -j ACCEPT\n", "eth2 -j ACCEPT\n", 1)
    write("fw/rules.v4", new)
    tally.equal("a new line", lines(since("HEAD", "fw")), ["fw/rules.v4:10"])
    tally.equal("from another folder", lines(since("HEAD", "rules.v4", cwd="fw")), ["rules.v4:10"])
    write("fw/a b/\N{SNOWMAN} \"q\\\".v4", new)
    tally.equal("a path that git quotes", len(lines(since("HEAD", "fw/a b"))), 1)
    commit()
    tally.equal("nothing since then", lines(since("HEAD", "fw")), [])
    tally.equal("an older revision", len(lines(since("HEAD~1", "fw"))), 2)
    git("tag", "v1", "HEAD~1")
    tally.equal("by its tag", len(lines(since("v1", "fw"))), 2)
    write("fw/new.v4", old)
    tally.equal("every line of a file that git does not have", lines(since("HEAD", "fw/new.v4")),
                ["fw/new.v4:6", "fw/new.v4:10"])
    git("add", "-A")
    tally.equal("... and of one that is added", len(lines(since("HEAD", "fw/new.v4"))), 2)
    commit()
    git("mv", "fw/new.v4", "moved.v4")
    write("moved.v4", old.replace(WRONG % 1, WRONG % 7))
    git("add", "-A")
    tally.equal("a renamed file counts from its old name on", lines(since("HEAD", "moved.v4")), ["moved.v4:6"])
    write("moved.v4", old.replace(WRONG % 1, ""))
    tally.equal("where a line was taken away nothing is changed", lines(since("HEAD", "moved.v4")), [])
    commit()


def related(tally):
    """A finding at an old line that a new one has made true."""
    write("rules.v4", HEAD + NTP + "COMMIT\n")
    commit()
    write("rules.v4", HEAD + "-A INPUT -p udp -j DROP\n" + NTP + "COMMIT\n")
    done = since("HEAD", "--ignore", "all", "--select", "shadowed-rule", "rules.v4")
    tally.equal("a new rule makes an old one dead", lines(done), ["rules.v4:7"])
    commit()
    write("rules.v4", HEAD + "-A INPUT -p udp -j DROP\n" + NTP + "-A INPUT -p tcp -m tcp --dport 1 -j DROP\nCOMMIT\n")
    done = since("HEAD", "--ignore", "all", "--select", "shadowed-rule", "rules.v4")
    tally.equal("what was dead before is not told", lines(done), [])


def like_heads(tally):
    """Lines of a file that look like lines of a diff."""
    write("odd.v4", HEAD + "COMMIT\n")
    commit()
    write("odd.v4", HEAD + "++ b/other\n@@ -1 +1 @@\n-- a/x\n" + WRONG % 1 + "COMMIT\n")
    found = lines(since("HEAD", "odd.v4"))
    tally.check("lines that look like a diff", "odd.v4:9" in found and "odd.v4:6" in found, found)


def scripts(tally):
    text = "#!/bin/sh\nfor t in iptables ip6tables; do\n\t$t -P INPUT DROP\ndone\niptables -A INPUT -p tcp --dprot 1 -j DROP\n"
    write("fw.sh", text)
    commit()
    write("fw.sh", text + "iptables -A INPUT \\\n\t-p tcp --dprot 2 -j DROP\n")
    tally.equal("a script", [l for l in lines(since("HEAD", "--ignore", "all", "--select", "load", "fw.sh"))], ["fw.sh:7"])


def with_baseline(tally):
    write("rules.v4", HEAD + WRONG % 1 + "COMMIT\n")
    program.run("check", "--write-baseline", "base.jsonl", "rules.v4")
    commit()
    write("rules.v4", HEAD + WRONG % 1 + WRONG % 2 + "COMMIT\n")
    done = program.run("check", "--since", "HEAD", "--baseline", "base.jsonl", "--show", "info", "-f", "gcc", "rules.v4")
    tally.equal("with a baseline: what is not told is not gone", lines(done), ["rules.v4:7"])


def refused(tally):
    write("rules.v4", HEAD + "COMMIT\n")
    for arguments, words in [
            (["no-such", "rules.v4"], "'no-such' is no revision"), (["--output=x", "rules.v4"], "no revision"),
            (["", "rules.v4"], "no revision"), (["HEAD..HEAD~1", "rules.v4"], "no revision"),
            (["HEAD", "--fix", "rules.v4"], "--fix"), (["HEAD", "-"], "standard input")]:
        done = since(*arguments)
        tally.check(f"refused: {' '.join(arguments)}", done.exit == 2 and words in done.err.decode(), done)
    tally.check("nothing was written", not os.path.exists("x"))
    with tempfile.TemporaryDirectory(prefix="iptlint-since.") as folder:
        write(os.path.join(folder, "rules.v4"), HEAD + "COMMIT\n")
        done = since("HEAD", "rules.v4", cwd=folder)
        tally.check("refused: no work tree", done.exit == 2 and b"in no work tree" in done.err, done)
    path = program.ENVIRONMENT["PATH"]
    program.ENVIRONMENT["PATH"] = "/nonexistent"
    done = since("HEAD", "rules.v4")
    program.ENVIRONMENT["PATH"] = path
    tally.check("refused: no git", done.exit == 2 and b"cannot be started: No such file" in done.err, done)


def main():
    tally = Tally()
    if not shutil.which("git"):
        tally.skip("no git", 25)
        tally.end()
    with tempfile.TemporaryDirectory(prefix="iptlint-since.") as folder:
        os.chdir(folder)
        for part in (changed, related, like_heads, scripts, with_baseline, refused):
            part(tally)
        os.chdir("/")
    tally.end()


main()
