#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint check as a command: formats, exit statuses, several files, directories.

usage: check.py
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

CLEAN = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
WRONG = CLEAN.replace("-i lo", "-p tcp --dprot 1")
V6 = CLEAN.replace("-i lo", "-s 2001:db8::1 --bogus")


def write(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def formats(tally):
    write("bad.v4", WRONG)
    gcc = program.run("check", "--format", "gcc", "bad.v4").out.decode()
    tally.equal("gcc", gcc, "bad.v4:5:17: error: unknown option '--dprot' [syntax-error]\n")
    full = program.run("check", "--format", "full", "bad.v4").out.decode()
    tally.check("full begins with the gcc line", full.startswith(gcc), full)
    tally.check("full shows the words", "5 | -A INPUT -p tcp --dprot 1 -j ACCEPT\n  |                 ^~~~~~~\n" in full, full)
    github = program.run("check", "--format", "github", "bad.v4").out.decode()
    tally.check("github", github.startswith("::error file=bad.v4,line=5,endLine=5,col=17,endColumn=24,"
                                            "title=iptlint (syntax-error)::bad.v4:5:17: syntax-error: unknown option '--dprot'"), github)
    write("a,b:c%.v4", WRONG)
    github = program.run("check", "--format", "github", "a,b:c%.v4").out.decode()
    tally.check("github escapes names", github.startswith("::error file=a%2Cb%3Ac%25.v4,"), github)
    write("repository/.git/HEAD", "")
    write("repository/fw/bad.v4", WRONG)
    github = program.run("check", "--format", "github", "./bad.v4", cwd="repository/fw").out.decode()
    tally.check("github names the path in the repository",
                github.startswith("::error file=fw/bad.v4,") and "::fw/bad.v4:5:17: " in github, github)
    done, report = program.check("bad.v4")
    tally.equal("json: keys", sorted(report), ["diagnostics", "files", "summary", "version"])
    first = report["diagnostics"][0]
    tally.equal("json: start", first["start"], {"line": 5, "column": 17})
    tally.equal("json: end", first["end"], {"line": 5, "column": 24})
    tally.equal("json: loads", report["files"][0]["loads"], {"legacy": False, "nft": False})
    tally.equal("json: one back end", program.check("bad.v4", backend="nft")[1]["files"][0]["loads"], {"nft": False})
    tally.equal("json: summary", report["summary"], {"files": 1, "errors": 1, "warnings": 0, "infos": 0})
    done = program.run("check", "--format", "gcc", "--format", "json=out.json", "bad.v4")
    with open("out.json") as f:
        tally.check("two formats at once", done.out.decode() == gcc and json.load(f)["version"] == 1, done)
    write("esc.v4", CLEAN.replace("-i lo", "-i \x1b[31m --bogus"))
    for name in ("full", "gcc"):
        out = program.run("check", "--format", name, "--color", "never", "esc.v4").out
        tally.check(f"{name}: a file cannot steer the terminal", b"\x1b" not in out, out)


def statuses(tally):
    write("good.v4", CLEAN)
    expected = [
        (0, ["check", "good.v4"]), (1, ["check", "bad.v4"]), (2, ["check", "missing.v4"]),
        (2, ["check", "missing.v4", "bad.v4"]), (0, ["check", "--fail-on", "never", "bad.v4"]),
        (0, ["check", "--ignore", "syntax-error", "bad.v4"]), (2, ["check", "--ignore", "syntax-eror", "bad.v4"]),
        (0, ["check", "--warning", "load", "--fail-on", "error", "bad.v4"]), (2, ["check", "--bogus"]),
        (2, ["chek"]), (0, ["--help"]), (0, ["check", "--help"]), (0, ["--version"]), (0, ["rules"]),
        (0, ["explain", "shadowed-rule"]), (2, ["explain", "shadow-rule"]), (2, ["explain"]),
    ]
    for status, arguments in expected:
        done = program.run(*arguments)
        tally.check(" ".join(arguments), done.exit == status, done)
    done = program.run("check", "--ignore", "shadowed-rul", "good.v4")
    tally.check("did you mean", b"shadowed-rule" in done.err, done)
    done = program.run("check", "good.v4")
    tally.check("silent on success", not done.out and not done.err, done)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program.PROGRAM, "check", "bad.v4"], stdout=full, stderr=subprocess.PIPE)
    tally.check("a full disk is trouble", done.returncode == 2 and b"No space" in done.stderr, done)


def several(tally):
    write("six.v6", V6)
    names = ["bad.v4", "six.v6", "good.v4", "six.v6", "bad.v4"]
    done, report = program.check(*names)
    tally.equal("both families: order", [f["file"] for f in report["files"]], names)
    tally.equal("both families: family", [f["family"] for f in report["files"]], [4, 6, 4, 6, 4])
    tally.equal("both families: findings", [d["file"] for d in report["diagnostics"] if d["level"] != "info"],
                ["bad.v4", "six.v6", "six.v6", "bad.v4"][:len(report["diagnostics"])])
    done = program.run("check", "--format", "gcc", "-", stdin=WRONG.encode())
    tally.check("standard input", done.out.startswith(b"-:5:17: error:"), done)
    done = program.run("check", "--format", "gcc", "--stdin-filename", "x.v6", "-", stdin=V6.encode())
    tally.check("standard input with a name", done.out.startswith(b"x.v6:5:"), done)
    write("tree/host/rules.v4", WRONG)
    write("tree/host/rules.v6", V6)
    write("tree/host/notes.txt", WRONG)
    write("tree/host/prose.rules", "no firewall here\n")
    _, report = program.check("tree")
    tally.equal("a directory", [f["file"] for f in report["files"]], ["tree/host/rules.v4", "tree/host/rules.v6"])
    os.mkdir("nothing")
    tally.check("a directory without rules files", program.run("check", "nothing").exit == 2)
    tally.check("--allow-empty", program.run("check", "--allow-empty", "nothing").exit == 0)


def statistics(tally):
    full = program.run("check", "--statistics", "bad.v4").out.decode()
    tally.check("statistics: full ends with them", full.endswith("\n\n      1  syntax-error                 error\n"), full)
    _, report = program.check("bad.v4", options=("--statistics",))
    tally.equal("statistics: json", report["statistics"], [{"rule": "syntax-error", "level": "error", "count": 1}])
    done = program.run("check", "--statistics", "-f", "gcc", "-f", "github=out.txt", "bad.v4")
    tally.check("statistics: beside other formats", done.out.count(b"\n") == 1 and
                done.err == b"      1  syntax-error                 error\n", done)


def environment(tally):
    def run(**variables):
        return subprocess.run([program.PROGRAM, "check", "bad.v4"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(program.ENVIRONMENT, **variables))
    tally.check("IPTLINT_FORMAT", run(IPTLINT_FORMAT="json").stdout.startswith(b"{"))
    tally.check("IPTLINT_OPTS", run(IPTLINT_OPTS="--format gcc").stdout.count(b"\n") == 1)
    tally.check("GITHUB_ACTIONS", run(GITHUB_ACTIONS="true").stdout.startswith(b"::error"))


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-check.") as folder:
        os.chdir(folder)
        for part in (formats, statuses, several, statistics, environment):
            part(tally)
        os.chdir("/")
    tally.end()


main()
