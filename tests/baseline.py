#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Baselines as a command: what is written, what is told of it later, and what is removed.

usage: baseline.py
"""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
LO = "-A INPUT -i lo -j ACCEPT\n"
WRONG = "-A INPUT -p tcp --dprot 1 -j ACCEPT\n"
OLD = HEAD + LO + WRONG + WRONG + "COMMIT\n"
OLD6 = HEAD + LO + "-A INPUT -s 192.0.2.1 -j DROP\nCOMMIT\n"
CLEAN = HEAD + LO + "COMMIT\n"


def write(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def read(name):
    with open(name, encoding="utf-8") as f:
        return f.read()


def keys(name):
    return [(entry["file"], entry["rule"]) for entry in map(json.loads, read(name).splitlines())]


def gcc(*arguments, cwd=None):
    return program.run("check", "--format", "gcc", *arguments, cwd=cwd)


def is_silent(done):
    return done.exit == 0 and not done.out and not done.err


def adopting(tally):
    write("fw/rules.v4", OLD)
    write("fw/rules.v6", OLD6)
    done = gcc("--write-baseline", "base.jsonl", "fw")
    tally.check("writing: nothing is told and nothing fails", is_silent(done), done)
    tally.equal("writing: each finding has an entry", keys("base.jsonl"),
                [("fw/rules.v4", "syntax-error")] * 2 + [("fw/rules.v6", "invalid-value")])
    tally.equal("writing: the line for whoever reads it", json.loads(read("base.jsonl").splitlines()[0])["text"],
                WRONG.strip())
    done = gcc("--baseline", "base.jsonl", "fw")
    tally.check("what stands there is not told", is_silent(done), done)
    done, report = program.check("fw", options=("--baseline", "base.jsonl"))
    tally.equal("... but counted", report["summary"].get("baselined"), 3)
    tally.equal("... and the file does not load for it", report["files"][0]["loads"], {"legacy": False, "nft": False})
    tally.check("... which has a reason", "--dprot" in report["files"][0]["because"][0], report["files"])
    text = read("base.jsonl")
    gcc("--baseline", "base.jsonl", "--write-baseline", "fw")
    tally.equal("--write-baseline without a value writes the one that --baseline names", read("base.jsonl"), text)
    gcc("--write-baseline=again.jsonl", "fw")
    tally.equal("--write-baseline=FILE", read("again.jsonl"), text)
    write("more.v4", HEAD + LO + "-A INPUT --bogus \N{SNOWMAN}\nCOMMIT\n")
    gcc("--write-baseline", "base.jsonl", "more.v4")
    tally.equal("files that were not checked keep their entries", read("base.jsonl").count("\n"), 4)
    tally.check("... and are in their places", keys("base.jsonl")[-1][0] == "more.v4", keys("base.jsonl"))


def content(tally):
    """What a finding is known by: not its place, and not the folder that one is in."""
    write("fw/rules.v4", OLD)
    gcc("--write-baseline", "base.jsonl", "fw/rules.v4")
    write("fw/rules.v4", HEAD.replace("[0:0]", "[9:540]") + "\n# a comment\n" + LO + "-A INPUT -i eth1 -j DROP\n"
          + "[3:180] " + WRONG + WRONG.replace(" -p", "  -p") + "COMMIT\n")
    done = gcc("--baseline", "base.jsonl", "fw/rules.v4")
    tally.check("lines above, blanks and counters do not count", is_silent(done), done)
    for folder, arguments in (("fw", ["--baseline", "../base.jsonl", "rules.v4"]),
                              ("fw", ["--baseline", "../base.jsonl"]),
                              ("/", ["--baseline", os.path.abspath("base.jsonl"), os.path.abspath("fw/rules.v4")])):
        done = gcc(*arguments, cwd=folder)
        tally.check(f"from another folder: {folder} {' '.join(arguments)[:30]}", is_silent(done), done)
    write("fw/rules.v4", OLD.replace("COMMIT", WRONG + "COMMIT"))
    done = gcc("--baseline", "base.jsonl", "fw/rules.v4")
    tally.check("one more of the same is new", done.exit == 1 and done.out.startswith(b"fw/rules.v4:8:")
                and done.out.count(b"\n") == 1, done)
    write("fw/rules.v4", OLD.replace("--dprot 1", "--dprot 2"))
    done = gcc("--baseline", "base.jsonl", "fw/rules.v4")
    tally.check("another text is new", done.exit == 1 and done.out.count(b"\n") == 2, done)
    os.makedirs("tree/.git")
    write("tree/deep/er/rules.v4", OLD)
    gcc("--write-baseline", "../elsewhere.jsonl", "deep", cwd="tree")
    tally.equal("paths begin at the root of the work tree", keys("elsewhere.jsonl")[0][0], "deep/er/rules.v4")
    done = gcc("--baseline", "../../../elsewhere.jsonl", "rules.v4", cwd="tree/deep/er")
    tally.check("... from every folder", is_silent(done), done)


def stale(tally):
    write("fw/rules.v4", OLD)
    write("fw/rules.v6", OLD6)
    gcc("--write-baseline", "base.jsonl", "fw")
    before = read("base.jsonl")
    write("fw/rules.v4", OLD.replace(WRONG + WRONG, WRONG))
    done = gcc("--baseline", "base.jsonl", "fw")
    tally.check("a stale entry is no more than an info", is_silent(done), done)
    done = gcc("--baseline", "base.jsonl", "--show", "info", "--ignore", "all", "--select", "suppression,load", "fw")
    tally.equal("it is told at its line", done.out.decode(),
                "base.jsonl:1:1: note: nothing is found any more of syntax-error in fw/rules.v4 [stale-baseline-entry]\n")
    tally.check("... which does not fail", done.exit == 0, done)
    _, report = program.check("fw", options=("--baseline", "base.jsonl", "--warning", "stale-baseline-entry"))
    tally.equal("json: the baseline is no file that was checked", [f["file"] for f in report["files"]],
                ["fw/rules.v4", "fw/rules.v6"])
    tally.equal("json: it is counted", (report["summary"]["files"], report["summary"]["warnings"]), (2, 1))
    done = gcc("--baseline", "base.jsonl", "--warning", "stale-baseline-entry", "fw")
    tally.check("it fails where that is asked for", done.exit == 1, done)
    done = gcc("--baseline", "base.jsonl", "--prune-baseline", "--ignore", "load", "fw")
    tally.equal("a lint rule that did not run makes nothing stale", read("base.jsonl"), before)
    gcc("--baseline", "base.jsonl", "--prune-baseline", "fw/rules.v6")
    tally.equal("nor a file that was not checked", read("base.jsonl"), before)
    done = gcc("--baseline", "base.jsonl", "--prune-baseline", "fw")
    tally.check("--prune-baseline", is_silent(done) and read("base.jsonl").splitlines() ==
                before.splitlines()[1:], done)
    place = os.stat("base.jsonl").st_ino
    gcc("--baseline", "base.jsonl", "--prune-baseline", "fw")
    tally.equal("... writes nothing where nothing is stale", os.stat("base.jsonl").st_ino, place)
    os.remove("fw/rules.v4")
    write("fw/rules.v4", CLEAN)
    gcc("--baseline", "base.jsonl", "--write-baseline", "fw")
    tally.equal("--write-baseline leaves nothing stale behind", keys("base.jsonl"), [("fw/rules.v6", "invalid-value")])


def scripts(tally):
    """The two families of a script are two inputs, and one file."""
    text = ("#!/bin/sh\nfor t in iptables ip6tables; do\n\t$t -P INPUT DROP\n\t$t -A INPUT \\\n\t\t-p tcp --dprot 1 -j DROP\ndone\n"
            "ip6tables -A INPUT -p udp --dprot 2 -j DROP\n")
    write("fw.sh", text)
    plain = gcc("fw.sh")
    gcc("--write-baseline", "sh.jsonl", "fw.sh")
    tally.equal("script: as many entries as findings", len(keys("sh.jsonl")),
                len([l for l in plain.out.splitlines() if b": note: " not in l]))
    done = gcc("--baseline", "sh.jsonl", "fw.sh")
    tally.check("script: nothing is told", done.exit == 0 and not done.out, done)
    _, report = program.check("fw.sh", options=("--baseline", "sh.jsonl"))
    tally.check("script: nothing is stale", not any(d["rule"] == "stale-baseline-entry" for d in report["diagnostics"]), report)
    write("fw.sh", text.replace("ip6tables -A INPUT -p udp --dprot 2 -j DROP\n", "\n"))
    _, report = program.check("fw.sh", options=("--baseline", "sh.jsonl"))
    tally.equal("script: what one family had and has no more is stale",
                sum(d["rule"] == "stale-baseline-entry" for d in report["diagnostics"]), 1)


def configured(tally):
    write("etc/.iptlint.conf", "[check]\nbaseline = old findings.jsonl\n")
    write("etc/fw/rules.v4", OLD)
    done = gcc("etc")
    tally.check("configured: it has to be there", done.exit == 2 and b"old findings.jsonl: No such file" in done.err, done)
    done = gcc("etc", "--write-baseline")
    tally.check("configured: --write-baseline makes it", done.exit == 0 and
                keys("etc/old findings.jsonl") == [("fw/rules.v4", "syntax-error")] * 2, done)
    done = gcc("rules.v4", cwd="etc/fw")
    tally.check("configured: it is used", is_silent(done), done)
    done = gcc("--isolated", "rules.v4", cwd="etc/fw")
    tally.check("configured: not with --isolated", done.exit == 1, done)
    done = gcc("--baseline", "/dev/null", "rules.v4", cwd="etc/fw")
    tally.check("configured: the command line names another one", done.exit == 1, done)
    write("other.v4", OLD)
    done = gcc("etc", "other.v4")
    tally.check("configured: it is for the files of its folder", done.exit == 1 and done.out.count(b"\n") == 2, done)


def refused(tally):
    write("rules.v4", OLD)
    write("wrong.jsonl", '{"rule":"a-rule","file":"f","fingerprint":"0000000000000001"}\n<<<<<<< HEAD\n')
    for arguments, words in [
            (["--baseline", "wrong.jsonl", "rules.v4"], "wrong.jsonl:2:"),
            (["--baseline", "missing.jsonl", "rules.v4"], "missing.jsonl: No such file"),
            (["--baseline", ".", "rules.v4"], "directory"),
            (["--prune-baseline", "rules.v4"], "--baseline FILE"),
            (["rules.v4", "--write-baseline"], "--baseline FILE"),
            (["--write-baseline", "rules.v4", "rules.v4"], "rules.v4:1:1: "),
            (["--write-baseline", "none/base.jsonl", "rules.v4"], "none/base.jsonl: No such file"),
            (["--write-baseline", "a.jsonl", "--baseline", "b.jsonl", "rules.v4"], "a.jsonl and b.jsonl"),
            (["--write-baseline", "a.jsonl", "--diff", "rules.v4"], "--diff")]:
        done = gcc(*arguments)
        tally.check(f"refused: {' '.join(arguments)}", done.exit == 2 and words in done.err.decode(), done)
    tally.equal("a file that is no baseline is not written over", read("rules.v4"), OLD)
    tally.check("nor is one made", not os.path.exists("a.jsonl"))
    gcc("--write-baseline", "kept.jsonl", "rules.v4")
    before = read("kept.jsonl")
    done = gcc("--baseline", "kept.jsonl", "--write-baseline", "rules.v4", "gone.v4")
    tally.check("what cannot be read is trouble, and the rest is written", done.exit == 2 and
                read("kept.jsonl") == before, done)
    os.chmod("kept.jsonl", 0o640)
    gcc("--write-baseline", "kept.jsonl", "rules.v4")
    tally.equal("the mode stays", os.stat("kept.jsonl").st_mode & 0o777, 0o640)
    tally.equal("nothing is left beside it", [n for n in os.listdir(".") if ".iptlint-" in n], [])


def main():
    tally = Tally()
    for part in (adopting, content, stale, scripts, configured, refused):
        with tempfile.TemporaryDirectory(prefix="iptlint-baseline.") as folder:
            os.chdir(folder)
            part(tally)
            os.chdir("/")
    tally.end()


main()
